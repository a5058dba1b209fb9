"""One network link, from any tool, in one shape."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError

MAX_LINKS = 20_000


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a link: ``172.16.80.11`` and 24; ``scope`` is ``global``, ``link`` or ``host``."""

    address: str
    prefix: int
    scope: str = "global"


@dataclass(frozen=True, slots=True)
class Link:
    """One link; ``kind`` is empty for hardware and else ``bond``, ``vlan``, ``bridge``, ``veth`` and so on."""

    name: str
    mac: str = ""
    permanent_mac: str = ""
    media: str = "ether"
    mtu: int | None = None
    lower_up: bool | None = None
    master: str = ""
    lower: str = ""
    kind: str = ""
    vlan_id: int | None = None
    bond_mode: str = ""
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One default route; the lower ``metric`` wins."""

    gateway: str
    interface: str
    metric: int = 0


def checked_address(tool: str, text: str, prefix: int, scope: str) -> Address:
    """Return ``text`` as an address with its prefix. Raises: ParseError when either is impossible."""
    try:
        interface = ipaddress.ip_interface(f"{text.split('%')[0]}/{prefix}")
    except ValueError as error:
        raise ParseError(tool, _("an address is malformed"), f"{text}/{prefix}") from error
    return Address(str(interface.ip), prefix, scope or "global")
