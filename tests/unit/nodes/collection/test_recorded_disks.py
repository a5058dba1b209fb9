"""The output of lsblk on recorded machines: OS disk, data disks, and devices that must not be taken for one."""

from __future__ import annotations

import pytest

from tests.support.sections import facts, recorded
from tests.unit.nodes.collection.recordings import disk, mounted, sizes, unused

LUKS_ROOT = "/dev/mapper/luks-315111a6-8d37-447a-8dbf-0c9026abc456"


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


def test_sizes_that_lsblk_rounded():
    found = facts(
        lsblk_pairs=recorded("rockstor-nvme-sys-disk", "lsblk-P.txt"), mounts=mounted("/dev/nvme0n1p4")
    )
    assert sizes(found) == dict.fromkeys(("sda", "sdb"), int(9.1 * 2**40))


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
    # sda and sdb are mounted, on /host/var of a container.
    assert (sorted(sizes(found)), unused(found)) == ([], ["sda", "sdb", "sdc"])
    found = facts(lsblk_json=recorded("node-debug-dashboard-k8s-node", "lsblk-longhorn.json"))
    assert sizes(found) == {}
    assert unused(found) == [f"sd{letter}" for letter in "abcdefghijklmn"]


@pytest.mark.parametrize(
    ("name", "data", "serial"), [("lsblk-P-1.txt", "vda", ""), ("lsblk-P-2.txt", "sdap", "42nd-scsi")]
)
def test_file_systems_in_partitions_of_a_data_disk(name, data, serial):
    text = recorded("rockstor-btrfs-in-partition", name)
    found = facts(lsblk_pairs=text, mounts=mounted("/dev/sda3", "btrfs"))
    assert found.os_disk is not None
    assert (found.os_disk.disk.name, found.os_disk.root_part, found.os_disk.swap_part) == (
        "sda",
        "sda3",
        "sda2",
    )
    assert sizes(found) == {data: 8 * 2**30}
    assert (disk(found, data).serial, disk(found, data).signatures) == (serial, ("vfat", "btrfs"))


def test_a_disk_without_a_root_file_system_and_two_of_which_one_size_is_text():
    found = facts(lsblk_pairs=recorded("local-storage-operator-lsblk-P", "lsblk-P-1.txt"))
    assert (found.os_disk, sizes(found)) == (None, {"sda": 62914560000})
    found = facts(lsblk_json=recorded("ipa-lsblk-bia-json", "lsblk-small.json"))
    assert sizes(found) == {"sda": 3116853504, "sdb": 4294967295}


@pytest.mark.parametrize("case", ["jc-ubuntu-18.04", "jc-centos-7.7"])
def test_df_names_the_same_root(case):
    found = facts(lsblk_tree=recorded(case, "lsblk.txt"))
    (source,) = [line.split()[0] for line in recorded(case, "df.txt").splitlines() if line.endswith(" /")]
    assert found.os_disk is not None
    assert found.os_disk.root_part == source.removeprefix("/dev/").removeprefix("mapper/")
    assert found.os_disk.disk.size_bytes == 20 * 2**30
