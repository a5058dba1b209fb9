"""Everything the sections contain about links, addresses and routes, joined by interface name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from common.messages import message
from common.wording import _
from nodes.collection.run_parsers import Reader
from nodes.parsers import bonding, ip_json, ip_text, sysfs_net
from nodes.parsers.bonding import Bond, Vlan
from nodes.parsers.link import Link, Route
from nodes.parsers.sysfs_net import SysNet


@dataclass(frozen=True, slots=True)
class Network:
    """Links with their addresses, the default routes (the one in use first), and what the kernel adds."""

    links: tuple[Link, ...]
    routes: tuple[Route, ...]
    kernel: Mapping[str, SysNet]
    bonds: Mapping[str, Bond]
    vlans: Mapping[str, Vlan]
    permanent_macs: Mapping[str, str]


def read_network(reader: Reader) -> Network:
    """Join the network sections. Raises: CollectionError without ip, ParseError when its output is rubbish."""
    bonds = reader.optional("bonding", bonding.parse) or ()
    vlans = reader.optional("vlan", bonding.parse_vlans) or ()
    routes = reader.optional("ip-route", ip_text.parse_routes, _("default gateways are unknown")) or ()
    routes6 = reader.optional("ip-route6", ip_text.parse_routes) or ()
    return Network(
        links=_links(reader),
        routes=(*routes, *routes6),
        kernel=reader.optional(
            "sysfs-net",
            sysfs_net.parse,
            _("hardware ports cannot be distinguished from virtual ones, and speeds are unknown"),
        )
        or {},
        bonds={bond.name: bond for bond in bonds},
        vlans={vlan.name: vlan for vlan in vlans},
        permanent_macs={name: mac for bond in bonds for name, mac in bond.slaves if mac},
    )


def _links(reader: Reader) -> tuple[Link, ...]:
    broken = [name for name in ("ip-link", "ip-addr") if reader.section(name).status != "ok"]
    if broken and reader.section("ip-json").status == "ok":
        return reader.needed("ip-json", ip_json.parse, message("N63", "no_iproute", section="ip-json"))
    links = reader.needed("ip-link", ip_text.parse_links, message("N63", "no_iproute", section="ip-link"))
    addresses = reader.needed(
        "ip-addr", ip_text.parse_addresses, message("N63", "no_iproute", section="ip-addr")
    )
    return tuple(replace(link, addresses=addresses.get(link.name, ())) for link in links)
