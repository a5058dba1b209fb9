"""Disks of recorded machines: OS disk, data disks and what must not be taken for one."""

from __future__ import annotations

import json

import pytest

from nodes.facts import DiskFacts, NodeFacts
from tests.nodes.adapters import probert, udev
from tests.nodes.sections import facts, recorded

LUKS_ROOT = "/dev/mapper/luks-315111a6-8d37-447a-8dbf-0c9026abc456"


def sizes(found: NodeFacts) -> dict[str, int]:
    return {disk.name: disk.size_bytes for disk in found.data_disks if disk.suggested_status}


def unused(found: NodeFacts) -> list[str]:
    return [disk.name for disk in found.data_disks if not disk.suggested_status]


def disk(found: NodeFacts, name: str) -> DiskFacts:
    return next(item for item in found.data_disks if item.name == name)


def mounted(source: str, fstype: str = "ext4") -> str:
    return f"{source} / {fstype} rw 0 0\n"


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
            dict.fromkeys(("vdc", "vdd", "vde"), 5368709120),
            ["vdb", "vdf"],
        ),
        ("curtin-zfs", "vda1", ("vda",), {}, ["vdb", "vdc"]),
        (
            "curtin-mdadm-bcache",
            "vda2",
            ("vda",),
            dict.fromkeys(("vdc", "vdd", "vde", "vdf", "vdg"), 4294967296),
            ["vdb", "vdh"],
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


def test_the_kinds_of_a_mixed_machine():
    found = from_probert("curtin-ldm")
    assert (disk(found, "sda").type, disk(found, "sdb").type) == ("sata", "ssd")
    assert disk(found, "sdc").status_reason == "on USB"


def test_two_paths_become_one_lun_with_members():
    lun = disk(from_probert("subiquity-multipath"), "mpatha")
    assert lun.members == ("sda", "sdb")
    assert lun.serial == "5000c50015ea71aa"
    assert lun.by_id == "/dev/disk/by-id/dm-uuid-mpath-35000c50015ea71aa"


def test_sizes_as_numbers_and_text_ram_disks_and_empty_readers():
    found = facts(lsblk_json=recorded("ipa-lsblk-bia-json", "lsblk.json"))
    assert {"sda", "sdb", "sdc", "sdd"} <= set(sizes(found))
    assert not {"zram0", "sdf", "ram0", "ram1", "fd1", "loop0"} & {item.name for item in found.data_disks}


@pytest.mark.parametrize(
    ("case", "root", "root_part", "legs", "data"),
    [
        ("rockstor-nvme-sys-disk", "/dev/nvme0n1p4", "nvme0n1p4", ("nvme0n1",), ["sda", "sdb"]),
        ("rockstor-mdraid-sys-disk", "/dev/md127", "md127", ("sda", "sdb"), []),
        (
            "rockstor-luks-sys-disk",
            LUKS_ROOT,
            LUKS_ROOT.removeprefix("/dev/mapper/"),
            ("sdc",),
            ["sda", "sdb"],
        ),
    ],
)
def test_pairs_without_parents(case, root, root_part, legs, data):
    found = facts(lsblk_pairs=recorded(case, "lsblk-P.txt"), mounts=mounted(root, "btrfs"))
    assert found.os_disk is not None
    assert (found.os_disk.root_part, found.os_disk.legs) == (root_part, legs)
    assert [item.name for item in found.data_disks] == data


def test_thirty_six_disks_behind_two_controllers():
    text = recorded("rockstor-dell-h710-md1220", "lsblk-P.txt")
    found = facts(lsblk_pairs=text, mounts=mounted("/dev/sda3", "btrfs"))
    assert found.os_disk is not None
    assert (found.os_disk.disk.name, found.os_disk.root_part, found.os_disk.swap_part) == (
        "sda",
        "sda3",
        "sda2",
    )
    names = [item.name for item in found.data_disks]
    assert len(names) == 35
    assert (names[0], names[-1]) == ("sdb", "sdaj")
    assert disk(found, "sdad").type == "ssd"
    assert disk(found, "sdn").type == "sas"
    assert disk(found, "sdb").rotational_guess


@pytest.mark.parametrize(
    ("case", "name", "root", "legs", "data"),
    [
        ("insights-lsblk", "lsblk-1.txt", "rhel-root", ("vda",), ["sda"]),
        (
            "insights-lsblk",
            "lsblk-2-san-multipath.txt",
            "vg_root-lv_root",
            ("sda",),
            ["mpatha", "mpathb", "mpathc"],
        ),
        ("insights-lsblk", "lsblk-3-luks.txt", "rhel-root", ("vda", "vdb"), []),
        ("jc-ubuntu-18.04", "lsblk.txt", "sda2", ("sda",), []),
        ("jc-ubuntu-18.04", "lsblk-allcols.txt", "sda2", ("sda",), []),
        ("jc-centos-7.7", "lsblk.txt", "centos-root", ("sda",), []),
        ("jc-centos-7.7", "lsblk-allcols.txt", "centos-root", ("sda",), []),
        ("util-linux-simple-lvm", "lsblk-basic.txt", "sda4", ("sda",), ["nvme0n1", "sdb"]),
        ("util-linux-simple-nvme", "lsblk-basic.txt", "sda4", ("sda",), ["nvme0n1", "sdb"]),
    ],
)
def test_tables(case, name, root, legs, data):
    found = facts(lsblk_tree=recorded(case, name))
    assert found.os_disk is not None
    assert (found.os_disk.root_part, found.os_disk.legs) == (root, legs)
    assert [item.name for item in found.data_disks] == data


def test_six_paths_are_three_luns():
    found = facts(lsblk_tree=recorded("insights-lsblk", "lsblk-2-san-multipath.txt"))
    assert [item.members for item in found.data_disks] == [("sdc", "sdf"), ("sdb", "sde"), ("sdd", "sdg")]
    assert found.os_disk is not None
    assert found.os_disk.swap_part == "sda3"


def test_unsplit_pairs_of_an_old_lsblk():
    found = facts(lsblk_pairs=recorded("insights-lsblk", "lsblk-P-all.txt"))
    assert found.os_disk is not None
    assert (found.os_disk.root_part, found.os_disk.disk.name) == ("vg_trex-lv_root", "sda")
    assert found.data_disks == ()


def test_a_disk_told_to_be_removable_is_listed_but_not_used():
    found = facts(lsblk_pairs=recorded("local-storage-operator-lsblk-P", "lsblk-P-rm1.txt"))
    assert unused(found) == ["sdc"]
    assert disk(found, "sdc").status_reason == "removable"


def test_network_disks_are_not_proposed():
    found = facts(lsblk_json=recorded("node-debug-dashboard-k8s-node", "lsblk.json"))
    assert (sorted(sizes(found)), unused(found)) == (["sda", "sdb"], ["sdc"])


@pytest.mark.parametrize(
    ("case", "usable", "left_out", "nics"),
    [
        ("checkbox-shuttle-usb-disk", {"sda": "ssd"}, ["sdb", "sdc"], ["eth0", "eth1"]),
        ("checkbox-hdd-ssd-mix-vmnet", {"sda": "sata", "sdb": "ssd", "sdc": "ssd"}, [], ["eth0", "eth1"]),
        ("checkbox-dell-idrac-usb-nic", {"sda": "sata"}, [], ["eno1", "eno2", "eno3", "eno4"]),
        ("checkbox-realtek-card-reader", {"nvme0n1": "nvme", "sda": "sata"}, ["sdb"], ["eth0"]),
        ("checkbox-vmware-floppy", {"sda": "sata"}, [], ["eno16777736"]),
        (
            "checkbox-nvidia-dgx-station",
            dict.fromkeys(("sda", "sdb", "sdc", "sdd"), "ssd"),
            [],
            ["enp2s0f0", "enp2s0f1"],
        ),
        ("checkbox-xeon-2hdd", {"sda": "sata", "sdb": "sata"}, [], ["eth0"]),
        ("checkbox-element-biosciences", {"nvme0n1": "nvme"}, ["sda"], ["eno1", "enp3s0"]),
        ("checkbox-toshiba-nvme", {"nvme0n1": "nvme"}, [], ["enp0s31f6"]),
    ],
)
def test_udev_recordings(case, usable, left_out, nics):
    found = facts(**udev.sections(recorded(case, "udevadm-export-db.txt")))
    assert {item.name: item.type for item in found.data_disks if item.suggested_status} == usable
    assert unused(found) == left_out
    assert sorted(nic.name for nic in found.networks) == nics


def test_a_raid_volume_is_marked_as_a_guess_and_a_plain_drive_is_not():
    perc = facts(**udev.sections(recorded("checkbox-dell-idrac-usb-nic", "udevadm-export-db.txt")))
    plain = facts(**udev.sections(recorded("checkbox-xeon-2hdd", "udevadm-export-db.txt")))
    assert disk(perc, "sda").rotational_guess
    assert not disk(plain, "sda").rotational_guess
