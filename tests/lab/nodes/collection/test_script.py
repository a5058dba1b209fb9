"""The collection script on this machine, under every shell that a node may have."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from nodes.collection import build_command, frames, read
from nodes.parsers import sysfs_block, udev_links

NONCE = "0123456789abcdef"
SHELLS = (["dash"], ["bash"], ["bash", "--posix"], ["busybox", "sh"])


def run(shell: list[str], env: dict[str, str] | None = None) -> bytes:
    argv, script = build_command(NONCE)
    done = subprocess.run(
        [*shell, *argv[1:]], input=script, capture_output=True, timeout=60, env=env, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_every_section_is_framed_to_its_end(shell):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed here (apt-get install {shell[0]})")
    sections = frames.parse(run(shell), NONCE)
    assert "*" not in sections
    assert len(sections) >= 25
    assert {"uname", "lsblk-json", "mounts", "ip-link", "sysfs-net", "vlan"} <= set(sections)
    assert all(section.status in ("ok", "missing", "failed") for section in sections.values())
    assert sections["uname"].stdout.split()[1] == os.uname().release


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_facts_of_this_machine_can_be_read(shell):
    if shutil.which(shell[0]) is None or shutil.which("ip") is None or shutil.which("lsblk") is None:
        pytest.skip(f"{shell[0]}, ip or lsblk is not installed here")
    facts = read(run(shell), NONCE, "127.0.0.1")
    assert facts.hostname == os.uname().nodename
    assert facts.cpu.threads >= 1
    assert facts.memory_bytes > 2**28


def test_a_machine_without_any_tool_still_answers_in_frames(tmp_path):
    for name in ("head", "tail", "cat", "id", "sed"):
        found = shutil.which(name)
        assert found is not None
        (tmp_path / name).symlink_to(found)
    argv, script = build_command(NONCE)
    # The script adds the usual folders to PATH: without them it sees only what is linked above.
    bare = script.replace(b":/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin", b"")
    shell = shutil.which("dash") or "/bin/sh"
    done = subprocess.run(
        [shell, *argv[1:]],
        input=bare,
        capture_output=True,
        timeout=60,
        env={"PATH": str(tmp_path)},
        check=True,
    )
    sections = frames.parse(done.stdout, NONCE)
    missing = {name for name, section in sections.items() if section.status == "missing"}
    assert {"lsblk-json", "lsblk-pairs", "lsblk-tree", "ip-link", "uname", "lscpu"} <= missing
    assert sections["meminfo"].status == "ok"


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_what_is_said_comes_in_few_pieces(shell):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed here (apt-get install {shell[0]})")
    argv, script = build_command(NONCE)
    with subprocess.Popen([*shell, *argv[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        process.stdin.write(script)
        process.stdin.close()
        pieces = list(iter(lambda: os.read(process.stdout.fileno(), 1 << 20), b""))
    assert "*" not in frames.parse(b"".join(pieces), NONCE)
    assert len(pieces) <= 2 + 2 * sum(map(len, pieces)) // 65536


def test_a_dd_that_knows_no_block_sizes(tmp_path):
    fake = tmp_path / "dd"
    fake.write_text('#!/bin/sh\necho "dd: unrecognized operand" >&2\nexit 1\n')
    fake.chmod(0o755)
    assert "*" not in frames.parse(run(["sh"], {"PATH": f"{tmp_path}:{os.environ['PATH']}"}), NONCE)


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_disks_that_hang_do_not_take_all_the_time(shell, tmp_path):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed here (apt-get install {shell[0]})")
    asked = tmp_path / "asked"
    fake = tmp_path / "wipefs"
    fake.write_text(f"#!/bin/sh\necho >>{asked}\nexit 124\n")
    fake.chmod(0o755)
    found = frames.parse(run(shell, {"PATH": f"{tmp_path}:{os.environ['PATH']}"}), NONCE)["wipefs"]
    if "@" not in found.stdout:
        pytest.skip("there is no whole disk here")
    assert found.stdout.count("#failed 124") == found.stdout.count("@")
    assert len(asked.read_text().splitlines()) == min(2, found.stdout.count("@"))


def test_shellcheck_finds_nothing():
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed here (apt-get install shellcheck)")
    _, script = build_command(NONCE)
    done = subprocess.run(
        ["shellcheck", "-s", "sh", "-"], input=script, capture_output=True, timeout=60, check=False
    )
    assert done.stdout == b""


@pytest.mark.parametrize("nonce", ["", "short", "has blank 12", "a;rm -rf /x", "é" * 10])
def test_a_nonce_that_is_no_word_is_refused(nonce):
    with pytest.raises(ValueError, match="nonce"):
        build_command(nonce)


def written(folder: Path, **files: str) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_what_the_kernel_and_udev_say_of_drives(shell, tmp_path):
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed here (apt-get install {shell[0]})")
    block, scsi, generic = (tmp_path / "class" / name for name in ("block", "scsi_device", "nvme-generic"))
    nvme = {"dev": "259:1\n", "size": "1000\n", "nsid": "2\n", "queue/zoned": "host-managed\n"}
    nvme |= {"device/subsysnqn": "nqn.2014.08.org.nvmexpress:x\n", "device/serial": "S5EMNE0R600001      \n"}
    written(block / "nvme0n2", **nvme)
    written(block / "sdb", **{"dev": "8:16\n", "size": "1000\n", "device/type": "20\n"})
    written(block / "sdb1", dev="8:17\n", size="1000\n", partition="1\n")
    database = tmp_path / "udev" / "data"
    written(
        database,
        **{
            "b259:1": "S:disk/by-path/pci-0000:65:00.0-nvme-2\nS:disk/by-id/nvme-A_1\nE:ID=1\nS:disk/by-id/nvme-A_1_2\n",
            "b8:17": "S:disk/by-id/scsi-35000c500a1b2c3d4-part1\n",
        },
    )
    written(scsi / "0:0:3:0" / "device", type="20\n", model="HSH721414ALE6M0 \n", vendor="HGST    \n")
    written(scsi / "0:0:1:0" / "device", **{"type": "20\n", "block/sdb/size": "1\n"})
    written(scsi / "0:0:2:0" / "device", type="13\n")
    written(generic / "ng0n2" / "device", model="WZS4C8T4TDSP303\n")
    written(generic / "ng7n1" / "device", model="WZS4C8T4TDSP303\n", serial="ZNS0001\n")
    argv, script = build_command(NONCE)
    moved = script.replace(b"/sys/class/", f"{tmp_path}/class/".encode())
    moved = moved.replace(b"/run/udev/", f"{tmp_path}/udev/".encode())
    done = subprocess.run([*shell, *argv[1:]], input=moved, capture_output=True, timeout=60, check=True)
    sections = frames.parse(done.stdout, NONCE)
    assert udev_links.parse(sections["udev-links"].stdout) == {"nvme0n2": ("nvme-A_1", "nvme-A_1_2")}
    kernel = sysfs_block.parse(sections["sysfs-block"].stdout)
    found = kernel["nvme0n2"]
    assert (found.nsid, found.zoned, found.serial) == (2, "host-managed", "S5EMNE0R600001")
    assert found.subsysnqn == "nqn.2014.08.org.nvmexpress:x" and kernel["sdb"].type == "20"
    unlisted = sysfs_block.parse(sections["no-block-device"].stdout)
    assert {name: (item.type, item.model) for name, item in unlisted.items()} == {
        "0:0:3:0": ("20", "HSH721414ALE6M0"),
        "ng7n1": ("", "WZS4C8T4TDSP303"),
    }
