"""The script that erases: its text, and the script itself on a real loop device where this host allows one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nodes.erasing.script import build_script, device_path, tag
from nodes.facts import DiskFacts

SDB = DiskFacts("sdb", "ssd", 3_200_631_791_616, by_id="/dev/disk/by-id/ata-M_S1", wwn="0x5002", serial="S1")
SIZE = 64 << 20


def test_everything_from_the_node_is_quoted() -> None:
    hostile = replace(SDB, serial="$(reboot) 'x'", wwn="`id`", by_id="/dev/disk/by-id/a;b")
    text = build_script("j-1", "quick", [hostile])
    assert """'$(reboot) '"'"'x'"'"''""" in text and "'`id`'" in text and "'/dev/disk/by-id/a;b'" in text
    assert subprocess.run(["sh", "-n"], input=text, text=True).returncode == 0


@pytest.mark.parametrize("name", ["../sda", "-f", "a b", "", "x" * 200, "sd\nb"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(ValueError, match="no device name"):
        build_script("j-1", "quick", [replace(SDB, name=name)])


@pytest.mark.parametrize(("mode", "disks"), [("fast", [SDB]), ("quick", [])])
def test_what_cannot_be_asked_for(mode: str, disks: list[DiskFacts]) -> None:
    with pytest.raises(ValueError):
        build_script("j-1", mode, disks)


def test_paths_of_devices() -> None:
    assert device_path(SDB) == "/dev/sdb"
    assert device_path(replace(SDB, name="cciss!c0d0")) == "/dev/cciss/c0d0"
    assert device_path(replace(SDB, name="mpatha", members=("sdb", "sdc"))) == "/dev/mapper/mpatha"
    assert device_path(replace(SDB, members=("sdb", "sdc"))) == "/dev/sdb"


def test_the_mark_of_a_disk_outlives_its_name_and_is_its_own() -> None:
    assert tag(SDB) == tag(replace(SDB, name="sdq", by_id=""))
    assert len({tag(SDB), tag(replace(SDB, serial="S2")), tag(replace(SDB, size_bytes=1))}) == 3


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[tuple[DiskFacts, Path]]:
    """A real block device with a file system on it and noise everywhere."""
    tools = ("losetup", "wipefs", "mkfs.ext4", "blockdev", "lsblk")
    if os.geteuid() or not all(map(shutil.which, tools)):
        pytest.skip(f"needs root and {', '.join(tools)}")
    image = tmp_path / "image"
    image.write_bytes(os.urandom(1 << 20) * (SIZE >> 20))
    made = subprocess.run(
        ["losetup", "-f", "--show", str(image)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no loop device to be had: {made.stderr.strip()}")
    device = made.stdout.strip()
    try:
        subprocess.run(["mkfs.ext4", "-q", "-L", "old", "-E", "nodiscard", device], check=True)
        link = tmp_path / "by-id-link"
        link.symlink_to(device)
        yield DiskFacts(device.removeprefix("/dev/"), "ssd", SIZE, by_id=str(link), serial="S1"), image
    finally:
        subprocess.run(["losetup", "-d", device], check=False)


def run(disk: DiskFacts, mode: str, folder: Path, shell: str = "sh") -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    script = build_script("j-1", mode, [disk])
    return subprocess.run(shell.split(), input=script, text=True, capture_output=True, cwd=folder, timeout=60)


def flushed(loop: tuple[DiskFacts, Path]) -> bytes:
    """What is on the medium, nothing left in the device's cache."""
    handle = os.open(f"/dev/{loop[0].name}", os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return loop[1].read_bytes()


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_quick_on_a_real_device(loop: tuple[DiskFacts, Path], tmp_path: Path, shell: str) -> None:
    if not shutil.which(shell.split()[0]):
        pytest.skip(f"{shell} is not here")
    disk, _ = loop
    done = run(disk, "quick", tmp_path / "work", shell)
    assert done.returncode == 0, done.stderr
    data = flushed(loop)
    assert not any(data[: 4 << 20]) and not any(data[-(4 << 20) :]) and any(data[4 << 20 : 5 << 20])
    assert not subprocess.run(["wipefs", "-n", f"/dev/{disk.name}"], capture_output=True).stdout
    again = run(disk, "quick", tmp_path / "work", shell)
    assert again.returncode == 0 and "erased before in this job" in again.stdout


@pytest.mark.parametrize("discard", [True, False])
def test_full_leaves_nothing(
    loop: tuple[DiskFacts, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, discard: bool
) -> None:
    if not discard:
        fake = tmp_path / "bin" / "blkdiscard"
        fake.parent.mkdir()
        fake.write_text("#!/bin/sh\nexit 1\n")
        fake.chmod(0o755)
        monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    done = run(loop[0], "full", tmp_path / "work")
    assert done.returncode == 0, done.stderr
    assert not any(flushed(loop))
    assert f"100 % {'discarded' if discard else 'overwritten'}" in done.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size_bytes": SIZE - 512}, "the preview showed"),
        ({"by_id": "/dev/null", "serial": "S2"}, "not the disk of the preview"),
        ({"by_id": "", "serial": "S1"}, "not the disk of the preview"),
        ({"by_id": "", "serial": "", "wwn": "0x1"}, "not the disk of the preview"),
        ({"name": "no-such-disk"}, "is gone"),
    ],
)
def test_another_disk_under_the_name(
    loop: tuple[DiskFacts, Path], tmp_path: Path, change: dict[str, object], said: str
) -> None:
    disk, _ = loop
    before = flushed(loop)
    done = run(replace(disk, **change), "quick", tmp_path / "work")
    assert done.returncode == 65 and said in done.stderr.splitlines()[-1]
    assert "nothing was erased on this node" in done.stderr
    assert flushed(loop) == before


def test_a_disk_that_somebody_holds(loop: tuple[DiskFacts, Path], tmp_path: Path) -> None:
    disk, _ = loop
    before = flushed(loop)
    # What a mount or an array does: the kernel gives the device to one holder alone.
    held = os.open(f"/dev/{disk.name}", os.O_RDWR | os.O_EXCL)
    try:
        done = run(disk, "quick", tmp_path / "work")
    finally:
        os.close(held)
    assert done.returncode == 65 and "in use: Device or resource busy" in done.stderr
    assert flushed(loop) == before


def test_one_bad_disk_keeps_the_good_ones_untouched(loop: tuple[DiskFacts, Path], tmp_path: Path) -> None:
    disk, _ = loop
    before = flushed(loop)
    script = build_script("j-1", "quick", [disk, replace(disk, name="no-such-disk", serial="S9")])
    done = subprocess.run(["sh"], input=script, text=True, capture_output=True, cwd=tmp_path)
    assert done.returncode == 65 and flushed(loop) == before
