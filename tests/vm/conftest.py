"""One guest for the run; each module has a console of its own, independent of the others."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.database import own_database
from tests.vm.console import VmConsole
from tests.vm.machine import ADDRESS, HOSTNAME, Machine


@dataclass(frozen=True, slots=True)
class Account:
    """A login with a password of this run only."""

    user: str
    password: str


@pytest.fixture(scope="session")
def accounts() -> dict[str, Account]:
    """Make root, a user who may use sudo, one who may not, and one whose password must be changed."""
    names = ("root", "deployer", "asked", "guest", "expired")
    return {name: Account(name, f"pw-{secrets.token_urlsafe(12)}") for name in names}


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory, accounts: dict[str, Account]) -> Iterator[Machine]:
    """Boot the guest, with accounts and host keys made for this run."""
    image = os.environ.get("TEST_VM_IMAGE", "")
    if not image:
        pytest.exit("these tests need the image of a guest: run them with make test-vm", returncode=2)
    made = Machine(tmp_path_factory.mktemp("vm"), Path(image), os.environ["TEST_VM_ACCEL"])
    try:
        for account in accounts.values():
            groups = "" if account.user == "guest" else "-G sudo"
            if account.user != "root":
                made.agent.run(f"useradd -m -s /bin/bash {groups} {account.user}")
            made.agent.run("chpasswd", stdin=f"{account.user}:{account.password}\n")
        made.agent.run("chage -d 0 expired")
        made.agent.run(
            f"echo {HOSTNAME} >/etc/hostname; hostname {HOSTNAME}; echo 127.0.1.1 {HOSTNAME} >>/etc/hosts"
        )
        # It has given up for want of them.
        made.agent.run("ssh-keygen -A && systemctl reset-failed ssh && systemctl restart ssh")
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, machine: Machine) -> Iterator[VmConsole]:
    """Provide a console with a running worker and the guest added, before any login."""
    folder: Path = tmp_path_factory.mktemp("console")
    with own_database() as url:
        made = VmConsole(folder, machine, url)
        made.run("migrate", "--verbosity", "0")
        made.start_worker()
        try:
            made.run("add_nodes", "--ip", ADDRESS, "--port", str(machine.port))
            yield made
        finally:
            made.close()


@pytest.fixture(scope="module")
def trusted(console: VmConsole, accounts: dict[str, Account]) -> VmConsole:
    """Provide the console whose key logs in as root."""
    console.establish("root", accounts["root"].password)
    return console
