"""Allocation of addresses from pools in order, skipping those that are known or that answer.

======  ================================================================
A01     no subnet is left for a VBC
A02     no address is left in a pool (or there is no pool)
A03     the start of the VBC networks does not lie in the base network, or is too small
A04     an address of ``vip_pools`` lies outside the hypers' network
A05     addresses of a pool answer although no known machine has them (warning)
======  ================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zones.core.nets import Address, HostIndex, Network, Span, parse_address
from zones.core.pools import Pool


def known_addresses(texts: Iterable[str]) -> set[tuple[int, int]]:
    """Return addresses as pairs for fast look-up; texts that are not addresses are skipped."""
    known = set()
    for text in texts:
        try:
            address = parse_address(text)
        except ValueError:
            continue
        known.add((address.version, address.value))
    return known


class Taken:
    """Addresses that are not given: those of a whole fleet, whose texts are not parsed one by one, and those given since."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._known = HostIndex((text, "") for text in texts)
        self._given: set[Address] = set()

    def __contains__(self, address: Address) -> bool:
        """Return whether the address has a user."""
        if address in self._given:
            return True
        return self._known.overlap(Span(address.version, address.value, address.value)) is not None

    def add(self, address: Address) -> None:
        """Take it."""
        self._given.add(address)


def upper_half(network: Network) -> Pool:
    """Return the pool used where none was given: machines are usually numbered from below, so it starts in the middle."""
    first = network.first + (network.last - network.first + 1) // 2
    last = max(first, network.last - 1)
    return Pool(f"the upper half of {network.text}", network, first, last)


class Walker:
    """Iterator over pools of one family, once, from the first address of the first pool to the last of the last."""

    def __init__(self, pools: Sequence[Pool], version: int, taken: Taken) -> None:
        self.pools = [pool for pool in pools if pool.network.version == version]
        self.taken = taken
        self._version = version
        self._pool = 0
        self._next = self.pools[0].first if self.pools else 0

    def take(self) -> Address | None:
        """Take and return the next free address; None when the pools are exhausted."""
        while self._pool < len(self.pools):
            if self._next > self.pools[self._pool].last:
                self._pool += 1
                self._next = self.pools[self._pool].first if self._pool < len(self.pools) else 0
                continue
            address = Address(self._version, self._next)
            self._next += 1
            if address not in self.taken:
                self.taken.add(address)
                return address
        return None

    def describe(self) -> str:
        """Describe the pools for use in a sentence."""
        return ", ".join(pool.text for pool in self.pools) or "no pool"
