"""Addresses, networks, pools, EIP entries and overlap checks."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zones.core.nets import (
    Address,
    HostIndex,
    Span,
    SpanIndex,
    Use,
    collisions,
    netmask,
    parse_address,
    parse_network,
)
from zones.core.pools import parse_eip, parse_pool
from zones.core.world import hostname_key

SPANS = st.lists(
    st.tuples(st.sampled_from([4, 6]), st.integers(0, 60), st.integers(0, 12)).map(
        lambda item: Span(item[0], item[1], item[1] + item[2])
    ),
    max_size=25,
)


def dotted(octets: list[int]) -> str:
    return ".".join(map(str, octets))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("010.1.1.1", "leading zero"),
        ("10.1.1.256", "above 255"),
        ("10.1.1", "not an IP address"),
        ("fe80::1%eth0", "not an IP address"),
        ("１０.1.1.1", "not an IP address"),
        ("", "not an IP address"),
        ("10.1.1." + "9" * 5000, "above 255"),
    ],
)
def test_an_address_is_refused_with_its_reason(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_address(text)


@given(
    st.text("0123456789.:af%", max_size=16)
    | st.lists(st.integers(0, 300), min_size=3, max_size=5).map(dotted)
)
def test_an_address_is_what_the_standard_library_calls_one(text: str) -> None:
    try:
        expected = ipaddress.ip_address(text)
    except ValueError:
        with pytest.raises(ValueError):
            parse_address(text)
    else:
        if "%" not in text:
            assert parse_address(text) == Address(expected.version, int(expected))


def test_who_has_an_address_however_it_is_written() -> None:
    rows = [("", "no"), ("10.0.0.1", "one"), ("FD00:0::7", "six"), ("10.0.0.1", "two"), ("what", "no")]
    index = HostIndex(rows)
    for text, owner in (("10.0.0.1", "one"), ("fd00::7", "six"), ("10.0.0.2", None), ("fd00::8", None)):
        address = parse_address(text)
        found = index.overlap(Span(address.version, address.value, address.value))
        assert (found and found.owner) == owner


def test_a_host_inside_a_network_is_no_network_and_the_message_names_it() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/24"):
        parse_network("10.0.0.5/24")


@pytest.mark.parametrize(
    "text", ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/024x", "10.0.0.0/024", "::/129", "10.0.0.0/"]
)
def test_a_network_needs_a_mask(text: str) -> None:
    with pytest.raises(ValueError, match="mask"):
        parse_network(text)


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_networks_are_those_of_the_standard_library(value: int, prefix: int) -> None:
    expected = ipaddress.ip_network((value, prefix), strict=False)
    found = parse_network(str(expected))
    assert (found.first, found.last) == (int(expected[0]), int(expected[-1]))
    assert found.text == str(expected)
    assert netmask(prefix) == str(expected.netmask)


@given(st.integers(0, 2**128 - 1))
def test_ipv6_addresses_are_spelled_compressed(value: int) -> None:
    assert Address(6, value).text == str(ipaddress.IPv6Address(value))


@given(SPANS, SPANS)
def test_the_index_finds_an_overlap_exactly_when_there_is_one(known: list[Span], asked: list[Span]) -> None:
    index = SpanIndex(Use(span, str(span)) for span in known)
    for span in asked:
        hits = {
            str(other)
            for other in known
            if other.version == span.version and other.first <= span.last and span.first <= other.last
        }
        found = index.overlap(span)
        assert (found is None) == (not hits)
        assert found is None or found.owner in hits


@given(SPANS)
def test_collisions_are_empty_exactly_when_all_are_disjoint(spans: list[Span]) -> None:
    disjoint = all(
        one.version != other.version or one.last < other.first or other.last < one.first
        for index, one in enumerate(spans)
        for other in spans[:index]
    )
    found = list(collisions(Use(span, str(index)) for index, span in enumerate(spans)))
    assert (not found) == disjoint
    for wider, use in found:
        assert wider.span.version == use.span.version
        assert wider.span.first <= use.span.last and use.span.first <= wider.span.last


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("172.16.80.100-172.16.80.140", "no mask"),
        ("172.16.80.100/24-172.16.80.140", "no mask"),
        ("172.16.80.100/24-172.16.81.140/24", "two networks"),
        ("172.16.80.100/24-172.16.80.140/25", "two networks"),
        ("172.16.80.140/24-172.16.80.100/24", "start is after"),
        ("172.16.80.140/24", "START/MASK-END/MASK"),
        ("1-2-3", "START/MASK-END/MASK"),
    ],
)
def test_a_pool_is_refused_with_its_reason(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_pool(text)


@pytest.mark.parametrize(
    ("text", "gateway", "group"),
    [
        ("139.198.10.0/24|.1", "139.198.10.1", ""),
        ("139.198.20.0/24|.254|HA0", "139.198.20.254", "HA0"),
        ("10.8.0.0/16|.3.1", "10.8.3.1", ""),
        ("10.8.0.0/24|10.8.0.9", "10.8.0.9", ""),
        ("2001:db8::/64|::1", "2001:db8::1", ""),
    ],
)
def test_an_eip_entry_names_its_gateway(text: str, gateway: str, group: str) -> None:
    found = parse_eip(text)
    assert (found.gateway.text, found.ha_group) == (gateway, group)


@pytest.mark.parametrize(
    "text",
    [
        "139.198.10.0/24",
        "139.198.10.0/24|",
        "139.198.10.5/24|.1",
        "139.198.10.0/24|.0",
        "139.198.10.0/24|.255",
        "139.198.10.0/24|.1.2.3.4",
        "139.198.10.0/24|10.0.0.1",
        "139.198.10.0/31|.1",
        "224.0.0.0/24|.1",
        "0.0.0.0/0|.1",
        "240.0.0.0/8|.0.0.1",
        "ff00::/64|::1",
        "::/0|::1",
        "139.198.10.0/24|.1|no good",
        "139.198.10.0/24|.1|a|b",
        "2001:db8::/64|.1",
    ],
)
def test_an_impossible_eip_entry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_eip(text)


def test_hostname_order_counts_numbers_as_numbers() -> None:
    names = ["zr01n10", "zr01n9", "zr02n01", "ar02n01"]
    assert sorted(names, key=hostname_key) == ["ar02n01", "zr01n9", "zr01n10", "zr02n01"]
