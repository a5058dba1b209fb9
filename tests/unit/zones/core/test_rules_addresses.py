"""R24: where each address of a configuration must lie, and what it must not overlap."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Finding
from tests.support.examples import examples
from tests.unit.zones.core.builders import (
    VARIABLES,
    active,
    ask,
    codes,
    demo_zone,
    documents,
    ks,
    node,
    scale,
    settings_of,
    vg,
    with_base,
    world,
    zone_view,
)
from zones.core.documents.schema import SECTIONS
from zones.core.plan import make_plan
from zones.core.rules.addresses import FIELDS, GATEWAY, SPECIAL
from zones.core.world import EipView, NicView, NodeView, VbcView, ZoneView

OTHER = zone_view(
    (replace(active(node(40), "hyper-repl", "hyper", zone="other1a"), zone_id="other1a"),),
    {**with_base(zone_id="other1a", vm_base_network="10.90.0.0/16")},
    vbcs=(VbcView(("127.1.0.50",), "10.90.1.0/24", "127.1.0.180", "127.1.0.50"),),
    eips=(EipView("127.1.0.50", "203.0.113.0/24", "203.0.113.1"),),
    vms={"proxy": ("127.1.0.170",)},
)


def at(address: str, *, gateway: str = "10.5.0.1", number: int = 1, prefix: int = 24) -> NodeView:
    """Make a KS node in an ordinary network."""
    nic = NicView("eth0", address=address, prefix=prefix, gateway=gateway)
    return replace(ks(number), address=address, nics=(nic,), default_gateway=gateway)


def create(
    *fresh: NodeView, zones: tuple[ZoneView, ...] = (), kind: str = "zone", eips: Any = None, **sections: Any
) -> list[Finding]:
    """Return findings of R24 about a new zone with these nodes (a KS node at 127.1.0.11 when none is given)."""
    nodes = fresh or (ks(1),)
    roles: dict[NodeView | str, str] = {
        item: "vg/vgateway" if len(item.nics) > 1 else "ks/seed" for item in nodes
    }
    content = settings_of(roles, **({"eips": eips} if eips else {}))
    variables: dict[str, Any] = {**VARIABLES}
    if fresh and not fresh[0].address.startswith("127."):
        base = {
            "mgmt_network_gateway": "10.5.0.1",
            "mgmt_network_dns_servers": [],
            "vm_base_network": "10.10.0.0/16",
        }
        variables |= {"base": VARIABLES["base"] | base, "advance": {}}
    for section, fields in sections.items():
        variables[section] = {**variables.get(section, {}), **fields}
    found = ask(documents(kind, content, variables), world(*nodes, zones=zones))
    return [item for item in found if item.code == "R24"]


def gateway(text: str, *fresh: NodeView, **more: Any) -> list[Finding]:
    return create(*fresh, base={"mgmt_network_gateway": text}, **more)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "192.168.99.1",
            "192.168.99.1 is outside the management network 127.1.0.0/24 of node devops1ar01n01",
        ),
        ("127.1.1.1", "is outside the management network 127.1.0.0/24"),
        ("127.1.0.0", "is the network or broadcast address of 127.1.0.0/24"),
        ("127.1.0.255", "is the network or broadcast address of 127.1.0.0/24"),
        ("127.1.0.11", "is in use by node devops1ar01n01 (127.1.0.11)"),
        ("127.1.0.50", "is in use by node"),
        ("127.1.0.170", "is in use by the proxy VM of zone other1a"),
        ("127.1.0.180", "is in use by the VIP of a VBC of zone other1a"),
        ("224.0.0.1", "is not an address that a router can have (multicast, 224.0.0.0/4)"),
        ("169.254.1.1", "link-local"),
        ("0.0.0.0", "this network"),
        ("255.255.255.255", "reserved or broadcast"),
    ],
)
def test_a_management_gateway_that_cannot_be(text: str, words: str) -> None:
    found = [item for item in gateway(text, zones=(OTHER,)) if item.level == "error"]
    assert codes(found) == ["R24"] and words in found[0].detail and found[0].remedy
    assert (found[0].file, found[0].field) == (
        "variables.devops1a.yaml",
        "base.mgmt_network_gateway",
    ) and found[0].line


def test_a_gateway_other_than_collected_is_a_warning() -> None:
    nodes = [ks(1), ks(2), replace(ks(3), default_gateway="127.1.0.254"), replace(ks(4), default_gateway="")]
    [item] = gateway("127.1.0.254", *nodes)
    assert item.level == "warning"
    assert item.detail.endswith("but nodes devops1ar01n01, devops1ar01n02 were collected with 127.1.0.1")
    assert gateway("127.1.0.1", ks(1), ks(2)) == []


def test_each_network_is_named_with_its_nodes() -> None:
    nodes = [
        at("10.5.0.11"),
        at("10.6.0.11", gateway="10.6.0.1", number=2),
        at("10.6.0.12", gateway="", number=3),
    ]
    [item] = gateway("10.5.0.1", *nodes)
    assert "10.6.0.0/24 of nodes devops1ar01n02, devops1ar01n03" in item.detail and item.level == "error"


def test_a_vg_has_its_default_gateway_elsewhere() -> None:
    assert create(ks(1), vg(2), eips={vg(2).address: ["139.198.10.0/24|.1"]}) == []


def test_a_node_whose_mask_is_not_known_says_nothing() -> None:
    item = replace(ks(1), nics=(NicView("eth0", address="127.1.0.11"),))
    assert gateway("192.168.99.1", item) == []


def test_scaling_asks_the_stored_gateway_for_the_new_nodes() -> None:
    zone = demo_zone(mgmt_network_gateway="192.168.99.1")
    found = [item for item in scale({node(20): "hyper-repl/hyper"}, zone) if item.code == "R24"]
    assert codes(found) == ["R24"] and "stored variables of zone devops1a" in found[0].detail
    assert "variables.devops1a.yaml" in found[0].remedy
    assert [item for item in scale({node(20): "hyper-repl/hyper"}) if item.code == "R24"] == []
    content = settings_of({node(20): "hyper-repl/hyper"})
    assert not make_plan(documents("scale", content), world(node(20), zones=(zone,))).ok


@pytest.mark.parametrize(
    ("section", "fields", "words"),
    [
        (
            "advance",
            {"vip_pools": ["192.168.7.10/24-192.168.7.20/24"]},
            "outside the management network of the",
        ),
        (
            "advance",
            {"mgmt_network_pools": ["127.1.0.100/16-127.1.1.140/16"]},
            "mgmt_network_pools: 127.1.0.100/16",
        ),
        (
            "advance",
            {"mgmt_network_address": {"proxy": ["127.1.7.9"]}},
            "127.1.7.9 is outside the management",
        ),
        ("advance", {"mgmt_network_address": {"proxy": ["127.1.0.255"]}}, "network or broadcast address"),
        (
            "advance",
            {"eip_network_pools": ["127.1.0.90/24-127.1.0.95/24"]},
            "overlaps the management network",
        ),
        (
            "advance",
            {"eip_network_pools": ["10.10.7.1/24-10.10.7.9/24"]},
            "overlaps vm_base_network 10.10.0.0/16",
        ),
        ("advance", {"eip_network_pools": ["224.0.0.1/24-224.0.0.9/24"]}, "multicast"),
        ("base", {"vm_base_network": "127.1.0.0/25"}, "overlaps the management network 127.1.0.0/24"),
        (
            "base",
            {"vm_base_network": "203.0.0.0/16"},
            "overlaps the EIP network 203.0.113.0/24 of zone other1a",
        ),
        ("base", {"vm_base_network": "0.0.0.0/0"}, "this network"),
        ("base", {"vm_base_network": "239.0.0.0/16", "vm_base_network_start": "239.0.1.0/24"}, "multicast"),
        ("base", {"vm_base_network": "169.254.0.0/16"}, "link-local"),
        ("base", {"vm_base_network_ipv6": "fe80::/64"}, "link-local"),
        ("base", {"vm_base_network_ipv6": "ff05::/64"}, "multicast"),
        ("base", {"vm_base_network_ipv6": "::/0"}, "unspecified"),
        ("base", {"mgmt_network_dns_servers": ["0.0.0.0"]}, "this network"),
        ("base", {"mgmt_network_dns_servers": ["127.1.0.1", "224.0.0.251"]}, "multicast"),
        ("base", {"mgmt_network_dns_servers": ["127.1.0.180"]}, "in use by the VIP"),
        (
            "base",
            {"mgmt_network_dns_servers": ["10.10.3.4"]},
            "is inside vm_base_network 10.10.0.0/16, which is for VMs only",
        ),
        ("base", {"mgmt_network_dns_servers": ["127.1.0.255"]}, "network or broadcast address"),
        ("base", {"mgmt_network_dns_servers": ["fe80::1"]}, "link-local"),
        ("base", {"mgmt_network_dns_servers": ["::"]}, "unspecified"),
    ],
)
def test_other_fields(section: str, fields: dict[str, Any], words: str) -> None:
    found = [item for item in create(zones=(OTHER,), **{section: fields}) if item.level == "error"]
    [key] = fields.keys() - {"vm_base_network_start"}
    assert found and {item.field.split(".")[1] for item in found} == {key}, found
    assert any(words in item.detail for item in found), [item.detail for item in found]
    assert all(item.line and item.remedy for item in found)


def test_a_vm_does_not_get_the_gateway() -> None:
    silent = replace(ks(1), default_gateway="")
    [item] = create(silent, advance={"mgmt_network_address": {"proxy": ["127.1.0.1"]}})
    assert item.detail == "mgmt_network_address: 127.1.0.1 is in use by the management gateway"
    found = ask(
        documents(
            "zone",
            settings_of({ks(1): "ks/seed"}),
            VARIABLES | {"advance": {"mgmt_network_address": {"proxy": ["127.1.0.1"]}}},
        ),
        world(ks(1)),
    )
    assert codes(found) == ["R10"], "said once"


def test_loopback_is_for_a_laboratory_only() -> None:
    assert create(base={"mgmt_network_dns_servers": ["127.0.0.53"]}) == []
    [item] = create(at("10.5.0.11"), base={"mgmt_network_dns_servers": ["127.0.0.53"]})
    assert "loopback, 127.0.0.0/8" in item.detail
    [item] = create(at("10.5.0.11"), base={"mgmt_network_dns_servers": ["::1"]})
    assert "loopback, ::1/128" in item.detail


@pytest.mark.parametrize("key", ["vip_pools", "mgmt_network_pools"])
@pytest.mark.parametrize("field", ["mgmt_network_gateway", "mgmt_network_dns_servers"])
def test_a_pool_that_holds_what_is_left_out_is_a_warning(key: str, field: str) -> None:
    sections = {"base": {field: "127.1.0.1" if "gateway" in field else ["127.1.0.1"]}}
    found = create(advance={key: ["127.1.0.1/24-127.1.0.9/24"]}, **sections)
    assert {item.level for item in found} == {"warning"}
    assert any(f"{field} 127.1.0.1 is inside the pool" in item.detail for item in found)


def test_a_base_network_around_a_management_network_is_a_warning() -> None:
    nodes = at("10.5.0.11")
    found = create(nodes, base={"vm_base_network": "10.0.0.0/8", "mgmt_network_dns_servers": ["10.5.0.1"]})
    assert [item.level for item in found] == [
        "warning"
    ] and "no VBC gets a network that overlaps it" in found[0].detail


def test_segments() -> None:
    outer = vg(2)
    [item] = create(
        at("10.5.0.11"), replace(outer, address="10.5.0.12"), eips={"10.5.0.12": ["127.9.0.0/24|.1"]}
    )
    assert "EIP network 127.9.0.0/24 contains addresses" in item.detail and item.node == "10.5.0.12"
    far = replace(ks(3), nics=(*ks(3).nics, NicView("eth1", address="139.198.10.1", prefix=24)))
    found = ask(
        documents(
            "zone",
            settings_of(
                {ks(1): "ks/seed", outer: "vg/vgateway"}, eips={outer.address: ["139.198.10.0/24|.1"]}
            ),
            VARIABLES,
        ),
        world(ks(1), outer, far),
    )
    [item] = [item for item in found if item.code == "R24"]
    assert "the gateway 139.198.10.1" in item.detail and "node devops1ar01n03" in item.detail


@examples(300)
@given(st.integers(0, 2**32 - 1) | st.integers(0, 255).map(lambda last: (10 << 24) + (5 << 16) + last))
def test_any_gateway_is_right_exactly_when_it_is_a_free_host_of_the_network(value: int) -> None:
    text = str(ip_address(value))
    node_, used = at("10.5.0.11"), {"10.5.0.11"}
    network_hosts = {f"10.5.0.{last}" for last in range(1, 255)}
    errors = [item for item in gateway(text, node_) if item.level == "error"]
    assert (errors == []) == (text in network_hosts - used), errors
    assert len(errors) <= 1


@examples(200)
@given(st.integers(0, 2**32 - 1), st.sampled_from([item for item in FIELDS if "ipv6" not in item.key]))
def test_no_special_address_passes_anywhere(value: int, item: Any) -> None:
    address = ip_address(value)
    text = str(address)
    given: Any = {
        "mgmt_network_dns_servers": [text],
        "mgmt_network_address": {"proxy": [text]},
        "vm_base_network": f"{text}/32",
    }.get(item.key, [f"{text}/32-{text}/32"])
    found = create(at("10.5.0.11"), **{item.section: {item.key: given}})
    unusable = address.is_multicast or address.is_loopback or address.is_link_local or address.is_reserved
    if unusable or address in ip_network("0.0.0.0/8"):
        assert codes(found)
    if item.in_management and not text.startswith("10.5.0."):
        assert codes(found)


def test_every_field_of_the_schema_that_holds_addresses_is_in_the_table() -> None:
    kinds = {"address", "addresses", "network4", "network6", "pools", "roles"}
    fields = {
        (section, key)
        for section, keys in SECTIONS.items()
        for key, spec in keys.items()
        if spec.kind in kinds
    }
    # Where the VBC networks start: A03 says what is wrong with it, since only allocation reads it.
    fields -= {("base", "vm_base_network_start"), ("base", "vm_base_network_ipv6_start")}
    assert fields == {(item.section, item.key) for item in (*FIELDS, GATEWAY)}
    assert all(what for _, what in SPECIAL)
