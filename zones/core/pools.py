"""Address pools (``172.16.80.100/24-172.16.80.140/24``) and EIP entries (``139.198.10.0/24|.1|HA0``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.messages import message
from zones.core.nets import Address, Network, Span, parse_address, parse_interface, parse_network

_HA_GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pool:
    """Addresses from ``first`` to ``last`` inside ``network``; ``text`` as written."""

    text: str
    network: Network
    first: int
    last: int

    @property
    def span(self) -> Span:
        """Return its addresses, for overlap checks."""
        return Span(self.network.version, self.first, self.last)


def parse_pool(text: str) -> Pool:
    """Parse a pool.

    Raises:
        ValueError: an end without mask, ends in two networks, or start after end.
    """
    ends = [part.strip() for part in text.split("-")]
    if len(ends) != 2 or not all(ends):
        raise ValueError(message("R09", "no_pool", pool=text[:80]))
    (first, network), (last, other) = (parse_interface(end) for end in ends)
    if network != other:
        raise ValueError(
            message("R09", "two_networks", pool=text[:80], network=network.text, other=other.text)
        )
    if first.value > last.value:
        raise ValueError(message("R09", "start_after_end", pool=text[:80]))
    return Pool(text, network, first.value, last.value)


@dataclass(frozen=True, slots=True)
class Eip:
    """One public segment: its gateway is inside ``network``; ``ha_group`` may be empty."""

    network: Network
    gateway: Address
    ha_group: str


def parse_eip(text: str) -> Eip:
    """Parse a segment: ``network|gateway suffix[|HA group]``.

    Raises:
        ValueError: the form, the network or the gateway is wrong.
    """
    parts = [part.strip() for part in text.split("|")]
    if len(parts) not in (2, 3) or not all(parts):
        raise ValueError(message("R05", "no_segment", segment=text[:80]))
    network = parse_network(parts[0])
    if not network.unicast:
        raise ValueError(message("R05", "special", network=network.text))
    if network.tiny:
        raise ValueError(message("R05", "too_small", network=network.text))
    gateway = _gateway(network, parts[1])
    if not network.usable(gateway):
        raise ValueError(message("R05", "gateway_outside", gateway=gateway.text, network=network.text))
    if len(parts) == 3 and not _HA_GROUP.fullmatch(parts[2]):
        raise ValueError(message("R05", "ha_group", group=parts[2][:40]))
    return Eip(network, gateway, parts[2] if len(parts) == 3 else "")


def _gateway(network: Network, suffix: str) -> Address:
    """Return the gateway: ``.1`` replaces the last octet of the network, ``.3.1`` the last two; IPv6: ``::1`` is added."""
    if network.version == 4 and suffix.startswith("."):
        octets = suffix[1:].split(".")
        kept = Address(4, network.first).text.split(".")[: 4 - len(octets)]
        if len(octets) > 3:
            raise ValueError(message("R05", "long_suffix", suffix=suffix[:40]))
        return parse_address(".".join([*kept, *octets]))
    address = parse_address(suffix)
    if network.version == 6 and suffix.startswith("::"):
        return Address(6, network.first | address.value)
    return address
