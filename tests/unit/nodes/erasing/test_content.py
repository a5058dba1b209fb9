"""What lies on disks and what uses them, on whole machines; and the objections to erasing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodes.collection.assemble import assemble
from nodes.collection.frames import Section
from nodes.erasing.checks import Target, judge
from nodes.erasing.content import DiskContent, contents_of, read_contents, size_words
from nodes.erasing.script import device_path
from nodes.facts import DiskFacts, NodeFacts
from nodes.parsers.errors import FactsError
from tests.support import sections as ordinary
from tests.unit.nodes.collection.test_cases import CASES, read_case


def contents(name: str) -> dict[str, DiskContent]:
    path = next(path for path in CASES if path.stem == name)
    _, found, _ = read_case(path)
    return contents_of(ordinary.sections(found))


def test_layers_over_md_are_told_with_the_command_that_lets_go() -> None:
    found = contents("md-luks-lvm-root")
    assert found["sdc"].lost == ("sdc linux_raid_member", "md1 ext4 4.001 TB")
    for name in ("sdc", "sdd"):
        users = " ".join(found[name].users)
        assert "the array md1 is active on it (mdadm --stop /dev/md1)" in users
        assert "md1 is mounted on /srv (umount /srv)" in users
    assert any("vg0-swap is active" in user for user in found["sdb"].users)


def test_a_disk_of_the_systems_volume_group_is_in_use_without_a_volume_on_it() -> None:
    found = contents("root-group-spans-a-data-disk")
    held = [name for name, content in found.items() if any("volume group" in user for user in content.users)]
    assert len(held) >= 2


def test_an_imported_pool_holds_its_disks() -> None:
    found = contents("zfs-065-root")
    for name, pool in (("sda", "rpool"), ("sdb", "rpool"), ("sdc", "vpool")):
        assert f"part of the imported ZFS pool {pool} (zpool export {pool})" in found[name].users


def test_a_partition_of_a_lun_that_nobody_mapped_is_lost_with_it() -> None:
    found = contents("multipath-luns-with-kpartx-parts")["mpathe"]
    assert found.lost == ("mpathe gpt partition table", 'sdg1 xfs "unmapped" 1.1 TB UUID 77-88')
    assert found.users == ()


def test_every_disk_of_bcachefs_is_in_use_though_lsblk_shows_no_mount() -> None:
    found = contents("bcachefs-root")
    assert [found[name].users for name in ("vda", "vdb", "vdc")] == [
        ("vda is mounted on / (umount /)",),
        ("vdb is mounted on / (umount /)",),
        (),
    ]


def test_one_mounted_device_of_btrfs_holds_the_other() -> None:
    found = contents("btrfs-root-two-disks")
    assert sum(1 for item in found.values() if any("mounted on /" in user for user in item.users)) >= 2


def test_a_lun_is_the_target_and_its_mapped_partitions_hold_it() -> None:
    path = next(path for path in CASES if path.stem == "multipath-luns-with-kpartx-parts")
    address, given, _ = read_case(path)
    given_sections = ordinary.sections(given)
    facts, found = assemble(given_sections, address), contents_of(given_sections)
    assert [device_path(disk) for disk in facts.data_disks] == [
        "/dev/mapper/mpathb",
        "/dev/mapper/36f01c",
        "/dev/mapper/mpathd",
        "/dev/mapper/mpathe",
    ]
    assert found["36f01c"].users == ("its partition 36f01c-part1 is mapped (kpartx -d /dev/mapper/36f01c)",)
    assert found["36f01c"].lost == ("36f01c gpt partition table", '36f01c-part1 ext4 "spare" 4.398 TB')
    users = " ".join(found["mpathb"].users)
    for holder in ("mounted on /srv", "vgchange -an old", "kpartx -d /dev/mapper/mpathb"):
        assert holder in users
    targets = [
        Target(disk.name, disk.wwn, disk.serial, disk.size_bytes, disk.signatures)
        for disk in facts.data_disks
    ]
    refusals = judge(targets, facts, found).refusals
    assert not any("mpathd" in refusal for refusal in refusals)
    assert [any(name in refusal for refusal in refusals) for name in ("mpathb", "36f01c")] == [True, True]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_the_root_of_every_machine_is_in_use(case: Path) -> None:
    _, parts, expected = read_case(case)
    found = contents_of(ordinary.sections(parts))
    legs = (expected.get("os_disk") or {}).get("legs", ())
    # Of two paths without multipath, the mount names one, and the other one may be listed as the leg.
    assert not legs or any(content.users for name, content in found.items() if name[:2] == legs[0][:2])


def test_names_of_groups_with_a_dash() -> None:
    lsblk = (
        '{"blockdevices":[{"name":"sdb","kname":"sdb","type":"disk","size":1000,"fstype":"LVM2_member","children":['
        '{"name":"old--data-vm--1","kname":"dm-0","type":"lvm","size":900}]}]}'
    )
    found = contents_of({"lsblk-json": Section("lsblk-json", "ok", 0, lsblk)})
    assert found["sdb"].users == ("the LVM volume old--data-vm--1 is active on it (vgchange -an old-data)",)


def on_sdb(**values: str) -> DiskContent:
    """Return the content of a disk whose lsblk row has these cells."""
    cells = "".join(f',"{key}":"{value}"' for key, value in values.items())
    lsblk = f'{{"blockdevices":[{{"name":"sdb","kname":"sdb","type":"disk","size":1000{cells}}}]}}'
    return contents_of({"lsblk-json": Section("lsblk-json", "ok", 0, lsblk)})["sdb"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"fstype": "xfs", "label": "a", "uuid": "U1"}, {"fstype": "xfs", "label": "a", "uuid": "U2"}),
        ({"pttype": "gpt", "ptuuid": "T1"}, {"pttype": "gpt", "ptuuid": "T2"}),
    ],
)
def test_another_file_system_or_table_of_the_same_kind_is_not_what_was_shown(
    before: dict[str, str], after: dict[str, str]
) -> None:
    target = replace(TARGET, signatures=DISK.signatures, lost=on_sdb(**before).lost)
    assert refusals(target, DISK, content=on_sdb(**before)) == ""
    assert "did not show" in refusals(target, DISK, content=on_sdb(**after))


def test_an_old_lsblk_is_helped_by_blkid() -> None:
    lsblk = (
        '{"blockdevices":[{"name":"sdb","kname":"sdb","type":"disk","size":1000,"children":['
        '{"name":"sdb1","kname":"sdb1","type":"part","size":900}]}]}'
    )
    blkid = "DEVNAME=/dev/sdb\nPTUUID=T1\nPTTYPE=dos\n\nDEVNAME=/dev/sdb1\nLABEL=a\nUUID=U1\nTYPE=xfs\n"
    found = contents_of(
        {
            "lsblk-json": Section("lsblk-json", "ok", 0, lsblk),
            "blkid": Section("blkid", "ok", 0, blkid),
        }
    )
    assert found["sdb"].lost == ("sdb dos partition table UUID T1", 'sdb1 xfs "a" 900 bytes UUID U1')


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
def test_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(FactsError):
        read_contents(b"@@abcdefgh begin lsblk-json\n" + data, "abcdefgh")


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [(0, "0 bytes"), (512, "512 bytes"), (536_870_912, "536.9 MB"), (3_200_631_791_616, "3.201 TB")],
)
def test_sizes_in_words(size_bytes: int, words: str) -> None:
    assert size_words(size_bytes) == words


DISK = DiskFacts("sdb", "ssd", 3200, wwn="0x1", serial="S1", signatures=("gpt",), by_id="L1", model="M1")
TARGET = Target("sdb", "0x1", "S1", 3200, ("gpt", "ext4"), "L1", "M1")


def machine(*disks: DiskFacts) -> NodeFacts:
    return replace(ordinary.facts(), data_disks=disks)


def refusals(target: Target, *disks: DiskFacts, content: DiskContent | None = None) -> str:
    return " | ".join(judge([target], machine(*disks), {"sdb": content or DiskContent()}).refusals)


def test_the_same_disk_under_another_name_is_found() -> None:
    moved = replace(DISK, name="sdz")
    verdict = judge([TARGET], machine(replace(DISK, wwn="0x9", serial="S9", by_id="L9"), moved), {})
    assert verdict.disks == (moved,) and not verdict.refusals


@pytest.mark.parametrize(
    ("disks", "said"),
    [
        ((), "is no longer on this node"),
        ((replace(DISK, serial="S2"),), "sdb is a different disk: its serial is S2, it was S1"),
        ((replace(DISK, wwn="0x2"),), "sdb is a different disk: its WWN is 0x2, it was 0x1"),
        ((replace(DISK, model="M2"),), "its model is M2, it was M1"),
        (
            (replace(DISK, by_id="L2"), replace(DISK, name="sdc", wwn="", serial="S9", by_id="L1")),
            "the link L1 points to sdc",
        ),
        # As two volumes of one controller do whose names were swapped: each identifier finds another one.
        (
            (replace(DISK, wwn="0x2"), replace(DISK, name="sdc", serial="S2")),
            "sdc is a different disk: its serial is S2",
        ),
        ((replace(DISK, wwn="", serial=""),), "now has no known serial"),
        ((DISK, replace(DISK, name="sdc")), "cannot be identified: sdb, sdc"),
        ((replace(DISK, size_bytes=3201),), "the size of"),
        ((replace(DISK, signatures=("gpt", "zfs_member")),), "did not show (zfs_member)"),
        ((replace(DISK, members=("sdb", "sdc")),), "several paths"),
    ],
)
def test_what_speaks_against_it(disks: tuple[DiskFacts, ...], said: str) -> None:
    assert said in refusals(TARGET, *disks)


def test_users_and_the_os_disk_speak_against_it() -> None:
    assert "in use: swap" in refusals(TARGET, DISK, content=DiskContent((), ("swap",)))
    facts = ordinary.facts()
    assert facts.os_disk is not None
    os_target = Target("sda", facts.os_disk.disk.wwn, "OS1", facts.os_disk.disk.size_bytes)
    with_serial = replace(
        facts, os_disk=replace(facts.os_disk, disk=replace(facts.os_disk.disk, serial="OS1"))
    )
    assert "operating system" in judge([os_target], with_serial, {}).refusals[0]
    assert "OS disk of this node is unknown" in judge([TARGET], replace(facts, os_disk=None), {}).refusals[0]


def test_a_disk_without_wwn_goes_by_serial_and_one_without_either_is_never_matched() -> None:
    no_wwn = replace(DISK, wwn="")
    [found] = judge([TARGET], machine(no_wwn), {}).disks
    assert found == DISK, "the node compares all that was known"
    bare = Target("sdb", "", "", 3200)
    assert not judge([bare], machine(replace(DISK, wwn="", serial="")), {}).disks


def test_what_the_preview_did_not_show_is_not_erased() -> None:
    scratch = replace(TARGET, signatures=DISK.signatures, lost=('sdb xfs "scratch"',))
    assert refusals(scratch, DISK, content=DiskContent(('sdb xfs "scratch"',))) == ""
    assert 'xfs "backup"' in refusals(scratch, DISK, content=DiskContent(('sdb xfs "backup"',)))
    assert refusals(replace(scratch, name="sdq", lost=('sdq xfs "scratch"',)), DISK) == ""
    assert refusals(replace(scratch, lost=None), DISK, content=DiskContent(('sdb xfs "backup"',))) == ""
