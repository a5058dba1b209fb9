"""Probe which addresses answer just before they are assigned, because not every machine is registered."""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path

# A host that accepts or refuses a connection exists; one that sends nothing in this time counts as absent.
PORT = 22
WAIT_S = 1.0
AT_ONCE = 200
_NEIGHBOURS = Path("/proc/net/arp")
_COMPLETE = 0x2  # ATF_COM, linux/if_arp.h
_ALIVE = (0, errno.ECONNREFUSED, errno.ECONNRESET)


def answering(addresses: Collection[str]) -> frozenset[str]:
    """Return those of ``addresses`` that a machine has: it answers TCP, or ARP where it is in a network of this host.

    Takes a second for :data:`AT_ONCE` addresses, and sends nothing but the beginning of a connection. Loopback is
    not probed: there this host itself answers.
    """
    asked = sorted(text for text in set(addresses) if not ip_address(text).is_loopback)
    found: set[str] = set()
    for begin in range(0, len(asked), AT_ONCE):
        found |= _connected(asked[begin : begin + AT_ONCE])
    return frozenset(found | (_neighbours() & set(asked)))


def _connected(addresses: Sequence[str]) -> set[str]:
    found = set()
    with selectors.DefaultSelector() as waiting, ExitStack() as opened:
        for address in addresses:
            peer = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            opened.callback(peer.close)
            peer.setblocking(False)
            code = peer.connect_ex((address, PORT))
            if code == errno.EINPROGRESS:
                waiting.register(peer, selectors.EVENT_WRITE, (address, peer))
            elif code in _ALIVE:
                found.add(address)
        until = time.monotonic() + WAIT_S
        while waiting.get_map() and (left_s := until - time.monotonic()) > 0:
            for key, _ in waiting.select(left_s):
                address, peer = key.data
                waiting.unregister(peer)
                if peer.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) in _ALIVE:
                    found.add(address)
    return found


def _neighbours() -> set[str]:
    """Return IPv4 addresses that answered ARP a moment ago; a router that answers for others does not count."""
    try:
        rows = [line.split() for line in _NEIGHBOURS.read_text().splitlines()[1:]]
    except OSError:
        return set()
    known = {row[0]: row[3] for row in rows if len(row) > 3 and int(row[2], 16) & _COMPLETE}
    times = Counter(known.values())
    return {address for address, hardware in known.items() if times[hardware] == 1}
