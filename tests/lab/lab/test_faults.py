"""Each fault, as a client sees it."""

from __future__ import annotations

import subprocess
import time

import paramiko
import pytest

from lab import CommandFault, Lab, LabError, Node

from .conftest import Ssh, connect, eventually


def test_refuse_closes_the_port_until_it_is_cleared(lab: Lab, node: Node, ssh: Ssh) -> None:
    lab.fault(node.address, "refuse")
    assert b"refused" in ssh.run(node, "true").stderr
    lab.fault(node.address, "clear")
    assert ssh.run(node, "true").returncode == 0


def test_drop_cuts_the_connection_after_so_many_bytes(lab: Lab, node: Node, ssh: Ssh) -> None:
    lab.fault(node.address, "drop=20000")
    done = ssh.run(node, "head -c 200000 /dev/zero")
    assert done.returncode == 255
    assert len(done.stdout) < 20000


def test_hang_logs_in_and_never_answers(lab: Lab, node: Node, ssh: Ssh) -> None:
    lab.fault(node.address, "hang")
    with pytest.raises(subprocess.TimeoutExpired):
        ssh.run(node, "true", timeout=1.5)


def test_slow_delays_what_the_node_sends(lab: Lab, node: Node, ssh: Ssh) -> None:
    ssh.out(node, "true")
    lab.fault(node.address, "slow=100")
    before = time.monotonic()
    assert ssh.run(node, "echo late").stdout == b"late\n"
    assert time.monotonic() - before > 0.5


def test_a_reboot_ends_everything_and_gives_a_new_boot_id(lab: Lab, node: Node, ssh: Ssh) -> None:
    before = ssh.out(node, "cat /proc/sys/kernel/random/boot_id")
    ssh.out(
        node, "hostname changed; touch /tmp/gone /opt/stays; setsid sleep 900 </dev/null >/dev/null 2>&1 &"
    )
    ssh.run(node, "reboot")
    eventually(lambda: ssh.run(node, "true").returncode == 0)
    after = ssh.out(
        node, "cat /proc/sys/kernel/random/boot_id; hostname; ls /tmp /opt; pgrep -c sleep || true"
    )
    assert before not in after
    assert after.split()[1] == node.read("etc/hostname").decode().strip()
    assert "gone" not in after and "stays" in after and after.split()[-1] == "0"


def test_a_full_disk_keeps_what_is_there_and_takes_nothing_more(lab: Lab, node: Node, ssh: Ssh) -> None:
    ssh.out(node, "echo kept >/opt/log")
    lab.fault(node.address, "full_disk")
    assert ssh.out(node, "cat /opt/log") == "kept\n"
    for command in (
        "echo more >>/opt/log",
        "touch /var/new",
        "mkdir /pitrix/conf",
        "cp /proc/cpuinfo /etc/x",
    ):
        done = ssh.run(node, command)
        assert done.returncode != 0 and b"No space left" in done.stderr, command
    sftp = subprocess.run(
        [*ssh.argv(node, program="sftp"), "-b", "-", f"root@{node.address}"],
        input=b"put /etc/hosts /opt/hosts\n", capture_output=True, timeout=20,
    )  # fmt: skip
    assert sftp.returncode != 0
    lab.fault(node.address, "clear")
    assert ssh.out(node, "echo more >>/opt/log; cat /opt/log") == "kept\nmore\n"


def test_another_host_key_looks_like_another_machine(lab: Lab, node: Node, ssh: Ssh) -> None:
    with connect(node, "root", key=ssh.key) as client:
        first = client.get_transport().get_remote_server_key()
    lab.fault(node.address, "wrong_host_key")
    with connect(node, "root", key=ssh.key) as client:
        assert client.get_transport().get_remote_server_key() != first
    strict = paramiko.SSHClient()
    strict.get_host_keys().add(f"[{node.address}]:{node.port}", first.get_name(), first)
    with pytest.raises(paramiko.BadHostKeyException):
        strict.connect(node.address, node.port, "root", key_filename=str(ssh.key))


def test_a_command_fault_strikes_as_often_as_it_says(lab: Lab, node: Node, ssh: Ssh) -> None:
    lab.fault(node.address, commands=[CommandFault("zpool create", 3, "cannot open disk", times=2)])
    for _ in range(2):
        done = ssh.run(node, "zpool create vpool sdb")
        assert (done.returncode, done.stderr) == (3, b"cannot open disk\n")
    assert ssh.run(node, "zpool create vpool sdb").returncode == 0
    assert ssh.run(node, "zpool list").returncode == 0


def test_a_command_fault_meets_shims_inside_scripts_too(lab: Lab, node: Node, ssh: Ssh) -> None:
    lab.fault(node.address, commands=[CommandFault("systemctl restart chrony", 1, "Job for chrony failed.")])
    done = ssh.run(
        node, "sh -s", input=b"set -e\nsystemctl restart cron\nsystemctl 'restart' chrony\necho no\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"Job for chrony failed.\n")


@pytest.mark.parametrize("word", ["drop=0", "drop=x", "slow", "explode", "refuse=1"])
def test_a_word_that_is_no_fault_is_refused_and_changes_nothing(lab: Lab, node: Node, word: str) -> None:
    with pytest.raises(LabError, match="is no fault"):
        lab.fault(node.address, "hang", word)
    assert not lab.fault(node.address).hang
