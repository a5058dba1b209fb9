"""What is proposed for chosen nodes, and what is left to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from common.errors import Finding
from tests.unit.zones.core.builders import (
    ZONE,
    active,
    demo_zone,
    disk,
    ks,
    node,
    vg,
    with_base,
    world,
    zone_view,
)
from zones.core.documents import load_settings, variables_from_mapping
from zones.core.order import order_to_settings
from zones.core.order.fitness import Place, fitness
from zones.core.order.proposal import Proposal, propose, rack_of
from zones.core.plan import make_plan
from zones.core.plan_input import Documents
from zones.core.world import EipView, NicView, NodeView, VbcView, ZoneView


def place(*fresh: NodeView, zone: ZoneView | None = None) -> Place:
    return Place(ZONE, "scale", world(*fresh, zones=(zone or demo_zone(),)))


def new_zone(*fresh: NodeView, **base: Any) -> Place:
    document, findings = variables_from_mapping(with_base(**base))
    assert document is not None, findings
    return Place(ZONE, "zone", world(*fresh), document)


def proposed(*fresh: NodeView, zone: ZoneView | None = None) -> Proposal:
    return propose(place(*fresh, zone=zone), [item.address for item in fresh])


def roles(found: Proposal) -> dict[str, str]:
    return {row.address: f"{row.role}/{','.join(row.sub_roles)}" for row in found.order.nodes}


def planned(found: Proposal, at: Place) -> Sequence[Finding]:
    text = order_to_settings(found.order, at.kind)
    stem = "scale_settings" if at.kind == "scale" else "settings"
    settings, findings = load_settings(f"{stem}.{ZONE}.yaml", text.encode(), at.kind)
    assert settings is not None and not findings
    return make_plan(Documents(at.kind, settings, at.variables), at.world).findings


def hdds(count: int, **more: Any) -> dict[str, Any]:
    return {"data_disks": tuple(disk(f"sd{letter}", "sata", 4000, **more) for letter in "bcd"[:count])}


def test_roles_follow_the_hardware_and_what_the_zone_has() -> None:
    fresh = [vg(4), node(5), node(6, disks=3), node(7, disks=0), node(8, disks=1)]
    found = proposed(*fresh)
    assert roles(found) == {
        "127.1.0.14": "vg/vgateway",
        "127.1.0.15": "hyper-repl/hyper",
        "127.1.0.16": "hyper-repl/hyper",
    }
    assert {item.node for item in found.findings if item.code == "Y01"} == {"127.1.0.17", "127.1.0.18"}
    assert found.order.nodes[1].note == f"{ZONE}r01n05 2×ssd 960 GB"


@pytest.mark.remedy("Y01")
def test_y01_a_chosen_role_of_the_named_ones_is_accepted() -> None:
    at = place(node(5, disks=1), node(6, disks=1))
    found = propose(at, ["127.1.0.15", "127.1.0.16"])
    assert [item.detail for item in found.findings] == [
        f"{ZONE}r01n05: its hardware fits hyper-repl and ks",
        f"{ZONE}r01n06: its hardware fits hyper-repl and ks",
    ]
    text = f"zone_id: {ZONE}\nroles:\n" + "".join(
        f"  127.1.0.{number}: {{role: hyper-repl, sub_roles: [hyper]}}\n" for number in (15, 16)
    )
    settings, _ = load_settings(f"scale_settings.{ZONE}.yaml", text.encode(), "scale")
    assert settings is not None
    assert make_plan(Documents("scale", settings), at.world).ok


def test_a_node_says_of_each_role_why_it_fits_or_not() -> None:
    fits = fitness(place(node(5, disks=3)), ["127.1.0.15"])["127.1.0.15"]
    assert fits.usable and set(fits.roles) == {"hyper-repl", "hyper-sanc"}
    assert "exactly 1" in fits.why_not("ks")[0].detail
    assert fits.why_not("vg")[0].code == "R18"
    assert fits.why_not("hyper-repl") == ()


def test_a_node_that_cannot_be_used_gets_no_role_and_no_advice() -> None:
    gone = replace(node(5), status="collect_failed")
    found = proposed(gone, replace(node(6), host_key_fingerprint=""))
    assert found.order.nodes == () and found.findings == ()
    assert not found.fitness["127.1.0.15"].usable
    assert found.fitness["127.1.0.15"].problems[0].code == "R16"


def test_a_proposal_without_findings_is_a_plan_at_once() -> None:
    at = place(*(node(number) for number in range(5, 9)))
    found = propose(at, at.world.node_by_address.keys() - {f"127.1.0.{n}" for n in (11, 12, 13)})
    assert [item for item in planned(found, at) if item.level == "error"] == []
    assert found.findings == () and found.order.vbc == ()


@pytest.mark.remedy("Y02")
def test_y02_segments_of_a_vg_that_nobody_told_the_console() -> None:
    at = place(vg(4))
    found = propose(at, ["127.1.0.14"])
    [finding] = found.findings
    assert (finding.code, finding.node, finding.field) == ("Y02", "127.1.0.14", "eips.127.1.0.14")
    assert [item.code for item in planned(found, at) if item.level == "error"] == ["R04"]
    example = finding.remedy.rpartition(" ")[2]
    text = order_to_settings(found.order) + f"eips: {{127.1.0.14: ['{example}']}}\n"
    settings, _ = load_settings(f"scale_settings.{ZONE}.yaml", text.encode(), "scale")
    assert settings is not None
    assert make_plan(Documents("scale", settings), at.world).ok


def test_segments_of_an_ha_group_with_one_vg_go_to_the_next_vg_only() -> None:
    eips = (
        EipView("127.1.0.19", "203.0.113.0/24", "203.0.113.1", "HA0"),
        EipView("127.1.0.19", "192.0.2.0/24", "192.0.2.1"),
    )
    zone = replace(demo_zone(), eips=eips, nodes=(*demo_zone().nodes, active(vg(9), "vg", "vgateway")))
    at = place(vg(4), vg(5), zone=zone)
    found = propose(at, ["127.1.0.14", "127.1.0.15"])
    [row] = found.order.eips
    assert (row.address, row.segments) == ("127.1.0.14", ("203.0.113.0/24|203.0.113.1|HA0",))
    [finding] = found.findings
    assert finding.node == "127.1.0.15" and "192.0.2.0/24" in finding.detail
    assert [item.code for item in planned(found, at) if item.level == "error"] == ["R04"]


def test_pairs_are_of_equal_disks_and_of_two_racks() -> None:
    zone = demo_zone()
    hypers = tuple(replace(item, role="hyper-pair") if item.is_hyper else item for item in zone.nodes)
    fresh = [replace(node(number, rack=rack), **hdds(2)) for number, rack in ((5, 1), (6, 1), (7, 2), (8, 2))]
    found = proposed(*fresh, zone=replace(zone, nodes=hypers))
    assert found.order.pairs == (("127.1.0.15", "127.1.0.17"), ("127.1.0.16", "127.1.0.18"))
    assert found.findings == ()


@pytest.mark.remedy("Y03")
def test_y03_a_pair_in_one_rack_is_only_where_there_is_no_other() -> None:
    zone = demo_zone()
    hypers = tuple(replace(item, role="hyper-pair") if item.is_hyper else item for item in zone.nodes)
    zone = replace(zone, nodes=hypers)
    fresh = [replace(node(number), **hdds(2)) for number in (5, 6)]
    [finding] = proposed(*fresh, zone=zone).findings
    assert finding.code == "Y03" and finding.level == "warning"
    # Each with a node of another rack, as advised.
    others = [replace(node(number, rack=2), **hdds(2)) for number in (7, 8)]
    assert proposed(*fresh, *others, zone=zone).findings == ()


def test_a_zone_that_wants_its_vbcs_by_hand_gets_what_would_be_allocated() -> None:
    zone = demo_zone(installer_allocate_vbc=0)
    at = place(*(node(number) for number in range(5, 8)), zone=zone)
    found = propose(at, ["127.1.0.15", "127.1.0.16", "127.1.0.17"])
    assert [(vbc.mgmt_ips, vbc.ipv4_vbc, vbc.ipv4_vip) for vbc in found.order.vbc] == [
        (("127.1.0.15", "127.1.0.16"), "10.10.51.0/24", "127.1.0.201|127.1.0.15"),
        (("127.1.0.17",), "10.10.52.0/24", "127.1.0.202|127.1.0.17"),
    ]
    assert [item for item in planned(found, at) if item.level == "error"] == []


def test_ks_nodes_share_the_sub_roles_that_the_zone_has_fewest_of() -> None:
    fresh = [replace(ks(number), **hdds(1)) for number in range(5, 8)]
    assert list(roles(proposed(*fresh)).values()) == ["ks/snapshot", "ks/vbr", "ks/seed"]
    assert list(roles(proposed(*fresh[:2])).values()) == ["ks/snapshot,seed", "ks/vbr"]
    at = place(*fresh)
    found = propose(at, [item.address for item in fresh])
    assert [item for item in planned(found, at) if item.level == "error"] == []


def test_a_disk_for_either_role_is_left_to_a_person_in_a_new_zone() -> None:
    at = new_zone(replace(ks(5), **hdds(1)))
    [finding] = propose(at, ["127.1.0.15"]).findings
    assert finding.detail == f"{ZONE}r01n05: its hardware fits hyper-pair and ks"


def test_hypers_of_remote_storage_are_proposed_where_the_zone_has_it() -> None:
    at = new_zone(node(5, disks=0))
    assert propose(at, ["127.1.0.15"]).order.nodes == ()
    assert at.variables is not None
    values = {**at.variables.values, "neonsan": {"deploy_neonsan": 1}}
    remote = replace(at, variables=replace(at.variables, values=values))
    assert list(roles(propose(remote, ["127.1.0.15"])).values()) == ["hyper-sanc/hyper"]


def test_fusion_places_management_on_the_first_three_hypers() -> None:
    at = new_zone(*(node(number) for number in range(1, 5)), deploy_mode="fusion")
    found = propose(at, [f"127.1.0.{number}" for number in range(11, 15)])
    assert roles(found) == {
        "127.1.0.11": "hyper-repl/hyper,seed",
        "127.1.0.12": "hyper-repl/hyper,snapshot",
        "127.1.0.13": "hyper-repl/hyper,vbr",
        "127.1.0.14": "hyper-repl/hyper",
    }
    assert [item for item in planned(found, at) if item.level == "error"] == []


def test_vlan_hypers_must_look_like_those_of_the_zone() -> None:
    zone = zone_view(
        (active(node(2), "hyper-repl", "hyper"),), with_base(network_mode="vlan", installer_allocate_vbc=0)
    )
    other = replace(node(5), nics=(NicView("ens1", address="127.1.0.15", prefix=24),), mgmt_interface="ens1")
    found = proposed(other, node(6), zone=zone)
    assert list(roles(found)) == ["127.1.0.16"]


def test_a_rack_is_read_from_the_end_of_the_host_name() -> None:
    names = {"pek3cr02n11": "02", "r1r2n3": "2", "db-7": "", "": "", "pek3cr02n11.example.com": ""}
    assert {name: rack_of(name) for name in names} == names


def test_a_vbc_of_the_zone_is_never_moved() -> None:
    vbc = VbcView(("127.1.0.12", "127.1.0.13"), "10.10.50.0/24", "127.1.0.200", "127.1.0.12")
    zone = replace(demo_zone(installer_allocate_vbc=0), vbcs=(vbc,))
    assert all("10.10.50.0/24" not in row.ipv4_vbc for row in proposed(node(5), zone=zone).order.vbc)
