"""``ip -o -d link``, ``ip -o addr`` and ``ip route`` (man ip-link(8), ip-address(8), ip-route(8)).

Also reads the layout without ``-o``, since old and stripped-down programs ignore the option.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.link import MAX_LINKS, Address, Link, Route, checked_address
from nodes.parsers.text import count, whole_number

TOOL = "ip"
_HEAD = re.compile(r"[0-9]+: +(\S+?)(?:@(\S+?))?: +<([^>]*)> *(.*)", re.S)
_ADDR_HEAD = re.compile(r"[0-9]+: +(\S+?)(?:@\S+)? +(inet6?) ", re.S)
# Kinds of ip-link(8). A detail line that begins with another word describes the link, not its kind.
_KINDS = re.compile(
    "bond|vlan|bridge|veth|dummy|ifb|tun|macvlan|macvtap|ipvlan|ipvtap|vxlan|geneve|wireguard|openvswitch|team|vrf"
    "|gre|gretap|ip6gre|ip6gretap|erspan|ip6erspan|ipip|sit|ip6tnl|vti|vti6|xfrm|bareudp|ipoib|macsec|hsr|nlmon"
    "|can|vcan|vxcan|lowpan|batadv|netdevsim|netkit|rmnet|gtp|dsa|wwan|ppp|mhi_net|vmnet|virt_wifi"
)


def parse_links(text: str) -> tuple[Link, ...]:
    """Parse links with what they are made of, in order. Raises: ParseError when there is none."""
    found: dict[str, Link] = {}
    for block in _blocks(text):
        head, *details = [part.strip() for part in re.split(r"\\|\n", block)]
        match = _HEAD.fullmatch(head)
        if match is None:
            raise ParseError(TOOL, _("a link line is not 'N: NAME: <FLAGS> …'"), block)
        found[match[1]] = _link(match, details)
        if len(found) > MAX_LINKS:
            raise ParseError(TOOL, _("lists more than {limit} links"), limit=MAX_LINKS)
    if not found:
        raise ParseError(TOOL, _("lists no network link"), text)
    return tuple(found.values())


def parse_addresses(text: str) -> dict[str, tuple[Address, ...]]:
    """Parse addresses by link name (labels such as ``eth0:0`` belong to ``eth0``).

    Raises: ParseError when there is no address at all (``lo`` has one on every working machine).
    """
    found: dict[str, list[Address]] = {}
    for block in _blocks(text):
        name = _owner(block)
        for part in re.split(r"\\|\n", block):
            match = re.search(r"(?:^|\s)(inet6?) (\S+)(.*)", part)
            if match and (address := _address(match[2], match[3])):
                found.setdefault(name, []).append(address)
    if not found:
        raise ParseError(TOOL, _("lists no address"), text)
    return {name: tuple(dict.fromkeys(addresses)) for name, addresses in found.items()}


def parse_routes(text: str) -> tuple[Route, ...]:
    """Parse default routes, the one in use first; none is a normal answer. Raises: ParseError on other text."""
    routes: list[Route] = []
    lines = [line for line in text.splitlines() if line.strip()]
    for index, line in enumerate(lines):
        words = line.split()
        if words[0] in ("default", "0.0.0.0/0", "::/0"):
            routes.extend(_default(words, lines[index + 1 :]))
        elif not _is_route(words, line):
            raise ParseError(TOOL, _("a line is not a route"), line)
    return tuple(sorted(routes, key=lambda route: route.metric))


def _blocks(text: str) -> Iterator[str]:
    """Yield the text from one ``N:`` at the start of a line to the next."""
    block: list[str] = []
    for line in text.splitlines():
        if re.match(r"[0-9]+: ", line):
            if block:
                yield "\n".join(block)
            block = [line]
        elif block and line[:1].isspace():
            block.append(line)
    if block:
        yield "\n".join(block)


def _link(match: re.Match[str], details: list[str]) -> Link:
    flags = match[3].split(",")
    words = match[4].split()
    link = Link(
        name=match[1],
        lower="" if match[2] in (None, "NONE") else str(match[2]),
        mtu=count(_after(words, "mtu")),
        master=_after(words, "master"),
        lower_up=_lower_up(flags),
    )
    for index, detail in enumerate(details):
        parts = detail.split()
        if parts and parts[0].startswith("link/"):
            link = replace(
                link,
                media=parts[0].removeprefix("link/"),
                mac=parts[1].lower() if len(parts) > 1 and ":" in parts[1] else "",
                permanent_mac=_after(parts, "permaddr").lower(),
            )
        elif parts and index and _KINDS.fullmatch(parts[0]):
            link = _with_kind(link, parts)
        elif parts and parts[0] == "bond_slave":
            link = replace(link, permanent_mac=_after(parts, "perm_hwaddr").lower() or link.permanent_mac)
    return link


def _with_kind(link: Link, words: list[str]) -> Link:
    vlan = whole_number(_after(words, "id")) if words[0] == "vlan" else None
    return replace(
        link,
        kind=words[0],
        vlan_id=vlan if vlan is not None and vlan <= 4094 else None,
        bond_mode=_after(words, "mode") if words[0] == "bond" else "",
    )


def _lower_up(flags: list[str]) -> bool | None:
    if "LOWER_UP" in flags:
        return True
    return False if "NO-CARRIER" in flags or "UP" in flags else None


def _after(words: list[str], key: str) -> str:
    return next((words[index + 1] for index in range(len(words) - 1) if words[index] == key), "")


def _owner(block: str) -> str:
    match = _ADDR_HEAD.match(block) or re.match(r"[0-9]+: +([^\s:@]+)", block)
    if match is None:
        raise ParseError(TOOL, _("an address line names no link"), block)
    return match[1]


def _address(value: str, tail: str) -> Address | None:
    words = tail.split()
    peer = _after(words, "peer")
    address, slash, length = value.partition("/")
    if not slash:
        length = peer.partition("/")[2] or ("128" if ":" in address else "32")
    prefix = whole_number(length)
    if prefix is None:
        raise ParseError(TOOL, _("an address has no prefix length"), value)
    return checked_address(TOOL, address, prefix, _after(words, "scope"))


def _default(words: list[str], following: list[str]) -> Iterator[Route]:
    metric = whole_number(_after(words, "metric")) or 0
    # A dead one is not in use: its link is down.
    if "dead" in words:
        return
    if "dev" in words or "via" in words:
        yield Route(_gateway(words), _after(words, "dev"), metric)
        return
    for line in following:
        hop = line.split()
        if hop[0] != "nexthop":
            return
        if "dead" in hop:
            continue
        yield Route(_gateway(hop), _after(hop, "dev"), metric)


def _gateway(words: list[str]) -> str:
    value = _after(words, "inet6") or _after(words, "inet") or _after(words, "via")
    if not value:
        return ""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError as error:
        raise ParseError(TOOL, _("a gateway is not an address"), value) from error


def _is_route(words: list[str], line: str) -> bool:
    known = (
        "nexthop",
        "unreachable",
        "blackhole",
        "prohibit",
        "broadcast",
        "local",
        "multicast",
        "throw",
        "nat",
    )
    if words[0] in (*known, "anycast", "unicast") or line[:1].isspace():
        return True
    try:
        ipaddress.ip_network(words[0], strict=False)
    except ValueError:
        return False
    return True
