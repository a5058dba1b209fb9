"""``ip -j -d addr`` (man ip-address(8)), which iproute2 has had since 4.13."""

from __future__ import annotations

import json
from typing import Any

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.link import MAX_LINKS, Address, Link, checked_address
from nodes.parsers.lsblk_json import printable_reason
from nodes.parsers.text import MAX_COUNT, clean

TOOL = "ip"


def parse(text: str) -> tuple[Link, ...]:
    """Parse links with their addresses, in order. Raises: ParseError when there is none."""
    try:
        rows = json.loads(text)
    except RecursionError as error:
        raise ParseError(TOOL, _("JSON is nested too deeply"), text) from error
    except ValueError as error:
        raise ParseError(TOOL, _("is not JSON ({error})"), text, error=printable_reason(error)) from error
    if not isinstance(rows, list) or len(rows) > MAX_LINKS:
        raise ParseError(TOOL, _("JSON is not a list of links"), text)
    links = tuple(_link(row) for row in rows if row)
    if not links:
        raise ParseError(TOOL, _("lists no network link"), text)
    return links


def _link(row: Any) -> Link:
    if not isinstance(row, dict) or not isinstance(row.get("ifname"), str):
        raise ParseError(TOOL, _("a link has no name"), repr(row)[:200])
    info = _mapping(row.get("linkinfo"))
    data, port = _mapping(info.get("info_data")), _mapping(info.get("info_slave_data"))
    kind = _text(info.get("info_kind"))
    flags = _words(row.get("flags"))
    vlan = data.get("id")
    return Link(
        name=clean(row["ifname"]),
        mac=_text(row.get("address")).lower(),
        permanent_mac=(_text(port.get("perm_hwaddr")) or _text(row.get("permaddr"))).lower(),
        media=_text(row.get("link_type")),
        mtu=_count(row.get("mtu")),
        lower_up=True if "LOWER_UP" in flags else False if flags & {"NO-CARRIER", "UP"} else None,
        master=_text(row.get("master")),
        lower=_text(row.get("link")),
        kind=kind,
        vlan_id=_count(vlan) if kind == "vlan" and isinstance(vlan, int) and 0 <= vlan <= 4094 else None,
        bond_mode=_text(data.get("mode")) if kind == "bond" else "",
        addresses=_addresses(row.get("addr_info")),
    )


def _addresses(rows: Any) -> tuple[Address, ...]:
    found = []
    for row in rows if isinstance(rows, list) else ():
        item = _mapping(row)
        local, prefix = item.get("local"), item.get("prefixlen")
        if isinstance(local, str) and isinstance(prefix, int):
            found.append(checked_address(TOOL, local, prefix, _text(item.get("scope"))))
    return tuple(dict.fromkeys(found))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return (
        value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT else None
    )


def _words(flags: Any) -> set[str]:
    return {flag for flag in flags if isinstance(flag, str)} if isinstance(flags, list) else set()
