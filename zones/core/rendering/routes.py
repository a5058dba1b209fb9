"""VBC return routes: the VBC network via its VIP, for the management gateway."""

from __future__ import annotations

import json
from collections.abc import Iterable

from zones.core.nets import Network, netmask, parse_network
from zones.core.world import VbcView

SYNTAXES = ("iproute2", "cisco", "h3c", "frr", "json")


def render_routes(vbcs: Iterable[VbcView], syntax: str) -> str:
    """Render one line per route in network order; JSON is a list of objects. Empty (JSON: ``[]``) without VBCs.

    ``iproute2`` is ip-route(8), ``cisco`` IOS, ``h3c`` Comware, ``frr`` FRR's staticd.

    Raises:
        ValueError: an unknown syntax; the message lists the known ones.
    """
    if syntax not in SYNTAXES:
        raise ValueError(f"unknown syntax {syntax[:30]!r}; known: {', '.join(SYNTAXES)}")
    routes = []
    for vbc in vbcs:
        for network, vip in ((vbc.ipv4_network, vbc.ipv4_vip), (vbc.ipv6_network, vbc.ipv6_vip)):
            if network and vip:
                routes.append((parse_network(network), vip))
    routes.sort()
    if syntax == "json":
        # As json.dumps(…, indent=2) writes it, which is slow for thousands of routes.
        items = ",\n".join(
            f'  {{\n    "network": "{network.text}",\n    "via": {json.dumps(vip)},\n    "family": "ipv{network.version}"\n  }}'
            for network, vip in routes
        )
        return f"[\n{items}\n]\n" if items else "[]\n"
    return "".join(f"{_line(syntax, network, vip)}\n" for network, vip in routes)


def _line(syntax: str, network: Network, vip: str) -> str:
    address = network.text.partition("/")[0]
    six = network.version == 6
    if syntax == "iproute2":
        return f"ip {'-6 ' if six else ''}route add {network.text} via {vip}"
    if syntax == "h3c":
        mask = str(network.prefix) if six else netmask(network.prefix)
        return f"{'ipv6' if six else 'ip'} route-static {address} {mask} {vip}"
    if syntax == "frr" or six:
        return f"{'ipv6' if six else 'ip'} route {network.text} {vip}"
    return f"ip route {address} {netmask(network.prefix)} {vip}"
