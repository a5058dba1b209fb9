"""The script that erases: its text, and its run on a real loop device where this host allows one."""

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


@pytest.mark.skipif(
    not shutil.which("shellcheck"), reason="shellcheck is not here: apt-get install shellcheck"
)
def test_shellcheck_finds_nothing() -> None:
    script = build_script("j-1", "full", [SDB])
    done = subprocess.run(["shellcheck", "-s", "sh", "-"], input=script, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["../sda", "-f", "a b", "", "x" * 200, "sd\nb"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(ValueError, match="not a device name"):
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
    """Make a real block device with a file system on it and noise everywhere."""
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
    """Return what is on the medium, with the device's cache flushed."""
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
    assert again.returncode == 0 and "already erased in this job" in again.stdout


def test_a_disk_that_a_process_holds_open_is_not_erased(loop: tuple[DiskFacts, Path], tmp_path: Path) -> None:
    """Refuse a disk that a virtual machine was given whole: no mount, no claim, nothing that stops wipefs."""
    if not shutil.which("find") or "busybox" in os.path.realpath(shutil.which("find") or ""):
        pytest.skip("needs find of findutils")
    before = flushed(loop)
    holder = os.open(f"/dev/{loop[0].name}", os.O_RDWR)
    try:
        done = run(loop[0], "quick", tmp_path / "work")
    finally:
        os.close(holder)
    assert done.returncode == 65 and f"(process {os.getpid()})" in done.stderr
    assert "nothing was erased on this node" in done.stderr and flushed(loop) == before
    assert run(loop[0], "quick", tmp_path / "work").returncode == 0


def test_who_only_looks_at_the_disk_for_a_moment_does_not_hold_it(
    loop: tuple[DiskFacts, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ignore monitoring that opens the disk at this moment: it is gone at the second look."""
    if not shutil.which("find") or "busybox" in os.path.realpath(shutil.which("find") or ""):
        pytest.skip("needs find of findutils")
    disk, _ = loop
    with Path(f"/dev/{disk.name}").open("rb") as opened:
        looking = subprocess.Popen(
            ["sleep", "600"], stdin=opened, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    stand_in(tmp_path, monkeypatch, "sleep", f"kill {looking.pid}")
    try:
        done = run(disk, "quick", tmp_path / "work")
        assert looking.poll() == -15, "it was there when it was looked for"
    finally:
        looking.kill()
        looking.wait()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("discard", [True, False])
def test_full_leaves_nothing(
    loop: tuple[DiskFacts, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, discard: bool
) -> None:
    if not discard:
        stand_in(tmp_path, monkeypatch, "blkdiscard", "exit 1")
    done = run(loop[0], "full", tmp_path / "work")
    assert done.returncode == 0, done.stderr
    assert not any(flushed(loop))
    assert f"100 % {'discarded' if discard else 'overwritten'}" in done.stdout
    assert ("samples across the disk read back as zeros" in done.stdout) == discard


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str, text: str) -> None:
    """Put a script of this name before the real tool."""
    fake = tmp_path / "bin" / tool
    fake.parent.mkdir(exist_ok=True)
    fake.write_text(f"#!/bin/sh\n{text}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")


@pytest.mark.parametrize("shell", ["dash", "busybox sh"])
def test_a_discard_that_leaves_something_is_not_believed(
    loop: tuple[DiskFacts, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    """Refuse a disk with 1 MiB left in its middle, although it confirmed every discard."""
    disk, _ = loop
    with Path(f"/dev/{disk.name}").open("r+b") as device:
        device.write(bytes(20 << 20))
        device.seek(21 << 20)
        device.write(bytes(SIZE - (21 << 20)))
    stand_in(tmp_path, monkeypatch, "blkdiscard", "exit 0")
    done = run(disk, "full", tmp_path / "work", shell)
    assert done.returncode == 0, done.stderr
    assert "discarded, but the data at 31 % is not empty" in done.stdout
    assert not any(flushed(loop))


def test_a_place_that_cannot_be_read_back_is_not_empty(
    loop: tuple[DiskFacts, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "blkdiscard", "exit 0")
    stand_in(
        tmp_path,
        monkeypatch,
        "dd",
        f'case "$*" in *if=/dev/loop*) exit 1 ;; esac\nexec {shutil.which("dd")} "$@"',
    )
    done = run(loop[0], "full", tmp_path / "work")
    assert done.returncode == 0, done.stderr
    assert "discarded, but the data at 0 % is not empty, or cannot be read" in done.stdout
    assert not any(flushed(loop))


def test_a_disk_that_cannot_be_read_afterwards_is_not_erased(
    loop: tuple[DiskFacts, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("wipefs")
    stand_in(tmp_path, monkeypatch, "wipefs", f'case "$*" in "-n -p "*) exit 1 ;; esac\nexec {real} "$@"')
    done = run(loop[0], "quick", tmp_path / "work")
    assert done.returncode == 1 and "its remaining contents cannot be read" in done.stderr


def test_places_reach_from_one_end_to_the_other_and_to_where_discards_met() -> None:
    """Choose few enough places of 30 TB in pieces of 32 GiB to read back in minutes."""
    text = build_script("j-1", "full", [SDB]).rpartition("each() {")[0]
    done = subprocess.run(
        ["sh"], input=f"{text}\nplaces 28610229 32768\n", text=True, capture_output=True, check=True
    )
    found = [int(word) for word in done.stdout.split()]
    assert found[0] == 0 and 28610228 in found and {32767, 32768} <= set(found)
    assert 64 < len(found) <= 110 and max(found) == 28610228


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size_bytes": SIZE - 512}, "known were 67108352"),
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
