"""Who can log in, as whom, and what sudo allows."""

from __future__ import annotations

import paramiko
import pytest

from lab import Lab, Node

from .conftest import Ssh, connect, eventually

PASSWORD = "night-shift 7"


@pytest.fixture(scope="module")
def machine(lab: Lab, ssh: Ssh) -> Node:
    users = {"ops": {"password": PASSWORD, "sudo": True}, "guest": {"password": PASSWORD, "sudo": False}}
    return lab.add("hyper-repl", password=PASSWORD, authorized_keys=[ssh.public], users=users)


def _run(client: paramiko.SSHClient, command: str, text: str = "") -> tuple[int, str, str]:
    stdin, stdout, stderr = client.exec_command(command, timeout=20)
    stdin.write(text)
    stdin.channel.shutdown_write()
    out, err = stdout.read().decode(), stderr.read().decode()
    return stdout.channel.recv_exit_status(), out, err


def test_root_logs_in_with_the_password(machine: Node) -> None:
    with connect(machine, "root", PASSWORD) as client:
        assert _run(client, "id -u")[:2] == (0, "0\n")


def test_a_wrong_password_and_an_unknown_user_are_refused(machine: Node) -> None:
    for user, password in (("root", "wrong"), ("nobody-here", PASSWORD)):
        with pytest.raises(paramiko.AuthenticationException):
            connect(machine, user, password)


def test_keyboard_interactive_asks_for_the_same_password(machine: Node) -> None:
    transport = paramiko.Transport((machine.address, machine.port))
    transport.start_client(timeout=10)
    transport.auth_interactive("root", lambda title, text, prompts: [PASSWORD for _ in prompts])
    assert transport.is_authenticated()
    transport.close()


def test_passwords_can_be_switched_off(lab: Lab) -> None:
    node = lab.add("vg", password=PASSWORD, password_auth=False)
    with pytest.raises(paramiko.BadAuthenticationType):
        connect(node, "root", PASSWORD)


def test_no_password_lies_in_the_folder(machine: Node) -> None:
    assert all(PASSWORD not in path.read_text(errors="replace") for path in machine.path.glob("*.json"))


def test_keys_that_others_could_change_are_ignored(lab: Lab, ssh: Ssh) -> None:
    node = lab.add("vg", authorized_keys=[ssh.public])
    assert ssh.run(node, "true").returncode == 0
    ssh.out(node, "chmod 666 /root/.ssh/authorized_keys")
    assert ssh.run(node, "true").returncode == 255


def test_a_key_that_a_step_installs_is_good_at_the_next_login(machine: Node, ssh: Ssh) -> None:
    assert ssh.run(machine, "true", user="ops").returncode == 255
    with connect(machine, "ops", PASSWORD) as client:
        assert _run(client, "cat >>.ssh/authorized_keys", ssh.public)[0] == 0
    assert ssh.run(machine, "whoami; pwd", user="ops").stdout.split() == [b"ops", b"/home/ops"]


def test_an_ordinary_user_writes_only_at_home(machine: Node) -> None:
    with connect(machine, "guest", PASSWORD) as client:
        assert _run(client, "id -u; touch own /tmp/shared && echo both")[1].split() == ["1001", "both"]
        for command in (
            "touch /etc/guest",
            "ls /root/.ssh",
            "hostname other",
            "dmidecode -t 1",
            "wipefs -a /dev/sdb",
        ):
            status, _, err = _run(client, command)
            assert status != 0 and err, command
        with pytest.raises(PermissionError):
            client.open_sftp().open("/etc/guest", "w")


def test_sudo_asks_for_the_password_until_a_rule_says_otherwise(machine: Node) -> None:
    with connect(machine, "ops", PASSWORD) as client:
        assert _run(client, "sudo -n true")[0] == 1
        assert _run(client, "sudo -S -p '' -k -- id -u", "wrong\nwrong\nwrong\n")[0] == 1
        assert _run(client, "sudo -S -p '' -k -- sh -c 'id -u; cat'", f"{PASSWORD}\nrest")[1] == "0\nrest"
        rule = "echo 'ops ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/console"
        assert _run(client, f'sudo -S -p "" sh -c "{rule}"', f"{PASSWORD}\n")[0] == 0
        assert _run(client, "sudo -n -- dmidecode -s system-product-name")[1] == "NR2240 G2\n"
        assert _run(client, "sudo -n sh -c 'exit 5'")[0] == 5
        assert _run(client, "sudo -n no-such-tool")[0] == 1


def test_somebody_outside_the_group_may_not_use_sudo(machine: Node) -> None:
    with connect(machine, "guest", PASSWORD) as client:
        status, _, err = _run(client, "sudo -S id", f"{PASSWORD}\n")
        assert status == 1 and "not in the sudoers file" in err


def test_what_sudo_started_ends_with_the_session(machine: Node, ssh: Ssh) -> None:
    ssh.out(machine, "echo 'ops ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/console")
    client = connect(machine, "ops", PASSWORD)
    _, stdout, _ = client.exec_command("sudo -n sh -c 'echo up; sleep 876'")
    assert stdout.readline() == "up\n"
    client.close()
    eventually(lambda: "sleep\x00876" not in ssh.commands(machine))
