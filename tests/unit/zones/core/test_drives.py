"""Disks that fail together, have zones, or lack a name of their own: R17 and the layout."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Finding
from tests.unit.zones.core.builders import demo_zone, disk, documents, node, scale, settings_of, world
from zones.core.edits import check_edit
from zones.core.plan import make_plan
from zones.core.rendering.settings_reader import read_settings
from zones.core.rendering.vpool import VpoolChoice, advise_vpool, check_vpool, groups_of, vpool_vdevs
from zones.core.world import DiskView, NodeView

NVME = "/dev/disk/by-id/nvme-"


def namespaces(*counts: int) -> tuple[DiskView, ...]:
    """Make NVMe drives with that many namespaces each."""
    return tuple(
        DiskView(
            f"nvme{drive}n{number + 1}",
            "nvme",
            960 * 10**9,
            by_id=f"nvme-M_S{drive}_{number + 1}",
            serial=f"S{drive}",
            drive=f"nvme S{drive}",
        )
        for drive, count in enumerate(counts)
        for number in range(count)
    )


def units() -> tuple[DiskView, ...]:
    """Make the two logical units of one SAS drive."""
    return tuple(disk(name, "sas", drive="sas ZKL0ABCD") for name in ("sdb", "sdc"))


def asked(role: str, disks: Sequence[DiskView], layout: str = "", reason: str = "") -> list[Finding]:
    """Return R17 of a node with these disks beside an ordinary one of the same role; ``layout`` of its pool, if any."""
    changed = node(21, data_disks=tuple(disks))
    other = node(20) if role == "hyper-repl" else node(20, data_disks=(disk("sdx", "sata"),))
    vpool = {changed.address: {"layout": layout, "reason": reason}} if layout else {}
    findings = scale({other: role, changed: role}, vpool=vpool)
    return [item for item in findings if item.code == "R17"]


def settings_file(changed: NodeView) -> str:
    other = node(20)
    content = settings_of({other: "hyper-repl", changed: "hyper-repl"})
    result = make_plan(documents("scale", content), world(other, changed, zones=(demo_zone(),)))
    assert result.ok, result.findings
    return next(file.content for file in result.files if file.path == f"settings/{changed.hostname}")


@pytest.mark.parametrize("count", [2, 3, 16])
def test_r17_namespaces_of_one_drive_are_no_drives(count: int) -> None:
    disks = namespaces(count)
    [finding] = asked("hyper-repl", disks)
    assert finding.level == "warning" and "(serial S0)" in finding.detail
    assert "are namespaces of one drive" in finding.detail and "fail together" in finding.detail
    assert "nvme0n1" in finding.detail and f"nvme0n{count}" in finding.detail
    values = read_settings(settings_file(node(21, data_disks=disks)))
    assert values["vpool_layout"] == "stripe" and values["vpool_reason"].startswith(
        f"{count} pieces of one drive"
    )
    assert "mirror" not in values["vpool_vdevs"] and "raidz" not in values["vpool_vdevs"]


@pytest.mark.parametrize(("layout", "count"), [("mirror", 2), ("raidz", 3), ("mirror", 16), ("raidz", 16)])
def test_r17_a_mirror_or_raidz_over_one_drive_is_refused(layout: str, count: int) -> None:
    assert asked("hyper-repl", namespaces(count), layout) == []
    [refused] = check_vpool("", "n", count, VpoolChoice(layout), ["nvme S0"] * count)
    assert refused.code == "P02" and "on 1 drive: " in refused.detail and refused.remedy.endswith("stripe")


def test_r17_says_it_in_words() -> None:
    [finding] = asked("hyper-repl", namespaces(2))
    assert "nvme0n1 and nvme0n2 are namespaces of one drive (serial S0): both fail together" in finding.detail
    [finding] = asked("hyper-pair", units())
    assert finding.level == "error" and "status 0" in finding.remedy
    assert "sdb and sdc are logical units of one drive (serial Ssdb): both fail together" in finding.detail


def test_r17_pieces_on_two_drives_are_paired_over_both() -> None:
    disks = namespaces(2, 2)
    [finding] = asked("hyper-repl", disks)
    assert finding.level == "info" and "no mirror contains two of them" in finding.detail
    values = read_settings(settings_file(node(21, data_disks=disks)))
    assert values["vpool_vdevs"] == (f"mirror {NVME}M_S0_1 {NVME}M_S1_1 mirror {NVME}M_S0_2 {NVME}M_S1_2")
    assert (
        values["vpool_reason"] == "4 disks on 2 drives in pairs over two drives each: either drive may fail"
    )


def test_r17_pieces_on_three_drives_are_laid_out_in_rows() -> None:
    disks = namespaces(2, 2, 2)
    values = read_settings(settings_file(node(21, data_disks=disks)))
    assert values["vpool_vdevs"] == " ".join(
        f"raidz {NVME}M_S0_{row} {NVME}M_S1_{row} {NVME}M_S2_{row}" for row in (1, 2)
    )


def test_r17_pieces_that_cannot_be_spread_are_refused() -> None:
    [finding] = asked("hyper-repl", namespaces(3, 1))
    assert finding.level == "error" and "no layout survives a drive failure" in finding.detail
    assert "the same number" in finding.remedy
    [chosen] = asked("hyper-repl", namespaces(3, 1), "stripe", "scratch")
    assert chosen.level == "warning"
    unused = [
        *namespaces(1, 1),
        DiskView("nvme0n2", "nvme", 1, by_id="nvme-M_S0_2", status=0, drive="nvme S0"),
    ]
    assert asked("hyper-repl", unused) == []


def test_r17_counts_drives() -> None:
    hdd = disk("sdx", "sata")
    [finding, *_] = asked("hyper-repl", (*namespaces(2), hdd))
    assert finding.level == "error" and "it has 1 SSD and 1 HDD" in finding.detail
    assert "nvme0n1 and nvme0n2 are parts of one drive" in finding.detail
    # One HDD with two units is one HDD, and so no pair of disks.
    details = [item.detail for item in asked("hyper-pair", (*units(), disk("sdx", "ssd")))]
    assert len(details) == 1 and "fail together" in details[0]
    assert [item.level for item in asked("ks", namespaces(2))] == ["error"]


def test_r17_volumes_of_a_controller_are_counted_as_ever() -> None:
    volumes = tuple(disk(name, "ssd") for name in ("sdb", "sdc"))
    assert asked("hyper-repl", volumes) == []


@pytest.mark.parametrize("role", ["hyper-repl", "hyper-pair", "ks"])
def test_r17_host_managed_zones_are_refused_whatever_a_person_says(role: str) -> None:
    kind = "ssd" if role == "hyper-repl" else "sata"
    [finding] = asked(role, (disk("sdb", kind, zoned="host-managed"),))
    assert finding.level == "error" and "sdb has host-managed zones" in finding.detail
    assert "ZFS, ext4 and DRBD cannot write there" in finding.detail and "status 0" in finding.remedy
    assert asked("hyper-sanc", (disk("sdb", kind, zoned="host-managed"),)) == []


def test_r17_a_count_says_which_disk_is_of_no_use() -> None:
    [finding] = asked("hyper-repl", (disk("sdb", "ssd"), disk("sdc", "sata", zoned="host-managed")))
    assert "1 SSD and 1 HDD (sdc has host-managed zones and cannot be used here)" in finding.detail


def test_r17_host_aware_zones_are_a_warning() -> None:
    [finding] = asked("ks", (disk("sdb", "sata", zoned="host-aware"),))
    assert finding.level == "warning" and "slow" in finding.detail


def test_r17_a_link_that_may_move_is_not_formatted() -> None:
    moved = disk("nvme0n1", "nvme", doubt="it names the drive, not the namespace")
    [finding] = asked("hyper-repl", (moved,))
    assert finding.level == "error" and "it names the drive, not the namespace" in finding.detail
    assert "collect the node again" in finding.remedy


def edited(disks: Sequence[DiskView], *changes: tuple[str, str]) -> list[Finding]:
    """Return findings of a settings file of these disks after these replacements."""
    changed = node(21, data_disks=tuple(disks))
    rendered = settings_file(changed)
    content = rendered
    for old, new in changes:
        assert old in content
        content = content.replace(old, new)
    drives = {item.reference: item.drive for item in disks}
    path = f"settings/{changed.hostname}"
    return check_edit(path, content, rendered, zone_id="devops1a", deploy_mode="devops", drives=drives)


def test_a_layout_written_by_hand_is_judged_by_drives() -> None:
    one_drive = namespaces(2)
    words = f"{NVME}M_S0_1 {NVME}M_S0_2"
    to_mirror = (
        ('vpool_layout="stripe"', 'vpool_layout="mirror"'),
        (f'vdevs="{words}"', f'vdevs="mirror {words}"'),
    )
    [finding] = edited(one_drive, *to_mirror)
    assert finding.code == "E07" and "disks on the same drive fail together" in finding.detail
    # The right layout over the wrong pairs.
    across = f"mirror {NVME}M_S0_1 {NVME}M_S1_1 mirror {NVME}M_S0_2 {NVME}M_S1_2"
    within = f"mirror {NVME}M_S0_1 {NVME}M_S0_2 mirror {NVME}M_S1_1 {NVME}M_S1_2"
    [finding] = edited(namespaces(2, 2), (across, within))
    assert finding.code == "E07" and f'vpool_vdevs="{across}"' in finding.remedy
    assert edited(namespaces(2, 2), ("## Disk", "# looked at\n## Disk")) == []


DRIVES = st.lists(st.sampled_from(["", "A", "B", "C", "D"]), min_size=1, max_size=14)


@given(DRIVES, st.sampled_from(["mirror", "raidz"]))
def test_no_group_of_any_layout_holds_two_pieces_of_one_drive(drives: list[str], layout: str) -> None:
    found = groups_of(layout, len(drives), drives)
    if found is None:
        return
    assert sorted(number for group in found for number in group) == list(range(len(drives)))
    for group in found:
        known = [drives[number] for number in group if drives[number]]
        assert len(known) == len(set(known)) and len(group) >= (2 if layout == "mirror" else 3)


@given(DRIVES)
def test_pairs_are_found_wherever_there_are_any(drives: list[str]) -> None:
    most = max(drives.count(drive) for drive in drives if drive) if any(drives) else 1
    possible = len(drives) % 2 == 0 and most * 2 <= len(drives)
    assert (groups_of("mirror", len(drives), drives) is not None) == possible


@given(DRIVES)
def test_what_is_advised_can_be_laid_out(drives: list[str]) -> None:
    advice = advise_vpool(len(drives), drives)
    disks = tuple(f"/dev/d{number}" for number in range(len(drives)))
    words = vpool_vdevs(advice.layout, disks, drives).split()
    assert sorted(word for word in words if word.startswith("/")) == sorted(disks) and advice.reason
    if len(set(drives)) == 1 and drives[0]:
        assert advice.layout == "stripe"
    assert all(
        item.code == "P01" for item in check_vpool("", "n", len(drives), VpoolChoice(advice.layout), drives)
    )
