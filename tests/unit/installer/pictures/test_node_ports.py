"""The picture of ports: what is made of which, which link is down, and which one carries the management address."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.utils import translation

from installer.console.pictures.node_ports import MAX_GROUPS, PicturedPort, draw_ports, speed_text

BOND = [
    PicturedPort("bond0", "bond", ("eth0", "eth1"), link=True, speed_mbps=20000, bond_mode="802.3ad"),
    PicturedPort("eth0", "physical", link=True, speed_mbps=10000),
    PicturedPort("eth1", "physical", link=False, speed_mbps=None),
    PicturedPort(
        "bond0.100",
        "vlan",
        ("bond0",),
        ("172.16.80.11/24",),
        True,
        vlan_id=100,
        management=True,
        default_route=True,
    ),
    PicturedPort("eth9", "physical", link=None),
]


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override(None):
        yield


def test_interfaces_that_hang_together_are_one_drawing_and_the_management_one_is_first() -> None:
    first, second = draw_ports([BOND[-1], *BOND[:-1]]).groups
    assert first.sentences == (
        "bond0 over eth0, eth1: 802.3ad, link up, 20 Gbit/s.",
        "eth0: port, link up, 10 Gbit/s.",
        "eth1: port, link down.",
        "bond0.100 over bond0: VLAN 100, link up, 172.16.80.11/24, carries the management address, has the default route.",
    )
    assert second.sentences == ("eth9: port, link unknown.",)
    assert (first.width, second.width) == ("joined", "alone")


def test_the_words_of_a_picture_are_all_its_sentences() -> None:
    for group in draw_ports(BOND).groups:
        root = ElementTree.fromstring(group.svg)
        assert root.attrib["role"] == "img" and root.attrib["aria-label"] == " ".join(group.sentences)


def test_a_link_that_is_down_has_a_pattern_and_the_management_address_a_shape() -> None:
    down = draw_ports([PicturedPort("eth1", "physical", link=False)]).groups[0].svg
    up = draw_ports([PicturedPort("eth1", "physical", link=True)]).groups[0].svg
    managed = draw_ports([PicturedPort("eth1", "physical", link=True, management=True)]).groups[0].svg
    assert "pic-hatch" in down and "✕ eth1" in down and "pic-hatch" not in up
    assert "pic-badge" in managed and "pic-badge" not in up


def test_a_bridge_over_a_loop_or_a_missing_port_is_drawn() -> None:
    picture = draw_ports(
        [
            PicturedPort("br0", "bridge", ("gone", "br0")),
            PicturedPort("a", "bond", ("b",)),
            PicturedPort("b", "bond", ("a",)),
        ]
    )
    assert len(picture.groups) == 2


def test_hostile_names_stay_text() -> None:
    group = draw_ports([PicturedPort("<script>", "physical", addresses=('"><script>',))]).groups[0]
    assert "<script" not in group.svg


def test_hundreds_of_ports_are_drawn_in_part() -> None:
    picture = draw_ports([PicturedPort(f"eth{number}", "physical") for number in range(300)])
    assert (len(picture.groups), picture.more) == (MAX_GROUPS, 300 - MAX_GROUPS)
    one = draw_ports([PicturedPort(f"v{number}", "vlan", ("eth0",)) for number in range(300)] + [BOND[1]])
    assert len(one.groups[0].svg) < 60_000


def test_speeds_are_read_as_they_are_sold() -> None:
    assert [speed_text(value) for value in (None, 0, 100, 1000, 2500, 25000)] == [
        *("", "", "100 Mbit/s", "1 Gbit/s", "2.5 Gbit/s", "25 Gbit/s")
    ]
