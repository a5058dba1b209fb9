"""The collection script among tools that hang, flood, fail or read input that is not theirs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from nodes.collection import build_command, frames
from nodes.collection.frames import Section

NONCE = "0123456789abcdef"
# Stands for the ten seconds of the script, so that the test need not wait for them.
HURRY = 'shift 3\nexec {timeout} -k 1 0.4 "$@"\n'


def collect(
    folder: Path, tools: Mapping[str, str], shell: str = "sh", user: int | None = None
) -> Mapping[str, Section]:
    for name, body in tools.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    argv, script = build_command(NONCE)
    env = {"PATH": f"{folder}:{os.environ['PATH']}", "HOME": "/"}
    done = subprocess.run(
        [shell, *argv[1:]], input=script, capture_output=True, timeout=60, env=env, user=user, check=True
    )
    return frames.parse(done.stdout, NONCE)


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_each_misbehaviour_has_its_own_answer(tmp_path, shell):
    timeout = shutil.which("timeout")
    if shutil.which(shell) is None or timeout is None:
        pytest.skip(f"{shell} or timeout is not installed here")
    found = collect(
        tmp_path,
        {
            "timeout": HURRY.format(timeout=timeout),
            "lscpu": "yes too much",
            "lsblk": "sleep 30",
            "dmidecode": "printf 'half an answer'; seq -f 'error %g' 2000 >&2; exit 3",
            "ip": r"printf '\377\376\000binary'",
            "hostname": "cat; echo node1",
        },
        shell,
    )
    assert "*" not in found
    assert found["lscpu"].status in ("truncated", "failed")
    assert len(found["lscpu"].stdout) <= frames.MAX_SECTION_BYTES
    assert found["lsblk-json"].why() == "no answer within 10 s"
    assert (found["dmidecode"].status, found["dmidecode"].exit_code) == ("failed", 3)
    assert found["dmidecode"].stdout == "half an answer"
    assert 0 < len(found["dmidecode"].stderr) <= 2000
    assert "binary" in found["ip-link"].stdout
    assert found["hostname"].stdout == "node1\n"


def test_older_lsblk_is_asked_in_its_own_words(tmp_path):
    found = collect(
        tmp_path,
        {"lsblk": 'case "$1" in -J) echo "invalid option" >&2; exit 1;; -P) echo "NAME=\\"sda\\"";; esac'},
    )
    assert found["lsblk-json"].why() == "failed with exit code 1: invalid option"
    assert found["lsblk-pairs"].stdout == 'NAME="sda"\n'
    assert "lsblk-tree" not in found


def test_json_of_ip_is_the_last_resort(tmp_path):
    found = collect(tmp_path, {"ip": 'case "$*" in "-j -d addr") echo "[]";; *) exit 255;; esac'})
    assert found["ip-link"].exit_code == 255
    assert found["ip-json"].stdout == "[]\n"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that every user may enter: pytest's own are private to its user."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_an_ordinary_user_asks_sudo_and_only_for_what_needs_root(open_folder):
    asked = open_folder / "asked"
    asked.touch(mode=0o666)
    asked.chmod(0o666)
    found = collect(
        open_folder,
        {
            "sudo": f'printf "%s\\n" "$*" >>{asked}; [ "$1" = -n ] || exit 9; shift; exec "$@"',
            "dmidecode": "id -u; printf 'System Information\\n'",
            "blkid": "exit 2",
        },
        user=65534,
    )
    assert "root=sudo" in found["meta"].stdout
    calls = asked.read_text().splitlines()
    assert any(call.endswith("/dmidecode -t 1") and "LC_ALL=C" in call for call in calls)
    assert not any("lsblk" in call or " ip " in call or "lscpu" in call for call in calls)
    assert all(call.startswith("-n ") for call in calls)


def test_sudo_that_asks_for_a_password_is_not_waited_for(open_folder):
    found = collect(open_folder, {"sudo": 'echo "a password is required" >&2; exit 1'}, user=65534)
    assert "root=no" in found["meta"].stdout
    assert found["uname"].status == "ok"


def test_the_version_of_a_running_emulator_is_told_first(tmp_path):
    shutil.copy("/bin/sleep", tmp_path / "qemu-system-x86_64")
    running = subprocess.Popen([tmp_path / "qemu-system-x86_64", "60"])
    try:
        comm = Path(f"/proc/{running.pid}/comm")
        while not comm.read_text().startswith("qemu"):
            assert running.poll() is None
        found = collect(tmp_path, {"qemu-kvm": "echo QEMU emulator version 2.4.1.2"})
    finally:
        running.kill()
        running.wait()
    told = found["qemu"].stdout
    assert f"@{tmp_path}/qemu-system-x86_64 running\n" in told
    assert f"@{tmp_path}/qemu-kvm\nQEMU emulator version 2.4.1.2" in told


def test_a_guest_agent_is_no_emulator(tmp_path):
    """Leave out the section on a virtual machine that runs qemu-ga: without an emulator it is missing, not empty."""
    shutil.copy("/bin/sleep", tmp_path / "qemu-ga")
    running = subprocess.Popen([tmp_path / "qemu-ga", "60"])
    try:
        comm = Path(f"/proc/{running.pid}/comm")
        while not comm.read_text().startswith("qemu"):
            assert running.poll() is None
        section = collect(tmp_path, {})["qemu"]
    finally:
        running.kill()
        running.wait()
    assert "qemu-ga" not in section.stdout
    assert section.status == "missing" or "@/" in section.stdout
