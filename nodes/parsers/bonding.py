"""``/proc/net/bonding/*`` and ``/proc/net/vlan/config`` (kernel: Documentation/networking/bonding.rst)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import blocks, colon_fields, whole_number

_MAC = re.compile(r"[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5,19}")
_MODES = {
    "load balancing (round-robin)": "balance-rr",
    "fault-tolerance (active-backup)": "active-backup",
    "load balancing (xor)": "balance-xor",
    "fault-tolerance (broadcast)": "broadcast",
    "ieee 802.3ad dynamic link aggregation": "802.3ad",
    "transmit load balancing": "balance-tlb",
    "adaptive load balancing": "balance-alb",
}


@dataclass(frozen=True, slots=True)
class Bond:
    """One bond: its mode as ``ip`` names it, and the burnt-in MAC of each slave."""

    name: str
    mode: str
    slaves: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Vlan:
    """One tagged interface."""

    name: str
    vlan_id: int
    raw_device: str


def parse(text: str) -> tuple[Bond, ...]:
    """Parse the bonds of ``@NAME`` blocks, one per file. Raises: ParseError when a block is not a bond."""
    found = [_bond(name, body) for name, body in blocks(text)]
    if not found:
        raise ParseError("bonding", _("names no bond"), text)
    return tuple(found)


def _bond(name: str, body: str) -> Bond:
    mode, slave = "", ""
    slaves: dict[str, str] = {}
    for key, value in colon_fields(body):
        if key == "Bonding Mode":
            words = value.lower()
            mode = next((short for long, short in _MODES.items() if words.startswith(long)), value)
        elif key == "Slave Interface":
            slave = value
            slaves.setdefault(slave, "")
        elif key == "Permanent HW addr" and slave:
            slaves[slave] = value.lower() if _MAC.fullmatch(value) else ""
    if not mode:
        raise ParseError("bonding", _("{name} has no 'Bonding Mode' line"), body, name=name)
    return Bond(name, mode, tuple(slaves.items()))


def parse_vlans(text: str) -> tuple[Vlan, ...]:
    """Parse the tagged interfaces of the kernel's table; none is normal. Raises: ParseError without its header."""
    if "VLAN Dev name" not in text:
        raise ParseError("vlan", _("has no 'VLAN Dev name' header"), text)
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 3 or "VLAN" in cells[1]:
            continue
        vlan_id = whole_number(cells[1])
        if vlan_id is None or vlan_id > 4094 or not cells[0]:
            raise ParseError("vlan", _("a line is not 'NAME | ID | DEVICE'"), line)
        found.append(Vlan(cells[0], vlan_id, cells[2]))
    return tuple(found)
