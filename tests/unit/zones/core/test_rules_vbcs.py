"""R06 and R07: VBCs given by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from common.errors import Finding
from tests.unit.zones.core.builders import (
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
from zones.core.plan import make_plan
from zones.core.plan_input import Options
from zones.core.world import EipView, NodeView, VbcView

HYPERS = [node(number) for number in range(20, 24)]
A, B, C, D = (item.address for item in HYPERS)


def vbc(*members: str, **changes: str) -> dict[str, Any]:
    base = {"mgmt_ips": list(members), "ipv4_vbc": "10.10.60.0/24", "ipv4_vip": f"127.1.0.210|{members[0]}"}
    return base | changes


def second(**changes: str) -> dict[str, Any]:
    return vbc(C, D, ipv4_vbc="10.10.61.0/24", ipv4_vip=f"127.1.0.211|{C}") | changes


def manual(*entries: dict[str, Any], options: Options | None = None, **base: Any) -> list[Finding]:
    zone = demo_zone(installer_allocate_vbc=0, **base)
    return scale(dict.fromkeys(HYPERS, "hyper-repl/hyper"), zone, vbc=list(entries), options=options)


def test_r06_complete_vbcs_pass() -> None:
    assert codes(manual(vbc(A, B), second())) == []


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([vbc(A, B, ipv4_vbc="10.10.60.0/31"), second()], "too small"),
        (
            [vbc(A, B, ipv6_vbc="fd00::/64", ipv6_vip=f"fd00::1|{A}"), second()],
            "is inside the VBC network fd00::/64",
        ),
        ([vbc(A, B, A), second()], f"contains {A} twice"),
        ([vbc(A, B), second(ipv4_vip=f"127.1.0.211|{A}")], "not one of mgmt_ips"),
        ([vbc(A, B), second(ipv4_vip=f"127.1.0.210|{C}")], "is used by two VBCs"),
        ([vbc(A, B), second(ipv4_vip=f"127.1.0.200|{C}")], "in use by the VIP of a VBC of zone devops1a"),
        ([vbc(A, B), second(ipv4_vip=f"127.1.0.12|{C}")], "in use by node devops1ar01n02"),
        ([vbc(A, B), second(ipv4_vip=f"127.1.0.1|{C}")], "in use by the gateway"),
        ([vbc(A, B), second(ipv4_vip=f"127.1.0.77|{C}")], "a machine that answers"),
        ([vbc(A, B), second(ipv4_vip=f"127.2.0.9|{C}")], "not a host address of the management network"),
        ([vbc(A, B), second(ipv4_vip=f"127.1.0.255|{C}")], "not a host address of the management network"),
        ([vbc(A, B), second(ipv4_vbc="10.11.0.0/24")], "not inside the zone's base network"),
        ([vbc(A, B), second(ipv4_vbc="10.10.60.128/25")], "overlaps 10.10.60.0/24 of VBC 1"),
        ([vbc(A, B), second(ipv4_vbc="10.10.50.0/25")], "overlaps the VBC 10.10.50.0/24 of zone devops1a"),
        ([vbc(A, B), second(ipv4_vbc="")], "has no ipv4_vbc"),
        ([vbc(A, B), second(ipv4_vip="")], "ipv4_vip is not"),
        ([vbc(A, B), second(ipv6_vbc="fd00::/64")], "ipv6_vip is not"),
        ([vbc(A, B), second(ipv6_vip=f"fd00::1|{C}")], "ipv6_vbc is not"),
        ([vbc(A, B), vbc(C, ipv4_vbc="10.10.61.0/24", ipv4_vip=f"127.1.0.211|{C}")], "is in 0 VBCs"),
        (
            [vbc(A, B), second(), vbc(A, ipv4_vbc="10.10.62.0/24", ipv4_vip=f"127.1.0.212|{A}")],
            "is in 2 VBCs",
        ),
        ([vbc(A, B), {**second(), "mgmt_ips": [C, D, "127.1.0.99"]}], "not a hyper of this file"),
    ],
)
def test_r06_each_way_to_be_wrong_is_one_finding(entries: list[dict[str, Any]], words: str) -> None:
    findings = manual(*entries, options=Options(occupied=frozenset({"127.1.0.77"})))
    found = [item for item in findings if item.level == "error"]
    assert [item.code for item in found] == ["R06"], found
    assert words in found[0].detail
    assert found[0].line and found[0].remedy


def test_r06_a_vbc_without_members_names_the_hypers_left_out_too() -> None:
    findings = manual(vbc(A, B), {**second(), "mgmt_ips": []})
    assert codes(findings) == ["R06"] * 4  # no member, Master outside, two hypers without VBC


def test_r06_vbcs_stay_clear_of_other_zones() -> None:
    other = zone_view((), with_base(zone_id="other1a"), vbcs=(VbcView((), "10.10.60.0/24"),))
    crowded = replace(other, eips=(EipView("127.9.0.1", "10.10.61.0/24", "10.10.61.1"),))
    content = settings_of(dict.fromkeys(HYPERS, "hyper-repl"), vbc=[vbc(A, B), second()])
    known = world(*HYPERS, zones=(demo_zone(installer_allocate_vbc=0), crowded))
    assert codes(make_plan(documents("scale", content), known).findings) == ["R06", "R06"]


def test_r06_vbcs_stay_clear_of_pools_of_other_zones() -> None:
    pools = {"eip_network_pools": ["10.10.60.10/24-10.10.60.20/24"]}
    other = zone_view((), {**with_base(zone_id="other1a", vm_base_network="10.90.0.0/16"), "advance": pools})
    content = settings_of(dict.fromkeys(HYPERS, "hyper-repl"), vbc=[vbc(A, B), second()])
    known = world(*HYPERS, zones=(demo_zone(installer_allocate_vbc=0), other))
    (finding,) = [
        item for item in make_plan(documents("scale", content), known).findings if item.level == "error"
    ]
    assert finding.code == "R06" and "eip_network_pools) of zone other1a" in finding.detail


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"base": {"mgmt_network_gateway": "127.1.0.210"}}, "the management gateway"),
        ({"base": {"mgmt_network_dns_servers": ["127.1.0.210"]}}, "a DNS server"),
        ({"advance": {"mgmt_network_address": {"proxy": ["127.1.0.210"]}}}, "the proxy VM"),
    ],
)
def test_r06_a_vip_is_no_address_that_the_variables_give_to_another(
    sections: dict[str, Any], words: str
) -> None:
    variables = {**with_base(installer_allocate_vbc=0, **sections.get("base", {}))}
    variables |= {"advance": sections.get("advance", {})}
    zone = zone_view(demo_zone().nodes, variables)
    findings = scale(dict.fromkeys(HYPERS, "hyper-repl/hyper"), zone, vbc=[vbc(A, B), second()])
    assert codes(findings) == ["R06"]
    assert words in next(item.detail for item in findings if item.code == "R06")


def test_r06_a_manual_plan_carries_the_vbcs_as_given() -> None:
    content = settings_of(dict.fromkeys(HYPERS, "hyper-repl"), vbc=[vbc(A, B), second()])
    plan = make_plan(
        documents("scale", content), world(*HYPERS, zones=(demo_zone(installer_allocate_vbc=0),))
    )
    assert plan.ok, plan.findings
    assert [item.ipv4_network for item in plan.vbcs] == ["10.10.50.0/24", "10.10.60.0/24", "10.10.61.0/24"]
    assert [item.ipv4_master for item in plan.added_vbcs] == [A, C]


def test_r07_either_allocated_or_given() -> None:
    roles: dict[NodeView | str, str] = dict.fromkeys(HYPERS, "hyper-repl")
    assert codes(scale(roles, demo_zone(), vbc=[vbc(A, B), second()])) == ["R07"]
    assert codes(scale(roles, demo_zone(installer_allocate_vbc=0))) == ["R07"]
    gateway = vg(30)
    only_vg = scale(
        {gateway: "vg"}, demo_zone(installer_allocate_vbc=0), eips={gateway.address: ["203.0.113.0/24|.1"]}
    )
    assert codes(only_vg) == [], "without new hypers there is nothing to give"


def test_r07_vlan_has_none() -> None:
    roles: dict[NodeView | str, str] = dict.fromkeys(HYPERS, "hyper-repl")
    vlan = {"network_mode": "vlan", "vm_base_network": ""}
    assert codes(scale(roles, demo_zone(installer_allocate_vbc=0, **vlan))) == []
    assert codes(scale(roles, demo_zone(installer_allocate_vbc=1, **vlan))) == ["R07"]
    findings = scale(roles, demo_zone(installer_allocate_vbc=0, **vlan), vbc=[vbc(A, B), second()])
    assert "R07" in codes(findings)
