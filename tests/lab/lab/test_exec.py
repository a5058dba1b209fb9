"""Commands over real SSH: streams, status, signals, and what outlives the session."""

from __future__ import annotations

import os
import subprocess

import pytest

from lab import Lab, Node

from .conftest import Ssh, connect, eventually


def test_a_command_runs_as_root_of_its_own_machine(node: Node, ssh: Ssh) -> None:
    assert ssh.out(node, "id -u; hostname; pwd").split() == [
        "0",
        node.read("etc/hostname").decode().strip(),
        "/root",
    ]


def test_streams_are_apart_and_the_status_comes_back(node: Node, ssh: Ssh) -> None:
    done = ssh.run(node, "echo out; echo err >&2; exit 7")
    assert (done.stdout, done.stderr, done.returncode) == (b"out\n", b"err\n", 7)


def test_binary_input_of_some_megabytes_comes_back_unchanged(node: Node, ssh: Ssh) -> None:
    data = os.urandom(5_000_000)
    assert ssh.run(node, "cat", input=data).stdout == data


def test_a_reader_that_stops_early_ends_the_writer(node: Node, ssh: Ssh) -> None:
    done = subprocess.run(
        f"{' '.join(ssh.argv(node))} 'yes; echo $? >/tmp/status' | head -c 100000 | wc -c",
        shell=True, capture_output=True, timeout=30,
    )  # fmt: skip
    assert done.stdout.strip() == b"100000"
    eventually(lambda: "yes" not in ssh.commands(node).split("\x00"))


def test_a_process_started_with_setsid_outlives_its_session(node: Node, ssh: Ssh) -> None:
    ssh.out(
        node, "setsid sh -c 'while :; do date +%N >/opt/beat; sleep 0.05; done' </dev/null >/dev/null 2>&1 &"
    )
    eventually(lambda: ssh.run(node, "cat /opt/beat").stdout)
    first = ssh.out(node, "cat /opt/beat")
    eventually(lambda: ssh.out(node, "cat /opt/beat") != first)


def test_a_command_ends_when_the_client_goes_away(node: Node, ssh: Ssh) -> None:
    client = subprocess.Popen([*ssh.argv(node), "echo started; sleep 987"], stdout=subprocess.PIPE)
    assert client.stdout and client.stdout.readline() == b"started\n"
    assert "sleep\x00987" in ssh.commands(node)
    client.kill()
    client.wait()
    client.stdout.close()
    eventually(lambda: "sleep\x00987" not in ssh.commands(node))


def test_death_by_signal_is_told_as_one(node: Node, ssh: Ssh) -> None:
    with connect(node, "root", key=ssh.key) as client:
        channel = client.get_transport().open_session()
        channel.exec_command("kill -9 $$")
        assert channel.recv_exit_status() == -1


def test_a_group_can_be_killed_from_inside(node: Node, ssh: Ssh) -> None:
    script = "setsid sh -c 'echo $$ >/tmp/pgid; sleep 500 & sleep 500' </dev/null >/dev/null 2>&1 &"
    ssh.out(node, script)
    eventually(lambda: ssh.run(node, "cat /tmp/pgid").stdout.strip())
    ssh.out(node, "kill -TERM -- -$(cat /tmp/pgid)")
    eventually(lambda: "sleep\x00500" not in ssh.commands(node))


def test_nothing_of_the_host_can_be_written(node: Node, ssh: Ssh, lab: Lab) -> None:
    for command in (
        "touch /usr/lab-was-here",
        "mount -o remount,rw /usr && touch /usr/lab-was-here",
        "mount -o remount,bind,rw /usr && touch /usr/lab-was-here",
        "umount /usr",
        "echo 1 >/proc/sys/vm/drop_caches",
        "echo h >/proc/sysrq-trigger",
        "chmod 600 /dev/null",
        f"ls {lab.path}",
        "mount -t proc proc /mnt && echo 1 >/mnt/sys/vm/drop_caches",
    ):
        assert ssh.run(node, command).returncode != 0, command


def test_the_tools_of_the_node_answer_for_its_own_hardware(node: Node, ssh: Ssh) -> None:
    assert ssh.out(node, "uname -rm").split() == ["5.4.0-150-generic", "x86_64"]
    assert "Gold 6230" in ssh.out(node, "cat /proc/cpuinfo")
    assert ssh.out(node, "cat /sys/class/net/bond0/bonding/slaves").split() == ["eth0", "eth1"]
    assert " / ext4 " in ssh.out(node, "cat /proc/mounts")


def test_an_interactive_shell_has_a_terminal(node: Node, ssh: Ssh) -> None:
    with connect(node, "root", key=ssh.key) as client:
        channel = client.invoke_shell(width=100)
        channel.sendall(b"stty size; tty >/dev/null && echo has-''tty; exit\n")
        seen = b""
        while chunk := channel.recv(4096):
            seen += chunk
        assert b"24 100" in seen


@pytest.mark.parametrize("profile", ["ks", "vg"])
def test_other_profiles_boot(profile: str, lab: Lab, ssh: Ssh) -> None:
    node = lab.add(profile, authorized_keys=[ssh.public])
    assert node.address in ssh.out(node, "cat /etc/hosts")
