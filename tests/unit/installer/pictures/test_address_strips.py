"""Networks as strips: each address counts once, a single one is seen in a large network, a search tells who has it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from installer.console.pictures.address_strips import (
    CELLS,
    MAX_LISTED,
    MAX_STRIPS,
    Holder,
    Kind,
    StripNetwork,
    draw_strips,
    find,
    legend,
)
from tests.support.examples import examples
from zones.core.nets import parse_address, parse_network

SIX = StripNetwork(parse_network("fd00::/64"), "Base network")
FOUR = StripNetwork(parse_network("172.16.80.0/24"), "Management network")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override(None):
        yield


def holder(first: str, last: str = "", kind: Kind = "used", who: str = "node pek3cr02n01") -> Holder:
    begin, end = parse_address(first), parse_address(last or first)
    return Holder(begin.version, begin.value, end.value, kind, who)


def counts(network: StripNetwork, *holders: Holder) -> dict[str, str]:
    [strip] = draw_strips([network], holders)
    return {kind: number for kind, number, _ in strip.counts}


def test_each_address_counts_once_for_what_matters_most() -> None:
    assert counts(
        FOUR,
        holder("172.16.80.1", kind="gateway"),
        holder("172.16.80.1"),
        holder("172.16.80.20"),
        holder("172.16.80.200", "172.16.80.230", kind="reserved"),
        holder("172.16.80.201"),
        holder("172.16.80.205", kind="answered"),
    ) == {"gateway": "1", "answered": "1", "used": "2", "reserved": "29", "free": "223"}


def test_the_picture_says_what_it_shows() -> None:
    [strip] = draw_strips([FOUR], [holder("172.16.80.1", kind="gateway"), holder("10.0.0.1")])
    root = ElementTree.fromstring(strip.svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "Management network 172.16.80.0/24: 1 gateway, 255 free."
    assert [item.text for item in strip.holders] == ["172.16.80.1"]


def test_one_address_of_65536_is_seen() -> None:
    wide = StripNetwork(parse_network("10.10.0.0/16"), "Base network")
    [strip] = draw_strips([wide], [holder("10.10.200.7")])
    assert "pic-lines" in strip.svg and len(strip.svg) < 2000


def test_a_crowded_network_is_still_small() -> None:
    wide = StripNetwork(parse_network("10.10.0.0/16"), "Base network")
    many = [holder(f"10.10.{number // 128}.{number % 128 * 2}") for number in range(32768)]
    [strip] = draw_strips([wide], many)
    assert len(strip.svg) < CELLS * 400
    assert (len(strip.holders), strip.more) == (MAX_LISTED, 32768 - MAX_LISTED)


def test_a_network_of_the_newer_family_is_drawn_although_it_is_vast() -> None:
    assert counts(SIX, holder("fd00::1"), holder("172.16.80.1")) == {"used": "1", "free": "2^63"}


def test_kinds_differ_in_pattern_or_height() -> None:
    drawn = [sign for sign, _ in legend()]
    assert len(set(drawn)) == len(drawn) == 5


def test_a_search_tells_who_has_an_address_and_marks_it() -> None:
    pool = holder("172.16.80.200", "172.16.80.230", "reserved", "vip_pools of zone pek3c")
    used = holder("172.16.80.201", who="VIP of 10.10.50.0/24")
    found = find(parse_address("172.16.80.201"), [FOUR, SIX], [pool, used])
    assert [item.who for item in found.holders] == ["VIP of 10.10.50.0/24", "vip_pools of zone pek3c"]
    assert found.networks == (FOUR,) and not found.free
    assert find(parse_address("172.16.80.9"), [FOUR], [pool]).free
    assert not find(parse_address("9.9.9.9"), [FOUR], [pool]).free
    assert "pic-pointer" in draw_strips([FOUR], [], parse_address("172.16.80.201"))[0].svg
    assert "pic-pointer" not in draw_strips([SIX], [], parse_address("172.16.80.201"))[0].svg


def test_hundreds_of_networks_are_drawn_in_part() -> None:
    assert len(draw_strips([FOUR] * 300, [])) == MAX_STRIPS


OFFSET = st.integers(-300, 600)


@given(
    st.lists(
        st.tuples(OFFSET, st.integers(0, 400), st.sampled_from(["gateway", "answered", "used", "reserved"]))
    )
)
@examples(60)
def test_the_counts_are_all_addresses_of_the_network(rows: list[tuple[int, int, Kind]]) -> None:
    base = FOUR.network.first
    holders = [Holder(4, base + offset, base + offset + length, kind, "x") for offset, length, kind in rows]
    assert sum(int(number) for number in counts(FOUR, *holders).values()) == 256
