"""R04, R05, R18: VG nodes and public segments."""

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
    documents,
    node,
    scale,
    settings_of,
    vg,
    with_base,
    world,
    zone_view,
)
from zones.core.world import EipView, NicView, NodeView, VbcView, ZoneView


def with_vgs(
    eips: dict[str, Any], *gateways: NodeView, zone: ZoneView | None = None, **more: Any
) -> list[Finding]:
    chosen = gateways or (vg(20),)
    return scale(dict.fromkeys(chosen, "vg/vgateway"), zone, eips=eips, **more)


FIRST = "127.1.0.30"
SECOND = "127.1.0.31"


def test_r04_each_vg_has_its_segments() -> None:
    findings = with_vgs({})
    assert codes(findings) == ["R04"] and FIRST in findings[0].remedy
    assert codes(with_vgs({FIRST: []})) == ["R04"]
    assert codes(with_vgs({FIRST: ["203.0.113.0/24|.1"]})) == []
    assert codes(with_vgs({FIRST: "203.0.113.0/24|.1"})) == [], "one segment may stand without a list"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("203.0.113.0/24", "NETWORK"),
        ("203.0.113.9/24|.1", "203.0.113.0/24"),
        ("203.0.113.0/24|.255", "gateway"),
        ("10.10.60.0/24|.1", "vm_base_network"),
        ("127.1.0.0/24|.1", "management network"),
        ("127.1.0.224/27|.225", "management network"),
        ("127.0.0.0/8|.1", "management network"),
        ("192.0.2.0/24|.1", "EIP network 192.0.2.0/24 of zone other1a"),
        ("10.99.0.0/16|.1", "of zone other1a"),
        ("198.51.100.128/25|.129", "EIP network 198.51.100.0/24 of zone devops1a"),
    ],
)
def test_r05_segments_are_valid_and_overlap_nothing(text: str, words: str) -> None:
    other_variables = {
        "common": {"region_id": "other1"},
        "base": VARIABLES["base"]
        | {"zone_id": "other1a", "vm_base_network": "10.99.0.0/16", "vm_base_network_start": ""},
    }
    eips = (EipView("127.9.0.1", "192.0.2.0/24", "192.0.2.1"),)
    other = zone_view((), other_variables, eips=eips, vbcs=(VbcView((), "10.77.0.0/24"),))
    own = replace(demo_zone(), eips=(EipView("127.1.0.14", "198.51.100.0/24", "198.51.100.1"),))
    gateway = vg(20)
    known = _with_zone(text, own, other, gateway)
    assert codes(known) == ["R05"], known
    (finding,) = [item for item in known if item.level == "error"]
    assert words in finding.detail and finding.line and finding.remedy


def _with_zone(text: str, own: ZoneView, other: ZoneView, gateway: NodeView) -> list[Finding]:
    content = settings_of({gateway: "vg"}, eips={gateway.address: [text]})
    return ask(documents("scale", content), world(gateway, zones=(own, other)))


def test_r05_keys_are_vgs_of_this_file() -> None:
    findings = with_vgs({FIRST: ["203.0.113.0/24|.1"], SECOND: ["192.0.2.0/24|.1"]})
    assert codes(findings) == ["R05"]
    assert SECOND in findings[0].detail


def test_r05_the_same_network_may_stand_on_several_vgs_with_one_gateway() -> None:
    gateways = (vg(20), vg(21))
    same = {FIRST: ["203.0.113.0/24|.1|HA0"], SECOND: ["203.0.113.0/24|.1|HA0"]}
    assert codes(with_vgs(same, *gateways)) == []
    other_gateway = {FIRST: ["203.0.113.0/24|.1"], SECOND: ["203.0.113.0/24|.2"]}
    assert codes(with_vgs(other_gateway, *gateways)) == ["R05"]
    twice = {FIRST: ["203.0.113.0/24|.1", "203.0.113.0/24|.1"], SECOND: ["192.0.2.0/24|.1"]}
    assert codes(with_vgs(twice, *gateways)) == ["R05"]
    inside = {FIRST: ["203.0.113.0/24|.1"], SECOND: ["203.0.113.128/25|.129"]}
    assert codes(with_vgs(inside, *gateways)) == ["R05"]
    own = replace(demo_zone(), eips=(EipView("127.1.0.14", "203.0.113.0/24", "203.0.113.1"),))
    assert codes(with_vgs({FIRST: ["203.0.113.0/24|.1"]}, zone=own)) == []
    assert codes(with_vgs({FIRST: ["203.0.113.0/24|.254"]}, zone=own)) == ["R05"]


def test_r05_pools_and_vbcs_of_the_file_count() -> None:
    pools = {**with_base(), "advance": {"eip_network_pools": ["203.0.113.10/24-203.0.113.20/24"]}}
    zone = zone_view(demo_zone().nodes, pools)
    findings = with_vgs({FIRST: ["203.0.113.0/24|.1"]}, zone=zone)
    assert codes(findings) == ["R05"] and "eip_network_pools" in findings[0].detail


def test_r05_a_management_address_counts_without_its_mask() -> None:
    inner, outer = vg(20).nics
    alone = vg(20, nics=(replace(inner, prefix=32), outer))
    zone = replace(demo_zone(), nodes=())
    findings = with_vgs({FIRST: ["127.1.0.24/29|.25"]}, alone, zone=zone)
    assert codes(findings) == ["R05"] and "127.1.0.30/32" in findings[0].detail


def test_r18_a_vg_has_two_networks_and_its_default_route_outside() -> None:
    eips = {FIRST: ["203.0.113.0/24|.1"]}
    one_network = replace(node(20, disks=0))
    findings = with_vgs(eips, one_network)
    assert codes(findings) == ["R18"] and "only one network" in findings[0].detail
    inside = vg(20, default_interface="eth0")
    findings = with_vgs(eips, inside)
    assert codes(findings) == ["R18"] and "eth1" in findings[0].remedy
    assert "missing" in with_vgs(eips, vg(20, default_interface=""))[0].detail
    lost = vg(20, mgmt_interface="", nics=())
    assert codes(with_vgs(eips, lost)) == ["R18"]


def test_r18_what_lies_under_the_management_interface_is_not_the_eip_side() -> None:
    nics = (
        NicView("bond0.7", type="vlan", address=FIRST, prefix=24, vlan_id=7, raw_device="bond0"),
        NicView("bond0", type="bond", address="192.0.2.9", prefix=24, slaves=("eth0", "eth1")),
    )
    tied = vg(20, nics=nics, mgmt_interface="bond0.7", default_interface="bond0")
    assert codes(with_vgs({FIRST: ["203.0.113.0/24|.1"]}, tied)) == ["R18"]


def test_r18_a_second_interface_in_the_management_network_is_no_second_network() -> None:
    inner, outer = vg(20).nics
    beside = NicView("eth1", address="127.1.0.99", prefix=24)
    twice = vg(20, nics=(inner, beside))
    findings = with_vgs({FIRST: ["203.0.113.0/24|.1"]}, twice)
    assert codes(findings) == ["R18"] and "only one network" in findings[0].detail
    wrong = vg(20, nics=(inner, beside, replace(outer, name="eth2")))
    findings = with_vgs({FIRST: ["203.0.113.0/24|.1"]}, wrong)
    assert codes(findings) == ["R18"] and "move the default route to eth2" in findings[0].remedy


def test_r18_all_that_carries_the_management_bridge_is_its_side() -> None:
    inner, outer = vg(20).nics
    bridge = (
        replace(inner, name="br0", type="bridge", slaves=("bond0.7",)),
        NicView("bond0.7", type="vlan", vlan_id=7, raw_device="bond0"),
        NicView("bond0", type="bond", slaves=("eth4", "eth5")),
    )
    tied = vg(20, nics=(*bridge, outer), mgmt_interface="br0", default_interface="bond0")
    assert codes(with_vgs({FIRST: ["203.0.113.0/24|.1"]}, tied)) == ["R18"]
    assert codes(with_vgs({FIRST: ["203.0.113.0/24|.1"]}, replace(tied, default_interface="eth1"))) == []


def test_r18_a_vg_in_service_is_not_asked_again() -> None:
    broken = active(node(9, disks=0), "vg")
    zone = zone_view((*demo_zone().nodes, broken))
    assert codes(scale({node(20): "hyper-repl", node(21): "hyper-repl"}, zone)) == []
