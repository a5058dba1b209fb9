"""Machines as an installer's prober saw them: OS disk, data disks and ports."""

from __future__ import annotations

import json

import pytest

from nodes.facts import NodeFacts
from tests.support.adapters import probert
from tests.support.sections import facts, recorded
from tests.unit.nodes.collection.recordings import disk, sizes, unused


def from_probert(case: str, moved: dict[str, str] | None = None) -> NodeFacts:
    name = "probert-storage.json" if case in STORAGE_ONLY else "probert.json"
    return facts(**probert.sections(json.loads(recorded(case, name)), moved))


STORAGE_ONLY = (
    "curtin-lvm",
    "curtin-raid1-partitions",
    "curtin-dmcrypt",
    "curtin-zfs",
    "curtin-ldm",
    "curtin-mdadm-bcache",
    "curtin-msdos-extended",
)


@pytest.mark.parametrize(
    ("case", "usable", "left_out"),
    [
        ("subiquity-simple", {"sda": 107374182400}, []),
        ("subiquity-many-nics-and-disks", dict.fromkeys(("sda", "vda", "vdb", "vdc"), 21474836480), []),
        ("subiquity-existing-partitions", dict.fromkeys(("vdb", "vdc", "vdd", "vde"), 10737418240), ["vda"]),
        ("subiquity-win11-and-free-space", {"sda": 137438953472}, ["sdb"]),
        ("subiquity-multipath", {"mpatha": 21474836480}, []),
        ("subiquity-two-nics-one-up-one-down", {"vdb": 12884901888}, ["vda"]),
        ("subiquity-ms-win-dyn-disk", {"sda": 21474836480}, []),
        ("curtin-ldm", {"sda": 1000204886016, "sdb": 120034123776}, ["sdc"]),
        ("curtin-live-iso", {"sda": 10737418240}, []),
        ("curtin-msdos-extended", {"sda": 21474836480, "sdb": 10737418240}, []),
        ("subiquity-lp1999173-raid1", {"vda": 21474836480, "vdb": 21474836480}, []),
        ("subiquity-threebuntu-on-msdos", {"sda": 161061273600}, []),
        ("subiquity-virtio", {"vda": 10737418240}, []),
    ],
)
def test_live_sessions_have_no_os_disk(case, usable, left_out):
    found = from_probert(case)
    assert found.os_disk is None
    assert sizes(found) == usable
    assert unused(found) == left_out
    assert any("live" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("case", "root", "legs", "usable", "left_out"),
    [
        ("curtin-lvm", "vda1", ("vda",), {"vdc": 10737418240}, ["vdb", "vdd"]),
        (
            "curtin-dmcrypt",
            "vda6",
            ("vda",),
            {},
            ["vdb", "vdc", "vdd", "vde", "vdf"],
        ),
        ("curtin-zfs", "vda1", ("vda",), {}, ["vdb", "vdc"]),
        (
            "curtin-mdadm-bcache",
            "vda2",
            ("vda",),
            {},
            ["vdb", "vdc", "vdd", "vde", "vdf", "vdg", "vdh"],
        ),
        ("curtin-raid1-partitions", "md1p1", ("vdb", "vdc"), {}, ["vda", "vdd"]),
    ],
)
def test_installed_systems_know_their_os_disk(case, root, legs, usable, left_out):
    moved = {"/target": "/", "/target/boot": "/boot"} if case == "curtin-raid1-partitions" else None
    found = from_probert(case, moved)
    assert found.os_disk is not None
    assert (found.os_disk.root_part, found.os_disk.legs) == (root, legs)
    assert sizes(found) == usable
    assert unused(found) == left_out


@pytest.mark.parametrize(
    ("case", "name", "size_bytes"),
    [
        ("curtin-lvm", "vda", 10737418240),
        ("curtin-zfs", "vda", 10737418240),
        *(("curtin-raid1-partitions", name, 6442450944) for name in ("vda", "vdb")),
        ("subiquity-existing-partitions", "vda", 786432000),
        ("subiquity-win11-and-free-space", "sdb", 1073741824),
    ],
)
def test_sizes_of_disks_that_are_not_for_data(case, name, size_bytes):
    moved = {"/target": "/", "/target/boot": "/boot"} if case == "curtin-raid1-partitions" else None
    assert disk(from_probert(case, moved), name).size_bytes == size_bytes


def test_reasons_of_what_is_left_out():
    boot_image = disk(from_probert("subiquity-existing-partitions"), "vda")
    assert boot_image.status_reason == "carries an installation image"
    stick = disk(from_probert("subiquity-win11-and-free-space"), "sdb")
    assert (stick.removable, stick.status_reason) == (True, "on USB")
    seed = disk(from_probert("curtin-lvm"), "vdb")
    assert seed.status_reason == "smaller than 1 GB"


def test_members_of_an_array_carry_its_signature():
    found = from_probert("subiquity-existing-partitions")
    assert [name for name in sizes(found) if "linux_raid_member" in disk(found, name).signatures] == [
        "vdc",
        "vdd",
    ]
    assert "linux_raid_member" in disk(from_probert("subiquity-lp1999173-raid1"), "vdb").signatures


QEMU = ("52:54:00:12:34:56", "10.0.2.15/24", True)


@pytest.mark.parametrize(
    ("case", "ports"),
    [
        ("subiquity-simple", {"ens3": QEMU}),
        (
            "subiquity-many-nics-and-disks",
            {
                "ens3": ("52:54:00:72:2b:ce", "192.168.122.134/24", True),
                "ens11": ("52:54:00:60:eb:72", "192.168.122.189/24", True),
                "ens13": ("52:54:00:d5:0d:94", "10.100.2.156/22", True),
                "ens12": ("52:54:00:1c:33:5e", "/None", True),
            },
        ),
        ("subiquity-existing-partitions", {"ens3": QEMU}),
        ("subiquity-win11-and-free-space", {"ens3": QEMU}),
        ("subiquity-multipath", {"ens3": ("52:54:00:e7:e7:19", "192.168.122.51/24", True)}),
        (
            "subiquity-two-nics-one-up-one-down",
            {"ens3": QEMU, "ens4": ("52:54:00:12:34:57", "/None", False)},
        ),
        ("subiquity-ms-win-dyn-disk", {"enp0s3": ("08:00:27:a9:2a:be", "10.0.2.15/24", True)}),
        ("subiquity-lp1999173-raid1", {"ens3": QEMU}),
        ("subiquity-threebuntu-on-msdos", {"enp0s3": ("08:00:27:2b:51:41", "10.0.2.15/24", True)}),
        ("subiquity-virtio", {"ens3": QEMU}),
        ("curtin-live-iso", {"ens3": QEMU}),
    ],
)
def test_ports_with_their_addresses(case, ports):
    found = from_probert(case).networks
    assert {nic.name: (nic.mac, f"{nic.address}/{nic.prefix}", nic.link) for nic in found} == ports
    assert {nic.type for nic in found} == {"physical"}


def test_the_kinds_of_a_mixed_machine():
    found = from_probert("curtin-ldm")
    assert (disk(found, "sda").type, disk(found, "sdb").type) == ("sata", "ssd")
    assert disk(found, "sdc").status_reason == "on USB"


def test_two_paths_become_one_lun_with_members():
    lun = disk(from_probert("subiquity-multipath"), "mpatha")
    assert lun.members == ("sda", "sdb")
    assert lun.serial == "5000c50015ea71aa"
    assert lun.by_id == "/dev/disk/by-id/dm-uuid-mpath-35000c50015ea71aa"
