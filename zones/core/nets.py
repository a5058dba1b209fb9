"""Addresses and networks as integers: exact, fast, and with reasons a person can act on.

Thousands of overlap checks run for one plan, so a network is a named tuple of integers and a question
"does this overlap anything" costs one bisection.
"""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

from common.messages import Message, message, phrase

BITS = {4: 32, 6: 128}
MIN_HOSTS = 4
"""Addresses of the smallest network with a gateway and a machine, besides its network and broadcast address."""
_IPV4 = re.compile(r"\.".join([r"(0|[1-9][0-9]{0,2})"] * 4), re.ASCII)
_PREFIX = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)


class Span(NamedTuple):
    """An unbroken run of addresses, both ends included."""

    version: int
    first: int
    last: int


class Address(NamedTuple):
    """One address; ``version`` is 4 or 6."""

    version: int
    value: int

    @property
    def text(self) -> str:
        """Return the canonical spelling (IPv6 compressed)."""
        return format_address(self.version, self.value)


class Network(NamedTuple):
    """A CIDR network; ``first`` is its network address and ``last`` its highest address."""

    version: int
    first: int
    last: int
    prefix: int

    @property
    def text(self) -> str:
        """Return ``10.10.0.0/16``."""
        return f"{format_address(self.version, self.first)}/{self.prefix}"

    @property
    def tiny(self) -> bool:
        """Return whether it is too small for a gateway and a machine."""
        return self.last - self.first + 1 < MIN_HOSTS

    @property
    def unicast(self) -> bool:
        """Return whether machines can have all its addresses: not "this network", multicast or reserved space."""
        low, high = (1, 223) if self.version == 4 else (1, 254)
        shift = BITS[self.version] - 8
        return low <= self.first >> shift and self.last >> shift <= high

    @property
    def span(self) -> Span:
        """Return the same addresses without the prefix."""
        return Span(self.version, self.first, self.last)

    def holds(self, address: Address) -> bool:
        """Return whether ``address`` is inside; an address of the other family never is."""
        return address.version == self.version and self.first <= address.value <= self.last

    def covers(self, other: Network) -> bool:
        """Return whether ``other`` lies wholly inside."""
        return other.version == self.version and self.first <= other.first and other.last <= self.last

    def usable(self, address: Address) -> bool:
        """Return whether a host may have ``address`` here: not the network, broadcast or IPv6 subnet-router anycast address."""
        if not self.holds(address):
            return False
        if self.version == 4 and self.prefix < 31:
            return self.first < address.value < self.last
        return self.version == 4 or self.prefix > 126 or address.value != self.first


def format_address(version: int, value: int) -> str:
    """Return the canonical spelling of an address given as an integer."""
    if version == 4:
        return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"
    return ipaddress.IPv6Address(value).compressed


def _no_address(text: str) -> Message:
    value = text[:60]
    octets = text.split("/", 1)[0].split(".")
    if len(octets) == 4 and all(octet.isdigit() for octet in octets):
        if any(len(octet) > 1 and octet[0] == "0" for octet in octets):
            return message("D13", "leading_zero", value=value)
        if any(int(octet[:9]) > 255 for octet in octets):
            return message("D13", "above_255", value=value)
    return message("D13", "no_address", value=value)


@lru_cache(maxsize=65536)
def parse_address(text: str) -> Address:
    """Parse an address.

    Raises:
        ValueError: not an address; the message says what is wrong with it.
    """
    if octets := _IPV4.fullmatch(text):
        # As ipaddress reads it, at a third of the cost: a fleet has tens of thousands.
        one, two, three, four = map(int, octets.groups())
        if max(one, two, three, four) < 256:
            return Address(4, one << 24 | two << 16 | three << 8 | four)
    if not text.isascii() or "%" in text:
        raise ValueError(message("D13", "no_address", value=text[:60]))
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(_no_address(text)) from None
    return Address(found.version, int(found))


def _prefix(text: str, whole: str, version: int) -> int:
    if not (_PREFIX.fullmatch(text) and int(text) <= BITS[version]):
        raise ValueError(message("D14", "wrong_mask", value=whole[:60], bits=BITS[version]))
    return int(text)


def network_of(address: Address, prefix: int) -> Network:
    """Return the network that ``address`` lies in when its mask has ``prefix`` bits."""
    size = 1 << (BITS[address.version] - prefix)
    first = address.value & ~(size - 1)
    return Network(address.version, first, first + size - 1, prefix)


@lru_cache(maxsize=65536)
def parse_interface(text: str) -> tuple[Address, Network]:
    """Parse an address with its mask (``172.16.80.100/24``); return it and the network it lies in.

    Raises:
        ValueError: no mask, or not an address.
    """
    head, slash, tail = text.partition("/")
    address = parse_address(head)
    if not slash:
        raise ValueError(message("D14", "no_mask", value=text[:60]))
    return address, network_of(address, _prefix(tail, text, address.version))


@lru_cache(maxsize=65536)
def parse_network(text: str) -> Network:
    """Parse a network.

    Raises:
        ValueError: not a network, or an address inside one (the message names the network).
    """
    address, network = parse_interface(text)
    if address.value != network.first:
        raise ValueError(message("D14", "address_inside", value=text[:60], network=network.text))
    return network


def netmask(prefix: int) -> str:
    """Return the dotted mask of an IPv4 prefix length."""
    return format_address(4, (0xFFFFFFFF << (32 - prefix)) & 0xFFFFFFFF)


class Owner(NamedTuple):
    """Who has an address: a marked template and its values.

    It is put into words only when it is reported: a region has thousands of addresses.
    """

    template: str
    values: Mapping[str, str]

    @property
    def said(self) -> Message:
        """Return the words for a sentence: ``the VBC 10.10.50.0/24 of zone pek3b``."""
        return phrase(self.template, **self.values)


class Use(NamedTuple):
    """A span and its user."""

    span: Span
    user: str | Owner

    @property
    def owner(self) -> str:
        """Return the user in words for a sentence."""
        return self.user.said if isinstance(self.user, Owner) else self.user


class SpanIndex:
    """Index that answers "what overlaps this" in logarithmic time over spans that may overlap each other."""

    def __init__(self, uses: Iterable[Use]) -> None:
        self._uses = sorted(uses, key=lambda use: (use.span.version, use.span.first, use.span.last))
        self._starts = [(use.span.version, use.span.first) for use in self._uses]
        self._reach: list[int] = []  # index of the farthest-reaching use among all up to here, per family
        for index, use in enumerate(self._uses):
            best = self._reach[-1] if index else index
            same_family = self._uses[best].span.version == use.span.version
            farther = use.span.last > self._uses[best].span.last
            self._reach.append(index if not same_family or farther else best)

    def overlap(self, span: Span) -> Use | None:
        """Return one use that shares an address with ``span``; None when there is none."""
        position = bisect_right(self._starts, (span.version, span.last))
        if not position:
            return None
        found = self._uses[self._reach[position - 1]]
        if found.span.version == span.version and found.span.last >= span.first:
            return found
        return None


class HostIndex:
    """Index that answers who has a single address, over texts of a whole fleet that are not parsed one by one.

    An IPv4 address has one spelling; those of IPv6 are parsed once the first one is asked for.
    """

    def __init__(self, owners: Iterable[tuple[str, str | Owner]]) -> None:
        self._owners: dict[str, str | Owner] = {}
        for text, owner in owners:
            self._owners.setdefault(text, owner)

    def overlap(self, span: Span) -> Use | None:
        """Return the first use of the address that ``span`` is."""
        text = format_address(4, span.first) if span.version == 4 else ""
        owner = self._owners.get(text) if text else self._six.get(span.first)
        return None if owner is None else Use(span, owner)

    @cached_property
    def _six(self) -> dict[int, str | Owner]:
        found: dict[int, str | Owner] = {}
        for text, owner in self._owners.items():
            if ":" not in text:
                continue
            try:
                address = parse_address(text)
            except ValueError:
                continue
            found.setdefault(address.value, owner)
        return found


def collisions(uses: Iterable[Use]) -> Iterator[tuple[Use, Use]]:
    """Yield each use that overlaps one which starts before it (or at the same address), with that one."""
    widest: Use | None = None
    for use in sorted(uses, key=lambda item: (item.span, item.owner)):
        if widest is not None and widest.span.version == use.span.version:
            if use.span.first <= widest.span.last:
                yield widest, use
            if use.span.last <= widest.span.last:
                continue
        widest = use
