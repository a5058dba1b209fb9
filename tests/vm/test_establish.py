"""establish_ssh against OpenSSH with PAM and sudo as Debian ships them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.vm.conftest import Account
from tests.vm.console import VmConsole
from tests.vm.machine import ADDRESS, Machine


@pytest.fixture
def only_questions(machine: Machine) -> Iterator[None]:
    """Let the server accept passwords by keyboard-interactive alone for a while."""
    file = "/etc/ssh/sshd_config.d/questions.conf"
    # The first value that sshd reads counts, and it reads the files in the order of their names.
    machine.agent.run(f"echo PasswordAuthentication no >{file} && sshd -t && systemctl reload ssh")
    yield
    machine.agent.run(f"rm {file} && systemctl reload ssh")


def fingerprint(machine: Machine) -> str:
    """Return the fingerprint of the guest's Ed25519 key, by its own ssh-keygen."""
    return machine.agent.run("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub").split()[1]


def test_a_wrong_password_is_said_and_nothing_is_pinned(console: VmConsole) -> None:
    said = console.establish("root", "not-this-one", expect=1)
    assert "does not accept this password for user root: check the user and the password" in said
    assert console.node()["host_key_fingerprint"] == ""


def test_root_with_a_password_once(
    console: VmConsole, machine: Machine, accounts: dict[str, Account]
) -> None:
    machine.agent.run("umask 077; mkdir -p /root/.ssh; printf 'ssh-rsa AAAA old' >/root/.ssh/authorized_keys")
    console.establish("root", accounts["root"].password)
    assert console.node()["host_key_fingerprint"] == fingerprint(machine)
    keys = machine.agent.run("cat /root/.ssh/authorized_keys").splitlines()
    assert len(keys) == 2 and keys[0] == "ssh-rsa AAAA old" and keys[1].startswith("ssh-ed25519 ")
    # Again, with the key alone, and with a password that is not looked at any more: nothing is written twice.
    console.establish("root", "", "--no-password")
    console.establish("root", "not-this-one")
    assert len(machine.agent.run("cat /root/.ssh/authorized_keys").splitlines()) == 2


def test_a_user_with_sudo_gets_a_rule_of_his_own(
    console: VmConsole, machine: Machine, accounts: dict[str, Account]
) -> None:
    deployer = accounts["deployer"]
    console.establish(deployer.user, deployer.password)
    rule = "/etc/sudoers.d/zz-installer-console-deployer"
    assert machine.agent.run(f"stat -c '%a %U %G' {rule} && visudo -cqf {rule}").strip() == "440 root root"
    assert machine.agent.run("stat -c '%a %U' ~deployer/.ssh ~deployer/.ssh/authorized_keys").split() == [
        *("700", "deployer"),
        *("600", "deployer"),
    ]
    machine.agent.run("su deployer -c 'sudo -n id -u' | grep -qx 0")
    before = machine.agent.run(f"sha256sum {rule} ~deployer/.ssh/authorized_keys")
    console.establish(deployer.user, "", "--no-password")
    console.establish(deployer.user, deployer.password)
    assert machine.agent.run(f"sha256sum {rule} ~deployer/.ssh/authorized_keys") == before
    # What collecting needs root for is read over sudo.
    shown = console.collect()
    assert shown["ssh_user"] == deployer.user and shown["product"]["serial"] == "VM-0001"


def test_a_password_that_is_asked_for_interactively(
    console: VmConsole, machine: Machine, accounts: dict[str, Account], only_questions: None
) -> None:
    asked = accounts["asked"]
    assert "does not accept this password for user asked" in console.establish(
        asked.user, "not-this-one", expect=1
    )
    console.establish(asked.user, asked.password)
    machine.agent.run("su asked -c 'sudo -n id -u' | grep -qx 0")


def test_a_user_without_sudo_is_named(console: VmConsole, accounts: dict[str, Account]) -> None:
    guest = accounts["guest"]
    said = console.establish(guest.user, guest.password, expect=1)
    assert "guest may not use sudo with this password: " in said


def test_an_expired_password_is_said(console: VmConsole, accounts: dict[str, Account]) -> None:
    expired = accounts["expired"]
    said = console.establish(expired.user, expired.password, expect=1)
    assert "the password of user expired on" in said and "has expired and must be changed first" in said


def test_an_expired_password_is_said_when_asked_interactively(
    console: VmConsole, accounts: dict[str, Account], only_questions: None
) -> None:
    expired = accounts["expired"]
    said = console.establish(expired.user, expired.password, expect=1)
    assert "the password of user expired on" in said and "has expired and must be changed first" in said


def test_a_changed_host_key_is_refused_until_a_person_replaces_it(
    console: VmConsole, machine: Machine, accounts: dict[str, Account]
) -> None:
    root = accounts["root"]
    console.establish("root", root.password)
    old = fingerprint(machine)
    machine.agent.run("rm /etc/ssh/ssh_host_* && ssh-keygen -A && systemctl restart ssh")
    new = fingerprint(machine)
    for said in (
        console.establish("root", root.password, expect=1),
        console.run("collect_nodes", "-i", ADDRESS, "--wait", expect=1).stderr,
    ):
        assert f"presents a different host key: pinned {old}, now {new}" in said
    console.establish("root", root.password, "--replace-host-key", ADDRESS)
    assert console.node()["host_key_fingerprint"] == new


def test_no_password_is_in_the_log_of_the_guest_or_the_console(
    console: VmConsole, machine: Machine, accounts: dict[str, Account]
) -> None:
    for account in accounts.values():
        found = machine.agent.run(f"journalctl -q --grep=-{account.password[4:]} || :")
        assert account.password not in found
        assert account.password not in (console.folder / "worker.log").read_text(errors="replace")
