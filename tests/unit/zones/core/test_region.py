"""The listener for a zone's front gate, and the checklist of the global side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from operations.haproxy.core import merge_listeners
from operations.region.core import JoinFacts, join_checklist
from zones.core.rendering import render_front_gate

FACTS = JoinFacts(
    zone_id="pek3d",
    global_zone_id="pek3a",
    sdn=True,
    fusion=False,
    global_protocol="https",
    proxies=("10.0.1.1", "10.0.1.2"),
    global_proxies=("10.0.0.1",),
    web_services=("10.0.0.5",),
    caches=("10.0.0.7", "10.0.0.8"),
)
LISTENER = """\
listen front-gate-pek3d
    bind 0.0.0.0:9800
    mode tcp
    balance source
    server front_gate_0 10.0.1.1:9801 check
    server front_gate_1 10.0.1.2:9801 check
"""


def keys(facts: JoinFacts) -> list[str]:
    return [item.key for item in join_checklist(facts)]


def test_the_listener() -> None:
    text = render_front_gate("pek3d", FACTS.proxies, port=9800, server_port=9801)
    assert text == LISTENER
    # As with our other listeners: what is not ours stays, and twice is once.
    mine = "global\n    daemon\n"
    merged = merge_listeners(mine, text)
    assert merged.startswith(mine) and merge_listeners(merged, text) == merged


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"front_gates": ()}, "has no proxy"),
        ({"front_gates": ("a b",)}, "is not a host name"),
        ({"zone_id": "pek3d\n    bind :1"}, "cannot be part"),
        ({"port": 0}, "0 is not a port"),
        ({"server_port": 65536}, "65536 is not a port"),
        ({"port": 7777}, "port 7777 is already used"),
        ({"bind": "*"}, "not an address"),
    ],
)
def test_what_is_no_listener(change: dict[str, object], wrong: str) -> None:
    given = {"zone_id": "pek3d", "front_gates": FACTS.proxies, "port": 9800, "server_port": 9800, **change}
    with pytest.raises(ValueError, match=wrong):
        render_front_gate(**given)  # type: ignore[arg-type]


def test_the_least_that_is_to_be_done() -> None:
    assert keys(replace(FACTS, sdn=False)) == [
        "web-services-reached",
        "front-gate-reached",
        "front-gate-listener",
        "cached-zones",
        "services",
        "zone-visible",
    ]


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({}, {"return-routes"}),
        ({"sdn": False, "gateway": "10.0.1.254", "global_gateway": "10.0.0.254"}, {"management-route"}),
        ({"sdn": False, "gateway": "10.0.0.254", "global_gateway": "10.0.0.254"}, set()),
        ({"sdn": False, "qemu_version": "2.11.1.1", "global_qemu_version": "2.4.1.2"}, {"qemu"}),
        ({"sdn": False, "qemu_version": "2.11.1.1"}, set()),
        ({"sdn": False, "boss": ("10.0.0.9",)}, {"boss-statistics"}),
    ],
)
def test_what_only_some_zones_ask_for(change: dict[str, object], more: set[str]) -> None:
    facts = replace(FACTS, **change)  # type: ignore[arg-type]
    assert set(keys(facts)) - set(keys(replace(FACTS, sdn=False))) == more


def test_the_items_name_places_and_ports() -> None:
    how = {item.key: item.how for item in join_checklist(FACTS)}
    assert (
        "From 10.0.1.1, 10.0.1.2, connect to 10.0.0.5 on ports 443, 8565, 8000" in how["web-services-reached"]
    )
    assert "10.0.0.7, 10.0.0.8" in how["zone-visible"]
    fused = {
        item.key: item.how for item in join_checklist(replace(FACTS, fusion=True, global_protocol="http"))
    }
    assert "ports 7777, 8565, 8011" in fused["web-services-reached"]
    empty = {item.key: item.how for item in join_checklist(replace(FACTS, global_proxies=()))}
    assert "(none registered)" in empty["front-gate-listener"]


def test_keys_are_unique_and_short_enough_to_be_stored() -> None:
    everything = replace(
        FACTS, gateway="a", global_gateway="b", qemu_version="1", global_qemu_version="2", boss=("c",)
    )
    found = keys(everything)
    assert len(found) == len(set(found)) == 10 and all(len(key) <= 64 for key in found)
