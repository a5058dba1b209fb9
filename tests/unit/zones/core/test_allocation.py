"""Allocation: deterministic, inside its pools, disjoint, and an allocated address never moves."""

from __future__ import annotations

import ipaddress
import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.unit.zones.core.builders import (
    VARIABLES,
    codes,
    demo_zone,
    disk,
    documents,
    ks,
    node,
    settings_of,
    with_base,
    world,
    zone_view,
)
from zones.core.plan import PlanResult, make_plan
from zones.core.plan_input import Options
from zones.core.plans import world_after
from zones.core.world import NicView, NodeView, VbcView, World, ZoneView


def grow(
    known: World, numbers: list[int], role: str = "hyper-repl", options: Options | None = None, **more: Any
) -> tuple[PlanResult, World]:
    """Scale devops1a by new hypers with these numbers; return the plan, and the world with the nodes in it."""
    extra = {"data_disks": (disk("sdb", "sata"),)} if role == "hyper-pair" else {}
    fresh = [node(number, **extra) for number in numbers]
    wider = World(known.zones, known.nodes + tuple(fresh))
    content = settings_of(dict.fromkeys(fresh, role), **more)
    return make_plan(documents("scale", content), wider, options), wider


def zone_with(base: dict[str, Any] | None = None, **advance: Any) -> ZoneView:
    variables = with_base(**(base or {}))
    return zone_view((), variables | {"advance": VARIABLES["advance"] | advance})


def members(plan: PlanResult) -> list[tuple[int, ...]]:
    return [tuple(int(address.rsplit(".", 1)[1]) - 10 for address in vbc.members) for vbc in plan.added_vbcs]


@examples(60)
@given(
    steps=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    size=st.integers(1, 4),
    prefix=st.integers(24, 28),
    occupied=st.sets(st.integers(150, 180), max_size=12),
    foreign=st.sets(st.integers(0, 255), max_size=6),
)
def test_growing_step_by_step_never_overlaps_never_moves_never_leaves_the_pools(
    steps: list[int], size: int, prefix: int, occupied: set[int], foreign: set[int]
) -> None:
    base = {"vm_base_network": "10.10.0.0/16", "vm_base_network_start": f"10.10.32.0/{prefix}"}
    zone = zone_with(base, vip_pools=["127.1.0.150/24-127.1.0.250/24"], vbc_group_size=size)
    others = tuple(VbcView((), f"10.10.{third}.0/24") for third in sorted(foreign))
    other = replace(zone_view((), with_base(zone_id="other1a")), zone_id="other1a", vbcs=others)
    known, before, number = world(zones=(zone, other)), (), 20
    options = Options(occupied=frozenset(f"127.1.0.{last}" for last in occupied))
    for step in steps:
        plan, wider = grow(known, list(range(number, number + step)), options=options)
        again, _ = grow(known, list(range(number, number + step)), options=options)
        assert plan.ok, plan.findings
        assert (again.vbcs, again.content_hash) == (plan.vbcs, plan.content_hash)
        assert plan.vbcs[: len(before)] == before
        known, before, number = world_after(wider, plan), plan.vbcs, number + step
    networks = [ipaddress.ip_network(vbc.ipv4_network) for vbc in before]
    everything = networks + [ipaddress.ip_network(vbc.ipv4_network) for vbc in others]
    ordered = sorted(networks)
    assert all(one.broadcast_address < two.network_address for one, two in itertools.pairwise(ordered))
    assert not any(one.overlaps(two) for one in networks for two in everything[len(networks) :])
    assert all(network.subnet_of(ipaddress.ip_network("10.10.0.0/16")) for network in networks)
    assert all(network.network_address >= ipaddress.ip_address("10.10.32.0") for network in networks)
    vips = [int(vbc.ipv4_vip.rsplit(".", 1)[1]) for vbc in before]
    assert len(set(vips)) == len(vips) and not occupied.intersection(vips)
    assert all(150 <= vip <= 250 for vip in vips)
    carried = [address for vbc in before for address in vbc.members]
    assert sorted(carried) == sorted(f"127.1.0.{10 + n}" for n in range(20, number))
    assert all(vbc.ipv4_master == vbc.members[0] and len(vbc.members) <= size for vbc in before)


@examples(25)
@given(st.permutations([20, 21, 22, 23, 24, 25, 26]))
def test_the_order_in_the_file_does_not_matter(order: list[int]) -> None:
    plan, _ = grow(world(zones=(demo_zone(),)), list(order))
    assert members(plan) == [(20, 21), (22, 23), (24, 25), (26,)]
    assert plan.vbcs == grow(world(zones=(demo_zone(),)), sorted(order))[0].vbcs


def test_pairs_share_a_vbc() -> None:
    a, b, c, d = (f"127.1.0.{30 + index}" for index in range(4))
    plan, _ = grow(world(zones=(demo_zone(),)), [20, 21, 22, 23], "hyper-pair", pairs=[[d, a], [b, c]])
    assert members(plan) == [(20, 23), (21, 22)]
    assert {role.address: role.pair_address for role in plan.roles} == {a: d, d: a, b: c, c: b}
    plan, _ = grow(world(zones=(demo_zone(),)), [20, 21, 22], "hyper-pair")
    assert members(plan) == [(20, 21), (22,)]
    assert plan.roles[2].pair_address == ""


def test_subnets_that_ran_out_say_what_is_lacking_and_what_to_widen() -> None:
    zone = zone_with({"vm_base_network": "10.10.0.0/22", "vm_base_network_start": "10.10.2.0/24"})
    assert len(grow(world(zones=(zone,)), [20, 21, 22, 23])[0].added_vbcs) == 2
    plan, _ = grow(world(zones=(zone,)), list(range(20, 28)))
    (finding,) = [item for item in plan.findings if item.level == "error"]
    assert finding.code == "A01" and "no network for 2 VBCs" in finding.detail
    assert "vm_base_network" in finding.remedy and plan.files == ()


def test_vips_that_ran_out_say_what_is_lacking_and_what_to_widen() -> None:
    zone = zone_with(vip_pools=["127.1.0.200/24-127.1.0.201/24"])
    options = Options(occupied=frozenset({"127.1.0.200"}))
    plan, _ = grow(world(zones=(zone,)), [20, 21, 22, 23], options=options)
    (finding,) = [item for item in plan.findings if item.level == "error"]
    assert finding.code == "A02" and "no VIP for 1 VBC:" in finding.detail and "0 of 2" in finding.detail
    assert finding.remedy.startswith(
        "widen vip_pools: correct variables.devops1a.yaml, configure the zone again ("
    )


def test_a_vip_outside_the_hypers_network_is_refused() -> None:
    zone = zone_with(vip_pools=["127.7.0.200/24-127.7.0.210/24"])
    plan, _ = grow(world(zones=(zone,)), [20, 21])
    assert codes(plan.findings) == ["A04"]


@pytest.mark.parametrize(
    "base",
    [
        {"vm_base_network_start": "10.11.0.0/24"},
        {"vm_base_network_start": "10.0.0.0/8"},
        {"vm_base_network_ipv6": "fd00::/48", "vm_base_network_ipv6_start": "fd01::/64"},
        {"vm_base_network_ipv6_start": "fd01::/64"},
        {"vm_base_network_start": "10.10.50.0/31"},
        {"vm_base_network_start": "10.10.50.0/32"},
        {"vm_base_network_ipv6": "fd00::/48", "vm_base_network_ipv6_start": "fd00::/127"},
    ],
)
def test_a_start_that_no_vbc_fits_is_refused(base: dict[str, Any]) -> None:
    assert codes(grow(world(zones=(zone_with(base),)), [20, 21])[0].findings) == ["A03"]


def test_what_is_left_out_is_generated() -> None:
    zone = zone_view((), with_base(vm_base_network_start="") | {"advance": {}})
    plan, _ = grow(world(zones=(zone,)), [20, 21, 22, 23])
    assert [vbc.ipv4_network for vbc in plan.vbcs] == ["10.10.0.0/24", "10.10.1.0/24"]
    assert [vbc.ipv4_vip for vbc in plan.vbcs] == ["127.1.0.128", "127.1.0.129"]


def test_networks_in_use_inside_the_base_network_are_skipped() -> None:
    zone = zone_with({"vm_base_network": "127.1.0.0/16", "vm_base_network_start": "127.1.0.0/24"})
    plan, _ = grow(world(zones=(zone,)), [20, 21])
    assert plan.vbcs[0].ipv4_network == "127.1.1.0/24", "the management network lies at the start"


def test_ipv6_is_allocated_beside_ipv4_when_it_is_enabled() -> None:
    pools = ["127.1.0.200/24-127.1.0.230/24", "fd77::10/64-fd77::20/64"]
    zone = zone_with({"vm_base_network_ipv6": "fd00:10::/48"}, vip_pools=pools)
    plan, _ = grow(world(zones=(zone,)), [20, 21, 22, 23])
    assert plan.ok, plan.findings
    assert [vbc.ipv6_network for vbc in plan.vbcs] == ["fd00:10::/64", "fd00:10:0:1::/64"]
    assert [vbc.ipv6_vip for vbc in plan.vbcs] == ["fd77::10", "fd77::11"]
    assert [vbc.ipv6_master for vbc in plan.vbcs] == ["127.1.0.30", "127.1.0.32"]
    narrow = zone_with({"vm_base_network_ipv6": "fd00:10::/64"}, vip_pools=pools)
    plan, _ = grow(world(zones=(narrow,)), [20, 21])
    assert plan.vbcs[0].ipv6_network == "fd00:10::/120"
    lacking, _ = grow(world(zones=(zone_with({"vm_base_network_ipv6": "fd00:10::/48"}),)), [20, 21])
    assert codes(lacking.findings) == ["A02"]


def create(roles: dict[NodeView, str], advance: dict[str, Any] | None = None, **base: Any) -> PlanResult:
    variables = with_base(**base) | {"advance": VARIABLES["advance"] | (advance or {})}
    return make_plan(documents("zone", settings_of(roles), variables), world(*roles))


def test_a_new_zone_gets_its_vms_from_the_pool_in_order() -> None:
    pool = {"mgmt_network_pools": ["127.1.0.10/24-127.1.0.12/24", "127.1.0.100/24-127.1.0.140/24"]}
    plan = create({ks(1): "ks", ks(2): "ks", ks(3): "ks"}, pool)
    assert plan.ok, plan.findings
    assert [vm.name for vm in plan.vms[:4]] == ["proxy0", "proxy1", "dnsmaster0", "dnsmaster1"]
    assert [vm.address for vm in plan.vms[:3]] == ["127.1.0.10", "127.1.0.100", "127.1.0.101"], (
        "nodes skipped"
    )
    zoocassa = [vm for vm in plan.vms if vm.role == "zoocassa"]
    assert len({vm.host for vm in zoocassa}) == 3, "a quorum is spread over three hosts"
    assert len({vm.address for vm in plan.vms}) == len(plan.vms)


def test_given_addresses_beat_the_pool() -> None:
    given = {"mgmt_network_address": {"proxy": ["127.1.0.101", "127.1.0.102"]}}
    plan = create({ks(1): "ks", ks(2): "ks"}, given)
    assert [vm.address for vm in plan.vms if vm.role == "proxy"] == ["127.1.0.101", "127.1.0.102"]
    rest = {vm.address for vm in plan.vms if vm.role != "proxy"}
    assert min(rest) == "127.1.0.128" and not rest & {"127.1.0.101", "127.1.0.102"}


@pytest.mark.parametrize(
    ("roles", "vms"),
    [
        (["ks", "ks", "ks", "ks"], {"pgpool": [1, 0]}),
        (["ks", "ks", "ks", "ks"], {"pgserver": [1, 2]}),
        (["ks/pgpool", "ks", "ks", "ks/pgpool"], {}),
        (["ks", "ks", "ks", "ks", "ks"], {}),
    ],
)
def test_pgpool_and_pgserver_are_placed_apart(roles: list[str], vms: dict[str, list[int]]) -> None:
    nodes = [ks(number + 1) for number in range(len(roles))]
    given = {role: [nodes[index].address for index in places] for role, places in vms.items()}
    content = settings_of(dict(zip(nodes, roles, strict=True)), vms=given)
    plan = make_plan(documents("zone", content, VARIABLES), world(*nodes))
    hosts = {role: {vm.host for vm in plan.vms if vm.role == role} for role in ("pgpool", "pgserver")}
    hosts["pgpool"] |= {item.address for item, role in zip(nodes, roles, strict=True) if "pgpool" in role}
    assert len(hosts["pgpool"]) == len(hosts["pgserver"]) == 2
    assert not hosts["pgpool"] & hosts["pgserver"]


@pytest.mark.parametrize("name", ["proxy0", "PROXY1", "devops1a-zoocassa0"])
def test_a_node_is_not_called_as_a_vm_of_its_zone(name: str) -> None:
    plan = create({ks(1, hostname=name): "ks", ks(2): "ks"})
    (finding,) = [item for item in plan.findings if item.level == "error"]
    assert finding.code == "R16" and "management VM" in finding.detail


def test_a_vm_whose_address_is_given_has_a_host() -> None:
    given = {"mgmt_network_address": {"proxy": ["127.1.0.101", "127.1.0.102"], "eipctl": ["127.1.0.103"]}}
    plan = create({ks(1): "ks"}, given)
    hosts = {vm.name: vm.host for vm in plan.vms}
    assert hosts["proxy0"] == hosts["proxy1"] == hosts["eipctl0"] == ks(1).address


def test_further_addresses_of_an_interface_are_skipped() -> None:
    nics = (NicView("eth0", address="127.1.0.80", prefix=24, addresses=("127.1.0.80/24", "127.1.0.201/32")),)
    known = world(node(70, nics=nics), zones=(demo_zone(),))
    plan, _ = grow(known, [20, 21])
    assert [vbc.ipv4_vip for vbc in plan.added_vbcs] == ["127.1.0.202"]


def test_pools_of_other_zones_are_skipped() -> None:
    pools = {"eip_network_pools": ["10.10.51.10/24-10.10.51.20/24"]}
    other = zone_view((), {**with_base(zone_id="other1a", vm_base_network="10.90.0.0/16"), "advance": pools})
    plan, _ = grow(world(zones=(demo_zone(), other)), [20, 21])
    assert [vbc.ipv4_network for vbc in plan.added_vbcs] == ["10.10.52.0/24"]


def test_a_role_on_physical_nodes_gets_no_vm() -> None:
    plan = create({ks(1): "ks/pgpool", ks(2): "ks"})
    assert "pgpool" not in {vm.role for vm in plan.vms}


def test_fusion_gets_three_ks_vms_on_its_hypers() -> None:
    hypers = [node(number) for number in (2, 3, 4)]
    given = {"mgmt_network_address": {"zoocassa": ["127.1.0.101", "127.1.0.102", "127.1.0.103"]}}
    plan = create(dict.fromkeys(hypers, "hyper-repl"), given, deploy_mode="fusion")
    assert plan.ok, plan.findings
    assert [(vm.name, vm.address, vm.host) for vm in plan.vms] == [
        (f"ks{index}", f"127.1.0.{101 + index}", item.address) for index, item in enumerate(hypers)
    ]


def test_vm_addresses_that_ran_out_are_said() -> None:
    plan = create({ks(1): "ks"}, {"mgmt_network_pools": ["127.1.0.100/24-127.1.0.102/24"]})
    (finding,) = [item for item in plan.findings if item.level == "error"]
    assert finding.code == "A02" and "pgpool, pgserver" in finding.detail
    assert "mgmt_network_pools" in finding.remedy


def test_adopting_invents_no_vm_addresses_and_takes_over_the_given_ones() -> None:
    control = ks(1)
    content = settings_of(
        {control: "ks/seed"}, vms={"proxy": [control.address], "zoocassa": [control.address]}
    )
    variables = VARIABLES | {"advance": {"mgmt_network_address": {"zoocassa": ["127.1.0.103"]}}}
    plan = make_plan(documents("adopt", content, variables), world(control))
    assert [(vm.name, vm.address) for vm in plan.vms] == [("zoocassa0", "127.1.0.103")]


def test_configuring_again_with_force_keeps_addresses_and_vbcs() -> None:
    roles = {ks(1): "ks/seed", node(2): "hyper-repl", node(3): "hyper-repl"}
    first = create(roles)
    known = world_after(world(*roles), first)
    content = settings_of(dict(zip(known.nodes, roles.values(), strict=True)))
    widened = VARIABLES | {"advance": {"vip_pools": ["127.1.0.150/24-127.1.0.180/24"]}}
    again = make_plan(documents("zone", content, widened), known, Options(force=True))
    assert again.ok, again.findings
    assert (again.vbcs, again.vms) == (first.vbcs, first.vms)
    moved = VARIABLES | {"advance": {"mgmt_network_address": {"proxy": ["127.1.0.190"]}}}
    kept = make_plan(documents("zone", content, moved), known, Options(force=True))
    assert kept.vms == first.vms and codes(kept.findings, "warning") == ["R10"]
    fewer = settings_of({known.nodes[0]: "ks/seed", known.nodes[2]: "hyper-repl"})
    shrunk = make_plan(documents("zone", fewer, VARIABLES), known, Options(force=True))
    (vbc,) = shrunk.vbcs
    assert vbc.members == (known.nodes[2].address,) and vbc.ipv4_master == known.nodes[2].address
    assert vbc.ipv4_network == first.vbcs[0].ipv4_network
