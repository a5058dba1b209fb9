"""Real OpenSSH servers on loopback addresses, for the benches: one machine that answers as many."""

from __future__ import annotations

import getpass
import ipaddress
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

# sshd(8) listens on 16 addresses at most (MAX_LISTEN_SOCKS).
PER_SERVER = 16
START_TIMEOUT_S = 30.0
CONFIG = """\
Port {port}
{listen}
HostKey {folder}/host_key
PidFile {folder}/sshd.{number}.pid
AuthorizedKeysFile {folder}/client_key.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
MaxStartups 2000
MaxSessions 1000
UseDNS no
PrintMotd no
PrintLastLog no
LogLevel ERROR
"""


class Servers:
    """sshd on ``count`` addresses of 127.0.0.0/8 at one port; a context manager that stops what it started."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.addresses = [str(ipaddress.IPv4Address("127.90.0.1") + number) for number in range(count)]
        self.user = getpass.getuser()
        self.port = 0
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def client_key(self) -> Path:
        """Return the private key that logs in."""
        return self.folder / "client_key"

    @property
    def host_key(self) -> str:
        """Return ``TYPE BASE64``, the same for all servers."""
        return " ".join((self.folder / "host_key.pub").read_text().split()[:2])

    def __enter__(self) -> Servers:
        program = shutil.which("sshd", path="/usr/sbin:/sbin:/usr/bin:/usr/local/sbin")
        if program is None:
            raise SystemExit("there is no sshd on this host: install openssh-server (it need not be started)")
        Path("/run/sshd").mkdir(exist_ok=True)
        for name in ("host_key", "client_key"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / name], check=True
            )
        with socket.socket() as probe:
            probe.bind((self.addresses[0], 0))
            self.port = probe.getsockname()[1]
        for number, start in enumerate(range(0, len(self.addresses), PER_SERVER)):
            listen = "\n".join(f"ListenAddress {item}" for item in self.addresses[start : start + PER_SERVER])
            config = self.folder / f"sshd_config.{number}"
            config.write_text(CONFIG.format(port=self.port, listen=listen, folder=self.folder, number=number))
            log = self.folder / f"sshd.{number}.log"
            self._processes.append(
                subprocess.Popen([program, "-D", "-f", config, "-E", log], stdin=subprocess.DEVNULL)
            )
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait()

    def _wait(self) -> None:
        """Wait until the last address of every server answers."""
        deadline = time.monotonic() + START_TIMEOUT_S
        for address in {*self.addresses[PER_SERVER - 1 :: PER_SERVER], self.addresses[-1]}:
            while True:
                try:
                    socket.create_connection((address, self.port), timeout=1).close()
                    break
                except OSError:
                    ended = any(process.poll() is not None for process in self._processes)
                    if ended or time.monotonic() > deadline:
                        logs = "\n".join(path.read_text() for path in self.folder.glob("sshd.*.log"))
                        raise SystemExit(f"sshd does not start on {address}: {logs[-800:]}") from None
                    time.sleep(0.05)
