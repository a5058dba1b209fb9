"""R15, R16, R17, R19, R20, R21, R23, R25 and the registry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from common.errors import Finding
from tests.unit.zones.core.builders import (
    VARIABLES,
    active,
    ask,
    codes,
    demo_zone,
    disk,
    documents,
    ks,
    node,
    scale,
    settings_of,
    ssds,
    with_base,
    world,
    zone_view,
)
from zones.core.plan import make_plan
from zones.core.plan_input import Options
from zones.core.rules import RULES, Context, check, renamed_from
from zones.core.rules.free_disks import not_free
from zones.core.rules.nodes import r20
from zones.core.world import DiskView, NicView, NodeView

HDD = disk("sdx", "sata")
SAS = disk("sdy", "sas")
NVME = disk("nvme0n1", "nvme")
SSD = disk("sdz", "ssd")


def two(**more: Any) -> dict[NodeView, str]:
    """Make two hypers, the second changed."""
    return {node(20): "hyper-repl", node(21, **more): "hyper-repl"}


def errors_of(findings: list[Finding]) -> list[Finding]:
    return [item for item in findings if item.level == "error"]


def test_r15_both_files_are_of_one_zone() -> None:
    content = settings_of({ks(1): "ks/seed"})
    findings = ask(documents("zone", content, with_base(zone_id="devops1b")), world(ks(1)))
    assert codes(findings) == ["R15"] and "devops1b" in findings[0].detail


def test_r16_nodes_exist() -> None:
    findings = scale({"127.1.0.99": "hyper-repl", node(20): "hyper-repl"})
    assert codes(findings) == ["R16"] and "add_nodes" in findings[0].remedy


@pytest.mark.parametrize(
    "status",
    ["new", "collecting", "collect_failed", "configured", "scaling", "active", "scale_failed", "retired"],
)
def test_r16_nodes_are_available(status: str) -> None:
    (finding,) = errors_of(scale(two(status=status)))
    assert finding.code == "R16" and status in finding.detail and finding.remedy


def test_r16_nodes_are_known_by_their_host_key() -> None:
    findings = scale(two(host_key_fingerprint=""))
    assert codes(findings) == ["R16"] * len(findings) and findings
    assert all(
        "has no pinned host key" in item.detail and "establish_ssh" in item.remedy for item in findings
    )


def test_r16_nodes_belong_to_no_other_zone() -> None:
    findings = errors_of(scale(two(status="active", zone_id="devops1b", role="hyper-repl")))
    assert [item.code for item in findings] == ["R16"] and "devops1b" in findings[0].detail


@pytest.mark.parametrize("status", ["configured", "scale_failed"])
def test_r16_a_node_that_waits_in_this_zone_may_be_planned_again(status: str) -> None:
    waiting = node(21, status=status, zone_id="devops1a", role="hyper-repl")
    zone = replace(demo_zone(), nodes=(*demo_zone().nodes, waiting))
    content = settings_of({node(20): "hyper-repl", waiting: "hyper-repl"})
    assert codes(ask(documents("scale", content), world(node(20), zones=(zone,)))) == []


def test_r16_hostnames_are_unique_among_the_file_and_all_zones() -> None:
    assert codes(scale(two(hostname="devops1ar01n20"))) == ["R16", "R16"]
    assert codes(scale(two(hostname="DEVOPS1AR01N02"))) == ["R16"]
    bystander = node(30, hostname="devops1ar01n20")
    assert codes(scale(two(), None, bystander)) == [], "an unassigned node elsewhere does not matter"


@pytest.mark.parametrize(
    "name", ["", "a_b", "-a", "a-", "a..b", "a/b", "../x", "a" * 64, "ä", "a\nb", "node 1"]
)
def test_r16_hostnames_are_well_formed(name: str) -> None:
    (finding,) = errors_of(scale(two(hostname=name)))
    assert finding.code == "R16" and "invalid host name" in finding.detail


@pytest.mark.parametrize("name", ["localhost", "all", "hyper", "KS", "vgateway", "proxy", "devops1a-hyper"])
def test_r16_hostnames_are_no_names_of_groups(name: str) -> None:
    (finding,) = errors_of(scale(two(hostname=name)))
    assert finding.code == "R16" and "group" in finding.detail


@pytest.mark.parametrize("name", ["server7", "devops1br01n21", "devops1ar1n21", "DEVOPS1AR01N21"])
def test_r16_other_hostnames_are_a_warning(name: str) -> None:
    findings = scale(two(hostname=name))
    assert errors_of(findings) == [] and codes(findings, "warning") == ["R16"]


def test_r16_a_zone_that_is_not_known_is_named() -> None:
    content = settings_of(two()) | {"zone_id": "devops9z"}
    findings = ask(documents("scale", content), world(*two(), zones=(demo_zone(),)))
    assert "R16" in codes(findings)
    assert any("registered zones: devops1a" in item.detail for item in findings)


def test_r16_damaged_stored_variables_are_said() -> None:
    zone = replace(demo_zone(), variables={"base": {"zone_id": "devops1a", "deploy_mode": "x"}})
    assert "D15" in codes(scale(two(), zone))


FITS: list[tuple[str, tuple[DiskView, ...], bool]] = [
    ("hyper-pair", (HDD,), True),
    ("hyper-pair", (HDD, SAS), True),
    ("hyper-pair", (SSD, HDD), True),
    ("hyper-pair", (NVME, SAS), True),
    ("hyper-pair", (), False),
    ("hyper-pair", (SSD,), False),
    ("hyper-pair", (SSD, NVME), False),
    ("hyper-pair", (SSD, HDD, SAS), False),
    ("hyper-repl", (SSD,), True),
    ("hyper-repl", (NVME, SSD, HDD), True),
    ("hyper-repl", ssds(24), True),
    ("hyper-repl", (), False),
    ("hyper-repl", (HDD,), False),
    ("hyper-repl", (SSD, HDD), False),
    ("ks", (HDD,), True),
    ("ks", (SSD,), True),
    ("ks", (), False),
    ("ks", (SSD, HDD), False),
    ("hyper-sanc", (), True),
    ("hyper-sanc", (SSD, HDD), True),
]


@pytest.mark.parametrize(("role", "disks", "fits"), FITS)
def test_r17_usable_disks_fit_the_role(role: str, disks: tuple[DiskView, ...], fits: bool) -> None:
    subs = "/seed" if role == "ks" else ""
    roles = {node(number, data_disks=disks): role + subs for number in (20, 21)}
    assert codes(scale(roles)) == ([] if fits else ["R17", "R17"])


def test_r17_disks_that_are_not_to_be_used_do_not_count() -> None:
    usb = disk("sdq", "sata", status=0)
    assert codes(scale(two(data_disks=(SSD, usb)))) == []
    (finding,) = errors_of(scale(two(data_disks=(replace(SSD, status=0), usb))))
    assert "2 disks marked as not usable" in finding.detail and "modify_node_attributes" in finding.remedy


def test_r17_a_disk_known_by_its_kernel_name_only_is_refused_as_the_component_does() -> None:
    (finding,) = errors_of(scale(two(data_disks=(DiskView("vdb", "ssd", 10**11),))))
    assert finding.code == "R17" and "vdb" in finding.detail and "serial" in finding.remedy


def test_r17_disks_that_nothing_tells_apart_are_not_formatted() -> None:
    one, other = (DiskView(name, "ssd", 10**11, wwn="0x6000c29") for name in ("sdb", "sdc"))
    (finding,) = errors_of(scale(two(data_disks=(one, other))))
    assert "sdb, sdc cannot be distinguished" in finding.detail and "by-id" in finding.remedy
    # One that is not to be used could be taken for the other all the same; other names tell them apart.
    assert len(errors_of(scale(two(data_disks=(one, replace(other, status=0)))))) == 1
    assert errors_of(scale(two(data_disks=(one, replace(other, by_id="scsi-3600-2"))))) == []


@pytest.mark.parametrize("role", ["hyper-repl", "hyper-pair"])
def test_r17_a_disk_that_is_not_empty_is_an_error_unless_the_plan_erases_it(role: str) -> None:
    spare = replace(disk("sdq", "sata"), holds=("ext4",), status=0)
    full = replace(SSD if role == "hyper-repl" else HDD, holds=("gpt", "ext4"))
    roles: dict[NodeView | str, str] = {node(number, data_disks=(full, spare)): role for number in (21, 22)}
    findings = errors_of(scale(roles))
    assert [item.code for item in findings] == ["R17", "R17"]
    assert f"{full.name} (gpt, ext4)" in findings[0].detail and "sdq" not in findings[0].detail
    assert f"erase_data_disks -d {full.name}" in findings[0].remedy
    assert f"erase: {{127.1.0.31: [{full.name}]}}" in findings[0].remedy
    by_link = full.reference.removeprefix("/dev/disk/by-id/")
    said = {"127.1.0.31": [full.name], "127.1.0.32": [by_link]}
    assert errors_of(scale(roles, erase=said)) == []


def test_r17_a_disk_in_use_names_the_commands_that_let_go_of_it() -> None:
    used = replace(
        SSD,
        holds=("LVM2_member",),
        users=("the group is active (vgchange -an 'a b')",),
        releases=("vgchange -an 'a b'",),
    )
    roles: dict[NodeView | str, str] = {node(number, data_disks=(used,)): "hyper-repl" for number in (21, 22)}
    findings = errors_of(scale(roles, erase={"127.1.0.31": [used.name], "127.1.0.32": [used.name]}))
    assert [item.code for item in findings] == ["R17", "R17"], "who uses it is not erased away"
    assert (
        """exec_nodes 127.1.0.31 'vgchange -an '"'"'a b'"'"''; collect_nodes -i 127.1.0.31"""
        in findings[0].remedy
    )


@pytest.mark.parametrize(
    ("role", "status", "holds", "stops"),
    [
        ("hyper-repl", "active", ("ext4",), False),
        ("hyper-repl", "scale_failed", ("gpt", "zfs_member"), False),
        ("hyper-repl", "scale_failed", ("LVM2_member",), True),
        ("hyper-repl", "available", ("gpt", "zfs_member"), True),
        ("hyper-pair", "scale_failed", ("drbd",), False),
        ("hyper-pair", "available", ("drbd",), True),
        ("ks", "scale_failed", ("ext4",), False),
        ("ks", "configured", ("ext4",), True),
        ("hyper-sanc", "available", ("ext4",), False),
        ("vg", "available", ("ext4",), False),
    ],
)
def test_what_the_component_knows_as_its_own_is_free(
    role: str, status: str, holds: tuple[str, ...], stops: bool
) -> None:
    disks = (replace(SSD if role == "hyper-repl" else HDD, holds=holds),)
    assert bool(not_free(role, node(21, data_disks=disks, status=status))) == stops


@pytest.mark.parametrize(
    ("address", "name", "said"),
    [
        ("127.1.0.99", "sdz", "is not a node of this file"),
        ("127.1.0.31", "sdq", "the installation does not format the disk"),
        ("127.1.0.31", "sda", "is not a data disk"),
        ("127.1.0.31", "nope", "is not a data disk"),
    ],
)
def test_p70_only_disks_that_are_formatted_are_erased(address: str, name: str, said: str) -> None:
    roles: dict[NodeView | str, str] = {
        node(number, data_disks=(SSD, disk("sdq", "sata", status=0))): "hyper-repl" for number in (21, 22)
    }
    content = settings_of(roles, erase={address: [name]})
    plan = make_plan(documents("scale", content), world(*roles, zones=(demo_zone(),)))  # type: ignore[arg-type]
    [finding] = [item for item in plan.findings if item.level == "error"]
    assert finding.code == "P70" and said in finding.detail and finding.line


def test_r17_nothing_is_formatted_where_the_os_disk_is_unknown() -> None:
    roles = {node(21, os_disk=None): "hyper-repl", node(22): "hyper-repl"}
    [finding] = scale(roles)
    assert finding.code == "R17" and "root file system" in finding.detail


def test_r19_vlan_wants_the_same_interface_names() -> None:
    vlan = demo_zone(network_mode="vlan", installer_allocate_vbc=0)
    assert codes(scale(two(), vlan)) == []
    other = two(nics=(NicView("ens3", address="127.1.0.31", prefix=24),), mgmt_interface="ens3")
    findings = errors_of(scale(other, vlan))
    assert [item.code for item in findings] == ["R19"]
    assert "lacks eth0 and has ens3" in findings[0].detail
    assert codes(scale(other, demo_zone())) == [], "sdn does not care"


def test_r19_compares_with_the_hypers_in_service() -> None:
    vlan = demo_zone(network_mode="vlan", installer_allocate_vbc=0)
    alike = {
        node(
            number,
            nics=(NicView("p1p1", address=f"127.1.0.{number + 10}", prefix=24),),
            mgmt_interface="p1p1",
        ): "hyper-repl"
        for number in (20, 21)
    }
    assert codes(scale(alike, vlan)) == ["R19", "R19"]


def test_r21_another_qemu_version_is_a_warning_with_the_way_out() -> None:
    zone = replace(demo_zone(), qemu_version="2.4.1.2")
    assert codes(scale(two(), zone, qemu_version="2.4.1.2"), "warning") == []
    findings = scale(two(), zone, qemu_version="2.11.1.1")
    assert codes(findings) == [] and codes(findings, "warning") == ["R21"]
    assert "set_qemu_version" in findings[0].remedy
    assert codes(scale(two(qemu_version="2.11.1.1"), zone), "warning") == ["R21"]
    assert codes(scale(two(qemu_version="2.4.1.2"), zone), "warning") == []


def test_r21_a_new_zone_is_compared_with_its_region() -> None:
    sibling = replace(demo_zone(), zone_id="devops1b", qemu_version="2.4.1.2", nodes=(), vbcs=())
    content = settings_of({ks(1): "ks/seed"}, qemu_version="2.11.1.1")
    known = world(ks(1), zones=(sibling,))
    assert codes(ask(documents("zone", content, VARIABLES), known), "warning") == ["R21"]
    elsewhere = world(ks(1), zones=(replace(sibling, region_id="pek3"),))
    assert codes(ask(documents("zone", content, VARIABLES), elsewhere), "warning") == []


def again(status: str = "configured", **options: Any) -> list[Finding]:
    """Return findings of configuring the only node of zone devops1a once more."""
    member = replace(active(ks(1), "ks", "seed"), status=status)
    zone = zone_view((member,))
    content = settings_of({member: "ks/seed"})
    return ask(documents("zone", content, with_base()), world(zones=(zone,)), Options(**options))


def test_r23_a_configured_zone_wants_force() -> None:
    findings = again()
    assert codes(findings) == ["R23"] and "-f" in findings[0].remedy
    assert codes(again(force=True)) == []
    assert codes(again(force=True, status="active")) == []


def test_r23_a_zone_that_is_not_configured_cannot_be_scaled() -> None:
    assert codes(scale(two(), replace(demo_zone(), configured=False))) == ["R23"]


def test_a_renamed_zone_is_recognised_by_its_nodes() -> None:
    member = replace(active(ks(1), "ks"), status="configured")
    known = world(zones=(zone_view((member,)),))
    docs = documents("zone", settings_of({member: "ks"}) | {"zone_id": "new1a"}, with_base(zone_id="new1a"))
    assert renamed_from(Context(docs, known)) == "devops1a"
    same = documents("zone", settings_of({member: "ks"}), VARIABLES)
    assert renamed_from(Context(same, known)) == ""
    fresh = documents("zone", settings_of({ks(2): "ks"}) | {"zone_id": "new1a"}, with_base(zone_id="new1a"))
    assert renamed_from(Context(fresh, world(ks(2)))) == ""


def test_the_registry_holds_every_rule_once() -> None:
    assert list(RULES) == [f"R{number:02d}" for number in range(1, 26)]
    assert all(rule.check.__doc__ for rule in RULES.values())
    assert list(r20(Context(documents("scale", settings_of(two())), world()))) == []


def test_all_findings_come_at_once_sorted_by_file_and_line() -> None:
    unknown = "127.1.0.99"
    content = settings_of(
        {node(21, status="new"): "hyper-repl", unknown: "vg", node(20, disks=0): "hyper-repl"}
    )
    docs = documents("scale", content)
    known = world(node(21, status="new"), node(20, disks=0), zones=(demo_zone(),))
    findings = errors_of(check(Context(docs, known)))
    assert [item.code for item in findings] == ["R16", "R04", "R16", "R17"]
    assert [item.line for item in findings] == sorted(item.line or 0 for item in findings)


@pytest.mark.parametrize("level", ["", "warning", "error"])
def test_r25_clocks_agree_with_the_installers(level: str) -> None:
    findings = scale(two(clock_wrong=level, clock_words="is 2 days ahead of that of the installer"))
    assert [(item.code, item.level) for item in findings] == ([("R25", level)] if level else [])
    for item in findings:
        assert item.node == "127.1.0.31" and "2 days ahead" in item.detail and "collect" in item.remedy


def test_r25_asks_the_nodes_of_the_file_only() -> None:
    other = active(node(5, clock_wrong="error"), "hyper-repl")
    zone = replace(demo_zone(), nodes=(*demo_zone().nodes, other))
    content = settings_of({node(20): "hyper-repl", node(21): "hyper-repl"})
    assert codes(ask(documents("scale", content), world(node(20), node(21), zones=(zone,)))) == []
