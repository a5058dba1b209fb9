"""erase_data_disks on disks that kernel, LVM and md really hold, checked from inside and from the host."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vm.console import VmConsole
from tests.vm.drives import DATA_DISKS, Drive
from tests.vm.machine import ADDRESS, Machine

DIRT = Path(__file__).with_name("dirt.sh").read_text()
BY_NAME = {drive.name: drive for drive in DATA_DISKS}
EDGE_BYTES = 4 << 20
# What each disk shows; names of signatures as util-linux has them.
SIGNATURES = {
    "sata": {"gpt", "linux_raid_member", "ext4"},
    "wide": {"gpt", "ext4"},
    "ssd": {"zfs_member"},
    "nvme": {"LVM2_member"},
    "blk": {"ext4"},
    "lvm": {"LVM2_member"},
    "raid": {"linux_raid_member"},
    "half": {"gpt", "linux_raid_member"},
    "mount": {"gpt", "ext4", "swap"},
    "naked": set(),
}
# Who uses a disk, and what lets go of it; both are said, and the second one is done as it is said.
USERS = {
    "lvm": ["the LVM volume busy--data-held is active on it (vgchange -an busy-data)"],
    "raid": ["the array md77 is active on it (mdadm --stop /dev/md77)"],
    "half": ["the array md78 is active on it (mdadm --stop /dev/md78)"],
    "mount": ["is mounted on /srv (umount /srv)", "is in use as swap (swapoff /dev/"],
}


@pytest.fixture(scope="module")
def dirty(trusted: VmConsole, machine: Machine) -> VmConsole:
    """Provide the console with old and used disks collected."""
    machine.agent.run(DIRT)
    trusted.collect()
    return trusted


def name_of(console: VmConsole, drive: Drive) -> str:
    found: str = console.disk(drive.serial)["name"]
    return found


def erase(console: VmConsole, names: list[str], mode: str, expect: int = 0) -> str:
    """Run erase_data_disks as a person calls it; return its output."""
    words = ["erase_data_disks", "-i", ADDRESS, "-d", *names, "--mode", mode, "--yes", "--wait"]
    return console.run(*words, expect=expect, timeout_s=600).stderr


def pieces(path: Path) -> Iterator[tuple[int, bytes]]:
    """Return the parts of a backing file that are not holes: place and bytes, a MiB at most."""
    with path.open("rb") as file:
        place, end = 0, path.stat().st_size
        while place < end:
            try:
                place = os.lseek(file.fileno(), place, os.SEEK_DATA)
            except OSError:
                return
            stop = os.lseek(file.fileno(), place, os.SEEK_HOLE)
            while place < stop:
                data = os.pread(file.fileno(), min(1 << 20, stop - place), place)
                yield place, data
                place += len(data)


def edges(machine: Machine, drive: Drive) -> bytes:
    """Return the first and the last 4 MiB of the backing file."""
    with machine.backing(drive).open("rb") as file:
        first = file.read(EDGE_BYTES)
        file.seek(-EDGE_BYTES, os.SEEK_END)
        return first + file.read()


def test_what_lies_on_the_disks_is_shown(dirty: VmConsole) -> None:
    shown = {disk["size_bytes"]: disk for disk in dirty.node()["data_disks"]}
    for name, signatures in SIGNATURES.items():
        disk = shown[BY_NAME[name].size_bytes]
        assert set(disk["signatures"]) == signatures, (name, disk["signatures"])
        assert disk["dirty"] is bool(signatures)


def test_disks_of_the_system_are_refused(dirty: VmConsole, machine: Machine) -> None:
    said = erase(dirty, dirty.node()["os_disk"]["legs"], "quick", expect=2)
    assert said.count("carries the operating system") == 2


def test_a_disk_that_cannot_be_recognised_is_refused(dirty: VmConsole) -> None:
    size = BY_NAME["naked"].size_bytes
    name = next(disk["name"] for disk in dirty.node()["data_disks"] if disk["size_bytes"] == size)
    assert "neither a WWN nor a serial number of its own" in erase(dirty, [name], "quick", expect=2)


@pytest.mark.parametrize("name", USERS)
def test_a_disk_in_use_is_refused_until_it_is_let_go(dirty: VmConsole, machine: Machine, name: str) -> None:
    drive = BY_NAME[name]
    device = name_of(dirty, drive)
    before = edges(machine, drive)
    said = erase(dirty, [device], "quick", expect=2)
    for user in USERS[name]:
        assert user in said
    assert edges(machine, drive) == before
    # Each remedy once, as it stands there.
    for remedy in dict.fromkeys(re.findall(r"\(((?:vgchange|mdadm|umount|swapoff) [^)]*)\)", said)):
        machine.agent.run(remedy)
    dirty.collect()
    erase(dirty, [device], "quick")
    assert not any(edges(machine, drive))


def test_a_disk_taken_into_use_after_the_preview_is_refused(dirty: VmConsole, machine: Machine) -> None:
    """Refuse a disk collected as free and then mounted: its state at the moment of erasing counts."""
    drive = BY_NAME["wide"]
    device = name_of(dirty, drive)
    machine.agent.run(f"mount /dev/{device}1 /mnt")
    before = edges(machine, drive)
    said = erase(dirty, [device], "full", expect=1)
    assert "nothing was erased on this node" in said and "is mounted on /mnt (umount /mnt)" in said
    machine.agent.run("umount /mnt")
    assert edges(machine, drive)[:1024] == before[:1024]


def test_another_disk_in_the_slot_is_refused(dirty: VmConsole, machine: Machine) -> None:
    drive = BY_NAME["ssd"]
    device = name_of(dirty, drive)
    before = list(pieces(machine.backing(drive)))
    machine.swap(drive, "VMSWAPPED1", "0x5000c500000000ff")
    try:
        said = erase(dirty, [device], "quick", expect=1)
        assert f"{device} (serial {drive.serial}) is no longer on this node" in said
    finally:
        machine.swap(drive, drive.serial, drive.wwn)
    assert list(pieces(machine.backing(drive))) == before
    dirty.collect()


def test_quick_leaves_nothing_to_find(dirty: VmConsole, machine: Machine) -> None:
    drives = [BY_NAME[name] for name in ("sata", "wide", "ssd")]
    names = [name_of(dirty, drive) for drive in drives]
    said = erase(dirty, names, "quick")
    assert "backup" in said and "wide" in said
    for drive, name in zip(drives, names, strict=True):
        assert machine.agent.run(f"wipefs -n -p /dev/{name}").strip() in ("", "# offset,uuid,label,type")
        assert machine.agent.run(f"lsblk -rno TYPE /dev/{name}").split() == ["disk"]
        assert machine.agent.run(f"blkid -p /dev/{name}", expect=2) == ""
        assert not any(edges(machine, drive)), drive.name
        assert not dirty.disk(drive.serial)["dirty"]


def test_full_leaves_no_byte(dirty: VmConsole, machine: Machine) -> None:
    drives = [BY_NAME[name] for name in ("nvme", "blk")]
    assert any(any(data) for place, data in pieces(machine.backing(BY_NAME["blk"])) if place > 1 << 30)
    names = [name_of(dirty, drive) for drive in drives]
    erase(dirty, names, "full")
    log = dirty.run("get_log", "--action", "erase_data_disks").stdout
    assert f"{names[0]}: 100 % discarded" in log
    assert f"{names[1]}: 50 % overwritten" in log and f"{names[1]}: 100 % discarded" not in log
    for drive in drives:
        left = [place for place, data in pieces(machine.backing(drive)) if any(data)]
        assert not left, (drive.name, left[:5])
        assert not dirty.disk(drive.serial)["dirty"]
    # Neither LVM nor anybody else remembers.
    assert "olddata" not in machine.agent.run("vgs --noheadings -o vg_name; lsblk")
