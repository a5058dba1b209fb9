"""The map of a zone: racks from host names, roles as shapes, what joins marked, and small for thousands of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from django.utils import translation

from installer.console.pictures.zone_map import (
    DRAWN_NODES,
    FOLDED_VBCS,
    MAX_RACKS,
    MAX_VBCS,
    MapNode,
    MapPool,
    MapVbc,
    ZoneMap,
    draw_zone,
    place_of,
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override(None):
        yield


def words(svg: str) -> str:
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    return root.attrib["aria-label"]


def hyper(number: int, rack: int = 2, **more: str | bool) -> MapNode:
    values = {"role": "hyper-repl", "status": "active", **more}
    return MapNode(f"n-{rack}-{number}", f"pek3cr{rack:02d}n{number:02d}", **values)  # type: ignore[arg-type]


def size(drawn: ZoneMap) -> int:
    """Return how many characters of SVG the map has."""
    slots = [*drawn.managing, *(gateway.slot for gateway in drawn.gateways)]
    slots += [slot for rack in drawn.racks for slot in rack.slots]
    return sum(len(item.svg) for item in (*slots, *drawn.racks, *drawn.gateways, *drawn.vbcs))


def test_the_rack_is_read_from_the_name() -> None:
    assert place_of("pek3cr02n01") == ("02", "01")
    assert place_of("devops1ar12n003") == ("12", "003")
    assert place_of("db-server") == place_of("") == ("", "")


def test_nodes_stand_where_they_belong() -> None:
    nodes = [
        hyper(10), hyper(9), hyper(1, rack=10), hyper(1, rack=3),
        MapNode("k", "pek3cr01n01", "ks", "active"),
        MapNode("v", "pek3cr01n02", "vg", "active"),
        MapNode("x", "spare", "hyper-pair", "scale_failed"),
    ]  # fmt: skip
    drawn = draw_zone(nodes, [], [])
    assert [slot.name for slot in drawn.managing] == ["pek3cr01n01"]
    assert [gateway.slot.name for gateway in drawn.gateways] == ["pek3cr01n02"]
    assert [rack.name for rack in drawn.racks] == [
        "Rack 02",
        "Rack 03",
        "Rack 10",
        "Without a rack in the name",
    ]
    assert [slot.name for slot in drawn.racks[0].slots] == ["n09", "n10"]
    assert drawn.racks[-1].slots[0].name == "spare"


def test_what_joins_differs_in_shape_and_words() -> None:
    old, new = draw_zone([hyper(1), hyper(2, status="available", joins="draft")], [], []).racks[0].slots
    assert "pic-plus" in new.svg and "pic-joins" in new.svg and "pic-plus" not in old.svg
    assert words(new.svg) == "pek3cr02n02: hyper-repl, available, joins with the plan that is a draft"
    assert words(old.svg) == "pek3cr02n01: hyper-repl, active"


def test_pairs_and_masters_are_told() -> None:
    [slot] = draw_zone([hyper(1, role="hyper-pair", pair="pek3cr03n01", master=True)], [], []).racks[0].slots
    assert slot.about == "Master, pair r03n01" and "pic-master" in slot.svg


def test_roles_have_shapes_of_their_own() -> None:
    nodes = [MapNode("a", "a", role, "active") for role in ("ks", "vg", "hyper-repl")]
    drawn = draw_zone(nodes, [], [])
    slots = (drawn.managing[0], drawn.gateways[0].slot, drawn.racks[0].slots[0])
    assert len({ElementTree.fromstring(slot.svg)[1].attrib["d"] for slot in slots}) == 3


def test_a_base_network_shows_its_vip_its_hypers_and_the_master() -> None:
    vbc = MapVbc(("10.10.50.0/24",), ("172.16.80.200",), "pek3cr02n01", ("pek3cr02n01", "pek3cr02n02"))
    [tile] = draw_zone([], [vbc], []).vbcs
    assert words(tile.svg) == (
        "10.10.50.0/24 via 172.16.80.200: Master pek3cr02n01; hypers pek3cr02n01, pek3cr02n02."
    )
    assert tile.svg.count("pic-link-master") == 1


def test_the_master_is_drawn_although_many_others_are_not() -> None:
    names = tuple(f"pek3cr02n{number:02d}" for number in range(1, 40))
    [tile] = draw_zone([], [MapVbc(("n",), ("v",), names[-1], names)], []).vbcs
    assert tile.svg.count("pic-link-master") == 1


def test_a_gateway_carries_its_pools() -> None:
    pools = [
        MapPool("vg1", "139.198.10.0/24", "139.198.10.1", "HA0"),
        MapPool("vg1", "139.198.20.0/24", "139.198.20.1"),
    ]
    first, second = draw_zone(
        [MapNode("a", "vg1", "vg", "active"), MapNode("b", "vg2", "vg", "active")], [], pools
    ).gateways
    assert words(first.svg) == (
        "2 EIP pools on vg1: 139.198.10.0/24, gateway 139.198.10.1, HA group HA0; 139.198.20.0/24, gateway 139.198.20.1."
    )
    assert second.svg == ""


def test_a_zone_of_thousands_is_drawn_as_counts_by_rack() -> None:
    nodes = [
        hyper(number, rack=rack, status="active" if number else "scale_failed")
        for rack in range(150)
        for number in range(20)
    ]
    vbcs = [MapVbc((f"10.{n}.0.0/24",), ("1",), "pek3cr02n01", ("pek3cr02n01",)) for n in range(MAX_VBCS)]
    drawn = draw_zone(nodes, vbcs, [], vbc_count=1000)
    assert drawn.folded and (len(drawn.racks), drawn.more_racks) == (MAX_RACKS, 150 - MAX_RACKS)
    assert words(drawn.racks[3].svg) == "Rack 03: 19 active; 1 scale failed."
    assert drawn.racks[3].find == "pek3cr03n" and drawn.more_vbcs == 1000 - FOLDED_VBCS
    assert size(drawn) < 150_000


def test_up_to_a_limit_each_node_is_drawn() -> None:
    drawn = draw_zone([hyper(number % 20, rack=number // 20) for number in range(DRAWN_NODES)], [], [])
    assert not drawn.folded and sum(len(rack.slots) for rack in drawn.racks) == DRAWN_NODES
    assert size(drawn) < 100_000


def test_hostile_names_stay_text() -> None:
    name = '"><script>alert(1)</script>'
    drawn = draw_zone(
        [MapNode("a", name, name, name, pair=name), MapNode("b", name, "vg", "active")],
        [MapVbc((name,), (name,), name, (name,))],
        [MapPool(name, name, name, name)],
    )
    every = [drawn.racks[0].slots[0].svg, drawn.gateways[0].svg, drawn.vbcs[0].svg]
    assert all("<script" not in svg for svg in every)


def test_every_sign_is_explained() -> None:
    meanings = [meaning for _, meaning in draw_zone([], [], []).legend]
    assert len(meanings) == 5
    assert all("aria-hidden" in sign and "role=" not in sign for sign, _ in draw_zone([], [], []).legend)
