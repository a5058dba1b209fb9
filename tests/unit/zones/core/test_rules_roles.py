"""R01, R02, R03, R12, R13, R14: what each refuses and what it accepts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from common.errors import Finding
from tests.unit.zones.core.builders import (
    VARIABLES,
    ask,
    codes,
    demo_zone,
    disk,
    documents,
    ks,
    node,
    scale,
    settings_of,
    with_base,
    world,
)
from zones.core.plan_input import Options
from zones.core.world import NodeView


def create(roles: dict[NodeView, str], mode: str = "standard", **more: Any) -> list[Finding]:
    """Return findings of a new zone in ``mode``."""
    content = settings_of(roles, **more)
    return ask(documents("zone", content, with_base(deploy_mode=mode)), world(*roles))


def hypers(count: int, first: int = 20, role: str = "hyper-repl") -> dict[NodeView, str]:
    one_hdd = (disk("sdb", "sata"),)
    more: dict[str, Any] = {"data_disks": one_hdd} if role == "hyper-pair" else {}
    return {node(first + index, **more): f"{role}/hyper" for index in range(count)}


@pytest.mark.parametrize("subs", ["seed", "snapshot", "vbr", "seed,snapshot,vbr"])
def test_r01_scaling_takes_the_three_ks_sub_roles(subs: str) -> None:
    assert "R01" not in codes(scale({ks(20): f"ks/{subs}"}))


@pytest.mark.parametrize(
    ("role", "words"), [("ks/pgpool", "pgpool"), ("ks/seed,zoocassa", "zoocassa"), ("ks", "no sub")]
)
def test_r01_scaling_refuses_other_ks_sub_roles(role: str, words: str) -> None:
    findings = scale({ks(20): role})
    assert codes(findings) == ["R01"]
    assert words in findings[0].detail
    assert findings[0].line and findings[0].node == "127.1.0.30"


def test_r01_scaling_refuses_vms_and_foreign_sub_roles() -> None:
    assert codes(scale(hypers(2), vms={"proxy": ["127.1.0.11"]})) == ["R01"]
    assert codes(scale({node(20): "hyper-repl/hyper,seed", node(21): "hyper-repl"})) == ["R01"]
    assert codes(scale({node(20): "hyper-sanc/hyper", node(21): "hyper-sanc"})) == []


def test_r02_standard_grows_by_pairs() -> None:
    zone = demo_zone(deploy_mode="standard")
    assert codes(scale(hypers(2), zone)) == []
    findings = scale(hypers(3), zone)
    assert codes(findings) == ["R02"]
    assert "3 hypers" in findings[-1].detail


def test_r02_hyper_pairs_are_in_exactly_one_pair() -> None:
    zone = demo_zone(deploy_mode="standard")
    nodes = hypers(4, role="hyper-pair")
    a, b, c, d = (item.address for item in nodes)
    assert codes(scale(nodes, zone)) == [], "paired in hostname order when pairs is left out"
    assert codes(scale(nodes, zone, pairs=[[a, b], [c, d]])) == []
    assert codes(scale(nodes, zone, pairs=[[a, b]])) == ["R02"] * 2
    assert codes(scale(nodes, zone, pairs=[[a, b], [b, c], [c, d]])) == ["R02"] * 2
    assert codes(scale(nodes, zone, pairs=[[a, b], [c, d, a]])) == ["R02"] * 2
    assert codes(scale(nodes, zone, pairs=[[a, a], [c, d]])) == ["R02"] * 2
    assert codes(scale(nodes, zone, pairs=[[a, b], [c, d], ["127.1.0.99", "127.1.0.98"]])) == ["R02"] * 2


def test_r02_odd_hyper_pair_nodes_beside_an_odd_number_of_others() -> None:
    zone = demo_zone(deploy_mode="standard")
    mixed = hypers(1, role="hyper-pair") | hypers(1, first=30)
    assert codes(scale(mixed, zone)) == ["R02"]


def test_r03_fusion_takes_any_number_and_devops_warns_when_odd() -> None:
    assert codes(scale(hypers(3), demo_zone(deploy_mode="fusion")), "warning") == []
    assert codes(scale(hypers(3), demo_zone(deploy_mode="fusion"))) == []
    findings = scale(hypers(3), demo_zone())
    assert codes(findings) == [] and codes(findings, "warning") == ["R03"]
    assert codes(scale(hypers(4), demo_zone()), "warning") == []
    assert codes(scale(hypers(1, role="hyper-pair"), demo_zone(deploy_mode="fusion")), "warning") == ["R03"]


@pytest.mark.parametrize("role", ["pgpool", "pgserver", "zoocassa"])
def test_r12_a_role_is_physical_or_virtual_not_both(role: str) -> None:
    first, second = ks(1), ks(2)
    mixed = {first: f"ks/{role}", second: "ks"}
    assert codes(create(mixed, vms={role: [second.address]})) == ["R12"]
    assert codes(create(mixed)) == []
    assert codes(create({first: "ks", second: "ks"}, vms={role: [second.address]})) == []


def test_r12_vms_of_given_addresses_and_of_the_zone_count() -> None:
    roles = {ks(1): "ks/pgpool"}
    given = {**VARIABLES, "advance": {"mgmt_network_address": {"pgpool": ["127.1.0.101"]}}}
    (finding,) = ask(documents("zone", settings_of(roles), given), world(*roles))
    assert finding.code == "R12" and "1 VM by mgmt_network_address" in finding.detail and finding.line
    zone = replace(demo_zone(), nodes=(), vms={"pgpool": ("127.1.0.101",)})
    known = world(*roles, zones=(zone,))
    (finding,) = ask(documents("zone", settings_of(roles), VARIABLES), known, Options(force=True))
    assert finding.code == "R12" and "1 VM of the zone" in finding.detail


def test_r13_pgpool_and_pgserver_apart_where_there_is_room() -> None:
    nodes = [ks(number) for number in range(1, 5)]
    together = {nodes[0]: "ks/pgpool,pgserver"} | dict.fromkeys(nodes[1:], "ks")
    findings = create(together)
    assert codes(findings) == [] and codes(findings, "warning") == ["R13"]
    three = {item: role for item, role in together.items() if item is not nodes[3]}
    assert codes(create(three), "warning") == []
    apart = {nodes[0]: "ks/pgpool", nodes[1]: "ks/pgserver"} | dict.fromkeys(nodes[2:], "ks")
    assert codes(create(apart), "warning") == []
    hosts = {"pgpool": [nodes[1].address], "pgserver": [nodes[1].address]}
    assert codes(create(dict.fromkeys(nodes, "ks"), vms=hosts), "warning") == ["R13"]


def test_r14_fusion_places_three_sub_roles_on_hypers_only() -> None:
    roles = {node(20): "hyper-repl/hyper,seed,vbr,snapshot", node(21): "hyper-repl/hyper"}
    assert codes(create(roles, "fusion")) == []
    assert codes(create(roles, "devops")) == ["R14"]
    assert codes(create({node(20): "hyper-repl/pgpool"}, "fusion")) == ["R14"]
    assert codes(create({ks(1): "ks/seed"} | hypers(2), "fusion")) == ["R14"]
    assert codes(scale({ks(20): "ks/seed"}, demo_zone(deploy_mode="fusion"))) == ["R14"]


def test_r14_vms_run_on_hosts_of_the_file() -> None:
    fused = hypers(3)
    first = next(iter(fused)).address
    assert codes(create(fused, "fusion", vms={"ks": [first] * 3})) == []
    for count in (1, 2, 4):  # they are ks0, ks1 and ks2
        assert codes(create(fused, "fusion", vms={"ks": [first] * count})) == ["R14"]
    assert codes(create(fused, "fusion", vms={"proxy": [first]})) == ["R14"]
    assert codes(create({ks(1): "ks"}, vms={"ks": ["127.1.0.11"]})) == ["R14"]
    assert codes(create({ks(1): "ks"}, vms={"proxy": ["127.1.0.77"]})) == ["R14"]
    assert codes(create({ks(1): "ks"} | hypers(2), vms={"proxy": [first]})) == ["R14"]


def test_an_adopted_zone_may_place_vms() -> None:
    control = ks(1)
    content = settings_of({control: "ks/seed"}, vms={"proxy": [control.address]})
    assert codes(ask(documents("adopt", content, VARIABLES), world(control))) == []
