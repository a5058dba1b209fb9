"""A served lab and a client for it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from lab import Lab, LabError, Node, check


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs namespaces where the kernel forbids them, naming the setting to change."""
    try:
        check.require()
    except LabError as error:
        for item in items:
            if "lab" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=str(error)))


@dataclass(frozen=True)
class Ssh:
    """OpenSSH's client with one key, trusting every host key."""

    key: Path
    public: str

    def argv(self, node: Node, user: str = "root", program: str = "ssh") -> list[str]:
        port = "-P" if program in ("sftp", "scp") else "-p"
        return [
            program, *(["-q"] if program == "sftp" else []), "-F", "none", "-i", str(self.key), "-o", "BatchMode=yes",
            "-o", "LogLevel=ERROR",
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", port, str(node.port),
            *([f"{user}@{node.address}"] if program == "ssh" else []),
        ]  # fmt: skip

    def run(
        self, node: Node, command: str, user: str = "root", **options: object
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command on the node and collect its output."""
        settings = {"capture_output": True, "timeout": 30, **options}
        return subprocess.run([*self.argv(node, user), command], **settings)

    def out(self, node: Node, command: str) -> str:
        """Return standard output of a command that must succeed."""
        done = self.run(node, command)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def commands(self, node: Node) -> str:
        """Return command lines of all processes of the node, words separated by NUL; skip one that ends meanwhile."""
        return self.run(node, "cat /proc/[0-9]*/cmdline 2>/dev/null").stdout.decode()


@pytest.fixture(scope="session")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Ssh:
    key = tmp_path_factory.mktemp("ssh") / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key], check=True)
    return Ssh(key, key.with_suffix(".pub").read_text())


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab")) as served:
        yield served


@pytest.fixture
def node(lab: Lab, ssh: Ssh) -> Node:
    return lab.add("hyper-repl", authorized_keys=[ssh.public], boot_s=0.1)


def connect(
    node: Node, user: str, password: str | None = None, key: Path | None = None
) -> paramiko.SSHClient:
    """Open a client that trusts the node's host key."""
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(
        node.address,
        node.port,
        user,
        password=password,
        key_filename=str(key) if key else None,
        allow_agent=False,
        look_for_keys=False,
        timeout=15,
    )
    return client


def eventually(condition: Callable[[], object], timeout_s: float = 60.0) -> None:
    """Poll until ``condition`` holds."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.02)
