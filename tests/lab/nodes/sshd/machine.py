"""A machine with real sshd, sudo, PAM and shells: a mount namespace with its own accounts and settings.

It leaves nothing on this machine: /etc/passwd and its like, /etc/sudoers, /home, /root, /opt and /run are other
files there, and the namespace is gone with its sshd.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pytest

PASSWORD = "canary-real-7"
_START_TIMEOUT_S = 30.0
_SEARCH = "/usr/sbin:/sbin:/usr/bin:/bin"
_CONFIG = """\
Port {port}
ListenAddress {address}
HostKey {folder}/host_key
PidFile /run/sshd.pid
UsePAM {pam}
UseDNS no
PrintMotd no
LogLevel ERROR
"""
# What it has of its own: file or folder of the machine -> name in the folder of the test.
_OWN = (
    "etc/passwd",
    "etc/shadow",
    "etc/group",
    "etc/gshadow",
    "etc/sudoers",
    "etc/sudoers.d",
    "home",
    "root",
    "opt",
    "run",
)


def need(*programs: str) -> None:
    """Skip where a real login cannot be set up; fail in CI."""
    missing = [
        name for name in ("sshd", "sudo", "unshare", *programs) if not shutil.which(name, path=_SEARCH)
    ]
    why = "it needs root" if os.geteuid() else f"{', '.join(missing)} is not installed" if missing else ""
    if why:
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)


class RealMachine:
    """``accounts``: login name -> login shell. A context manager that ends what it started."""

    def __init__(
        self,
        folder: Path,
        accounts: Mapping[str, str],
        *,
        config: str = "",
        rules: Mapping[str, str] | None = None,
        sudoers: str = "root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n",
        groups: Mapping[str, str] | None = None,
        pam: bool = True,
        more_keys: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.address = "127.77.0.1"
        self.port = 0
        self._config = config + "".join(
            f"HostKey {folder}/host_key\nHostKey {folder}/{kind}\n" for kind in more_keys
        )
        self._pam = pam
        self._process: subprocess.Popen[bytes] | None = None
        self._make(accounts, groups or {})
        for kind in more_keys:
            subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", folder / kind], check=True)
        self.write("etc/sudoers", sudoers, 0o440)
        for name, text in (rules or {}).items():
            self.write(f"etc/sudoers.d/{name}", text, 0o440)

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a file of the machine."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(mode)

    def read(self, path: str) -> str:
        """Return the text of a file of the machine, or an empty string."""
        place = self.folder / path
        return place.read_text() if place.exists() else ""

    def home(self, user: str) -> str:
        """Return where its files are, under the machine's root."""
        return "root" if user == "root" else f"home/{user}"

    def authorize(self, user: str, public_line: str) -> None:
        """Add a key there by hand."""
        self.write(f"{self.home(user)}/.ssh/authorized_keys", public_line + "\n", 0o600)
        owner = 0 if user == "root" else self._numbers[user]
        for place in (f"{self.home(user)}/.ssh", f"{self.home(user)}/.ssh/authorized_keys"):
            os.chown(self.folder / place, owner, owner)

    @property
    def host_key(self) -> str:
        """Return ``TYPE BASE64``."""
        return " ".join((self.folder / "host_key.pub").read_text().split()[:2])

    def _make(self, accounts: Mapping[str, str], groups: Mapping[str, str]) -> None:
        made = subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, text=True, capture_output=True, check=True
        )
        secret = made.stdout.strip()
        self._numbers = {user: 4001 + number for number, user in enumerate(accounts) if user != "root"}
        people = {"root": (0, accounts.get("root", "/bin/bash"))}
        people |= {user: (number, accounts[user]) for user, number in self._numbers.items()}
        system = [
            line
            for line in Path("/etc/passwd").read_text().splitlines()
            if line.split(":")[0] in ("sshd", "nobody")
        ]
        passwd = [
            f"{user}:x:{number}:{number}::/{self.home(user)}:{shell}"
            for user, (number, shell) in people.items()
        ]
        self.write("etc/passwd", "\n".join([*passwd, *system]) + "\n")
        shadow = [f"{user}:{secret}:19000:0:99999:7:::" for user in people]
        self.write("etc/shadow", "\n".join(shadow) + "\n", 0o640)
        members = [f"{user}:x:{number}:" for user, (number, _) in people.items()]
        members += [f"{name}:x:{5001 + number}:{who}" for number, (name, who) in enumerate(groups.items())]
        self.write("etc/group", "\n".join([*members, "nogroup:x:65534:"]) + "\n")
        self.write("etc/gshadow", "", 0o640)
        for user, (number, _) in people.items():
            home = self.folder / self.home(user)
            home.mkdir(parents=True, mode=0o755)
            os.chown(home, number, number)
        for name in ("opt", "home", "run/sshd", "etc/sudoers.d"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / "host_key"], check=True
        )

    def __enter__(self) -> RealMachine:
        with socket.socket() as probe:
            probe.bind((self.address, 0))
            self.port = probe.getsockname()[1]
        values = {
            "port": self.port,
            "address": self.address,
            "folder": self.folder,
            "pam": "yes" if self._pam else "no",
        }
        self.write("sshd_config", self._config + _CONFIG.format(**values))
        binds = [f"mount --bind {self.folder}/{name} /{name}" for name in _OWN if Path(f"/{name}").exists()]
        sshd = shutil.which("sshd", path=_SEARCH)
        lines = ["set -e", "mount --make-rprivate /", *binds]
        lines.append(f"exec {sshd} -D -e -f {self.folder}/sshd_config")
        with (self.folder / "sshd.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", "\n".join(lines)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            try:
                socket.create_connection((self.address, self.port), timeout=1).close()
                return self
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"sshd does not start: {self.read('sshd.log')[-800:]}")
                time.sleep(0.05)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(30)
