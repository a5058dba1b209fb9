"""Load who has which addresses, of all zones, for the strips of one zone and the search: a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from common.readings import Readings
from installer.console.pictures.address_strips import (
    Found,
    Holder,
    Kind,
    Strip,
    StripNetwork,
    draw_strips,
    find,
)
from zones.core.nets import Network, parse_address, parse_network
from zones.core.pools import parse_pool
from zones.core.world import World, ZoneView
from zones.load import load_world
from zones.models import VbcAssignment, Zone
from zones.states import PLAN_OPEN

_POOLS = ("vip_pools", "mgmt_network_pools")
_ANSWERED = "A05"


@dataclass(frozen=True, slots=True)
class AddressSpace:
    """The strips of a zone; ``found``: of the address that was searched; ``wrong``: why that is no address."""

    strips: tuple[Strip, ...]
    found: Found | None = None
    wrong: str = ""


def address_space(zone: Zone, wanted: str = "") -> AddressSpace:
    """Draw the networks of the zone; ``wanted`` is an address to be found in any zone, empty for none."""
    world = load_world((), Readings())
    open_vbcs = VbcAssignment.objects.filter(plan__status__in=PLAN_OPEN)
    reserved = {
        text
        for row in open_vbcs.values_list("ipv4_network", "ipv6_network", "ipv4_vip", "ipv6_vip")
        for text in row
        if text
    }
    variables = {item.zone_id: item.variables for item in world.zones} | {zone.zone_id: zone.variables}
    holders = [*_of_nodes(world), *_answered(zone)]
    for item in world.zones:
        holders += _of_zone(item, reserved)
    for zone_id, values in variables.items():
        holders += _of_variables(zone_id, values)
    networks = list(_networks(zone, world.zone_by_id.get(zone.zone_id)))
    if not wanted:
        return AddressSpace(draw_strips(networks, holders))
    try:
        address = parse_address(wanted)
    except ValueError as error:
        return AddressSpace(draw_strips(networks, holders), wrong=str(error))
    return AddressSpace(draw_strips(networks, holders, address), find(address, networks, holders))


def _networks(zone: Zone, view: ZoneView | None) -> Iterator[StripNetwork]:
    """Yield the networks of the zone, each once: of management, of the machines on it, public ones."""
    purposes: dict[Network, str] = {}
    for node in view.nodes if view else ():
        if node.mgmt_network:
            purposes.setdefault(node.mgmt_network, gettext("Management network"))
    for key in _POOLS:
        for text in _texts(zone.variables, "advance", key):
            with suppress(ValueError):
                purposes.setdefault(parse_pool(text).network, gettext("Management network"))
    for key in ("vm_base_network", "vm_base_network_ipv6"):
        for text in _texts(zone.variables, "base", key):
            with suppress(ValueError):
                purposes.setdefault(parse_network(text), gettext("Base network"))
    for eip in view.eips if view else ():
        with suppress(ValueError):
            purposes.setdefault(parse_network(eip.network), gettext("EIP pool"))
    for network, purpose in purposes.items():
        yield StripNetwork(network, purpose)


def _texts(variables: Mapping[str, Any], section: str, key: str) -> tuple[str, ...]:
    """Return the texts of a field of stored variables, whatever its shape."""
    found = variables.get(section, {})
    value = found.get(key, ()) if isinstance(found, Mapping) else ()
    listed = value if isinstance(value, list | tuple) else (value,)
    return tuple(text for text in listed if isinstance(text, str))


def _single(text: str, kind: Kind, who: str, node_id: str = "") -> Iterator[Holder]:
    with suppress(ValueError):
        address = parse_address(text.partition("/")[0])
        yield Holder(address.version, address.value, address.value, kind, who, node_id)


def _whole(text: str, kind: Kind, who: str) -> Iterator[Holder]:
    with suppress(ValueError):
        network = parse_network(text)
        yield Holder(network.version, network.first, network.last, kind, who)


def _of_nodes(world: World) -> Iterator[Holder]:
    gateways: dict[str, None] = {}
    placed, alone = gettext("node %(node)s of zone %(zone)s"), gettext("node %(node)s")
    for node in world.nodes:
        who = (placed if node.zone_id else alone) % {
            "node": node.hostname or node.address,
            "zone": node.zone_id,
        }
        texts = {node.address: None}
        for nic in node.nics:
            texts.update(
                dict.fromkeys(text.partition("/")[0] for text in (nic.address, *nic.addresses) if text)
            )
            if nic.gateway:
                gateways[nic.gateway] = None
        for text in texts:
            yield from _single(text, "used", who, node.node_id)
        if node.default_gateway:
            gateways[node.default_gateway] = None
    for gateway in gateways:
        yield from _single(gateway, "gateway", gettext("gateway of nodes"))


def _of_zone(zone: ZoneView, reserved: set[str]) -> Iterator[Holder]:
    for role, addresses in zone.vms.items():
        who = gettext("management VM %(role)s of zone %(zone)s") % {"role": role, "zone": zone.zone_id}
        for text in addresses:
            yield from _single(text, "used", who)
    yield from _of_vbcs(zone, reserved)
    for eip in zone.eips:
        values = {"zone": zone.zone_id, "vg": eip.vg_address}
        yield from _whole(
            eip.network, "reserved", gettext("EIP pool on gateway %(vg)s of zone %(zone)s") % values
        )
        yield from _single(
            eip.gateway, "gateway", gettext("gateway of the EIP pool of zone %(zone)s") % values
        )


def _of_vbcs(zone: ZoneView, reserved: set[str]) -> Iterator[Holder]:
    # Looked up once: a region has thousands of VBC networks.
    vip, network = (
        gettext("VIP of %(network)s of zone %(zone)s"),
        gettext("VBC network via %(vip)s of zone %(zone)s"),
    )
    planned_vip = gettext("VIP of %(network)s in the open plan of zone %(zone)s")
    planned_network = gettext("VBC network via %(vip)s in the open plan of zone %(zone)s")
    for vbc in zone.vbcs:
        values = {"zone": zone.zone_id, "network": ", ".join(vbc.networks), "vip": ", ".join(vbc.vips)}
        for text in vbc.vips:
            planned = text in reserved
            yield from _single(
                text, "reserved" if planned else "used", (planned_vip if planned else vip) % values
            )
        for text in vbc.networks:
            planned = text in reserved
            yield from _whole(
                text, "reserved" if planned else "used", (planned_network if planned else network) % values
            )


def _of_variables(zone_id: str, variables: Mapping[str, Any]) -> Iterator[Holder]:
    for text in _texts(variables, "base", "mgmt_network_gateway"):
        yield from _single(
            text, "gateway", gettext("management gateway of zone %(zone)s") % {"zone": zone_id}
        )
    for key in _POOLS:
        for text in _texts(variables, "advance", key):
            with suppress(ValueError):
                pool = parse_pool(text)
                who = gettext("%(field)s of zone %(zone)s") % {"field": key, "zone": zone_id}
                yield Holder(pool.network.version, pool.first, pool.last, "reserved", who)
    for suffix in ("", "_ipv6"):
        yield from _before_start(zone_id, variables, f"vm_base_network{suffix}")


def _before_start(zone_id: str, variables: Mapping[str, Any], key: str) -> Iterator[Holder]:
    """Yield what of the base network is not allocated, because allocation starts behind it."""
    with suppress(ValueError):
        for text, start in zip(
            _texts(variables, "base", key), _texts(variables, "base", f"{key}_start"), strict=False
        ):
            network, first = parse_network(text), parse_network(start)
            if network.covers(first) and first.first > network.first:
                values = {"field": f"{key}_start", "zone": zone_id}
                who = gettext("not allocated: before %(field)s of zone %(zone)s") % values
                yield Holder(network.version, network.first, first.first - 1, "reserved", who)


def _answered(zone: Zone) -> Iterable[Holder]:
    """Yield addresses that answered when the newest plan was made, although no known machine has them."""
    plan = zone.plans.only("zone_id", "findings").order_by("-revision").first()
    for finding in plan.findings if plan else ():
        if finding.message.code == _ANSWERED:
            for text in finding.message.params.get("addresses", ()):
                yield from _single(str(text), "answered", gettext("a machine that is not registered"))
