"""Where each address of a configuration must lie, and what it must not overlap: R24.

What other rules report is not repeated here: pools among themselves (R09), addresses of VMs that are in use or occur
twice (R10), EIP segments (R05) and VBCs (R06) against everything else. The allocation checks the start of the VBC
networks (A03).

===========================  ===================================  =====================================================
field                        lies in                              does not overlap
===========================  ===================================  =====================================================
mgmt_network_gateway         the management network of each node  nodes, VMs, VIPs, the base network; pools (warning);
                                                                  another gateway than was collected (warning)
mgmt_network_dns_servers     anywhere                             VIPs, the base network; pools (warning)
mgmt_network_address         a management network of the nodes    the gateway, the base network
mgmt_network_pools           a management network of the nodes    the base network, EIP segments of other zones
vip_pools                    a management network of the nodes    the base network, EIP segments of other zones
eip_network_pools            anywhere                             management networks, the base network
vm_base_network (and IPv6)   anywhere                             EIP segments of other zones; management networks
                                                                  (a warning where it only has them inside)
eips (gateway of a segment)  its segment (R05)                    nodes other than its VG
===========================  ===================================  =====================================================

None of them is special: this network, loopback, link-local, multicast or reserved. Loopback is allowed where the
nodes themselves have such addresses (a laboratory on one machine).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from common.codes.registry import Level
from common.errors import Finding
from common.messages import Message, message, phrase
from common.wording import _
from zones.core.nets import (
    Address,
    HostIndex,
    Network,
    Owner,
    Span,
    SpanIndex,
    Use,
    parse_address,
    parse_network,
)
from zones.core.pools import parse_eip, parse_pool
from zones.core.rules.context import POOL_FIELDS, Context, pool_owner
from zones.core.world import KnownNode, NodeView, vip_owner, vm_owner

Path = tuple[str, ...]
_LOOPBACK = ("127.0.0.0/8", "::1/128")
_MANAGEMENT: Mapping[str, Level] = {"management": "warning", "eips": "error"}
_LOOPBACK_KIND = _("loopback")
SPECIAL: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", _("this network")),
    (_LOOPBACK[0], _LOOPBACK_KIND),
    ("169.254.0.0/16", _("link-local")),
    ("224.0.0.0/4", _("multicast")),
    ("240.0.0.0/4", _("reserved or broadcast")),
    ("::/128", _("unspecified")),
    (_LOOPBACK[1], _LOOPBACK_KIND),
    ("::ffff:0:0/96", _("IPv4-mapped IPv6")),
    ("fe80::/10", _("link-local")),
    ("ff00::/8", _("multicast")),
)


@dataclass(frozen=True, slots=True)
class AddressField:
    """One field: whether its addresses lie in a management network, and what they must not overlap, at which level."""

    section: str
    key: str
    in_management: bool = False
    clear_of: Mapping[str, Level] = field(default_factory=dict)


FIELDS = (
    AddressField(
        "base", "mgmt_network_dns_servers", clear_of={"vips": "error", "base": "error", "pools": "warning"}
    ),
    AddressField("advance", "mgmt_network_address", True, {"gateway": "error", "base": "error"}),
    AddressField("advance", "mgmt_network_pools", True, {"base": "error", "eips": "error"}),
    AddressField("advance", "vip_pools", True, {"base": "error", "eips": "error"}),
    AddressField("advance", "eip_network_pools", False, {"management": "error", "base": "error"}),
    AddressField("base", "vm_base_network", clear_of=_MANAGEMENT),
    AddressField("base", "vm_base_network_ipv6", clear_of=_MANAGEMENT),
)
"""All fields of the variables except the gateway, which is checked for each node."""
GATEWAY = AddressField(
    "base",
    "mgmt_network_gateway",
    True,
    {"nodes": "error", "vms": "error", "vips": "error", "base": "error", "pools": "warning"},
)


@dataclass(frozen=True, slots=True)
class Value:
    """The content of a field: its addresses as a span, the text as written, and its place."""

    text: str
    span: Span
    path: Path


def r24(ctx: Context) -> Iterable[Finding]:
    """Check that every address lies where it is used, is usable by a machine, and overlaps nothing else.

    The management gateway is a host address in the management network of each node, and no node, VM or VIP has it; it
    is a warning when the nodes were collected with another one. Pools for VMs and VIPs and the addresses given to VMs
    lie in a management network of the nodes, outside the base network. The base network and EIP pools stay clear of
    management networks. No address is special: this network, loopback, link-local, multicast,
    reserved.
    """
    places = _Places(ctx)
    yield from _gateway(ctx, places)
    yield from _segments(ctx, places)
    if ctx.documents.variables is None:
        return
    for item in FIELDS:
        for value in values_of(ctx, item):
            yield from _judge(ctx, places, item, value)


def values_of(ctx: Context, item: AddressField) -> Iterator[Value]:
    """Yield the well-formed values of a field; the reader of the file or R09 reports the others."""
    path = (item.section, item.key)
    found = ctx.variables.values.get(item.section, {}).get(item.key)
    rows: list[tuple[Path, str]]
    if isinstance(found, Mapping):
        rows = [((*path, role), text) for role, texts in found.items() for text in texts]
    elif isinstance(found, tuple | list):
        rows = [((*path, str(index)), text) for index, text in enumerate(found)]
    else:
        rows = [(path, found)] if found else []
    parse = _pool if item.key in POOL_FIELDS else _network if item.key.startswith("vm_base") else _address
    for place, text in rows:
        span = parse(str(text))
        if span is not None:
            yield Value(str(text), span, place)


def _tried(parse: Callable[[str], Span]) -> Callable[[str], Span | None]:
    def tried(text: str) -> Span | None:
        try:
            return parse(text)
        except ValueError:
            return None

    return tried


_pool = _tried(lambda text: parse_pool(text).span)
_network = _tried(lambda text: parse_network(text).span)
_address = _tried(lambda text: _span(parse_address(text)))


def _span(address: Address) -> Span:
    return Span(address.version, address.value, address.value)


@dataclass(frozen=True)
class _Places:
    """What an address may overlap, by the name used in the table."""

    ctx: Context

    @cached_property
    def management(self) -> dict[Network, list[NodeView]]:
        """Return the management networks of the nodes of this file whose mask is known, with these nodes."""
        found: dict[Network, list[NodeView]] = {}
        for named in self.ctx.named:
            if named.node is not None and named.node.mgmt_network is not None:
                found.setdefault(named.node.mgmt_network, []).append(named.node)
        return found

    def met(self, target: str, span: Span) -> Use | None:
        """Return one use of that kind that shares an address with ``span``; of nodes, VMs and VIPs only for a single one."""
        index: SpanIndex | HostIndex = getattr(self, f"_{target}")
        return index.overlap(span)

    @cached_property
    def _management(self) -> SpanIndex:
        return SpanIndex(self.ctx.mgmt_uses())

    @cached_property
    def _nodes(self) -> HostIndex:
        return HostIndex(_addresses_of_nodes(self.ctx))

    @cached_property
    def _vms(self) -> HostIndex:
        return HostIndex(
            (address, vm_owner(zone.zone_id, role))
            for zone in self.ctx.world.zones
            for role, addresses in zone.vms.items()
            for address in addresses
        )

    @cached_property
    def _vips(self) -> HostIndex:
        return HostIndex(
            (vip, vip_owner(zone.zone_id))
            for zone in self.ctx.world.zones
            for vbc in zone.vbcs
            for vip in vbc.vips
        )

    @cached_property
    def _gateway(self) -> SpanIndex:
        text = self.ctx.variables.text("base", "mgmt_network_gateway")
        return SpanIndex(_uses([(text, Owner(_("the management gateway"), {}))]))

    @cached_property
    def _base(self) -> SpanIndex:
        found = []
        for key in ("vm_base_network", "vm_base_network_ipv6"):
            text = self.ctx.variables.text("base", key)
            if text:
                found.append(Use(parse_network(text).span, f"{key} {text}"))
        # One that contains a management network gets a separate warning: what lies in both is allowed.
        return SpanIndex(use for use in found if self.met("management", use.span) is None)

    @cached_property
    def _pools(self) -> SpanIndex:
        return SpanIndex(
            Use(pool.span, pool_owner(pool, key))
            for key in ("mgmt_network_pools", "vip_pools")
            for pool in self.ctx.pools[key]
        )

    @cached_property
    def _eips(self) -> SpanIndex:
        return SpanIndex(use for zone_id, use in self.ctx.world.eip_networks() if zone_id != self.ctx.zone_id)

    @cached_property
    def in_laboratory(self) -> bool:
        """Return whether the nodes themselves have loopback addresses."""
        loopback = [parse_network(text) for text in _LOOPBACK]
        return any(
            network.holds(parse_address(named.entry.address))
            for named in self.ctx.named
            for network in loopback
        )

    def special(self, span: Span) -> str:
        """Return why no machine can have such addresses; empty when one can."""
        for text, what in SPECIAL:
            network = parse_network(text)
            if what == _LOOPBACK_KIND and self.in_laboratory:
                continue
            if network.version == span.version and network.first <= span.last and span.first <= network.last:
                return phrase("{kind}, {network}", kind=phrase(what), network=text)
        return ""


def _node_owner(node: KnownNode) -> Owner:
    return Owner(
        _("node {node} ({address})"), {"node": node.hostname or node.node_id, "address": node.address}
    )


def _addresses_of_nodes(ctx: Context) -> Iterator[tuple[str, Owner]]:
    """Yield every address of every node that is not retired, with the node as its owner."""
    for node in ctx.world.nodes:
        if node.status == "retired":
            continue
        owner = _node_owner(node)
        yield node.address, owner
        for nic in node.nics:
            yield nic.address, owner
            for text in nic.addresses:
                yield text.partition("/")[0], owner


def _uses(rows: Iterable[tuple[str, Owner]]) -> Iterator[Use]:
    for text, owner in rows:
        span = _address(text) if text else None
        if span is not None:
            yield Use(span, owner)


def _judge(ctx: Context, places: _Places, item: AddressField, value: Value) -> Iterator[Finding]:
    """Check everything about one value except whether it lies in each node's network."""
    special = places.special(value.span)
    if special:
        said = message("R24", "special", field=item.key, value=value.text, kind=special)
        yield ctx.variable_finding(said, *value.path)
        return
    networks = [network for network in places.management if network.version == value.span.version]
    if item.in_management and networks and not any(_within(network, value.span) for network in networks):
        known = [network.text for network in networks[:3]]
        said = message("R24", "outside_management", field=item.key, value=value.text, networks=known)
        yield ctx.variable_finding(said, *value.path)
        return
    if value.span.first == value.span.last:
        yield from _no_host(ctx, item, value, networks)
    yield from _meets(ctx, places, item, value)


def _within(network: Network, span: Span) -> bool:
    return _inside(span, network.span)


def _inside(span: Span, other: Span) -> bool:
    return span.version == other.version and other.first <= span.first and span.last <= other.last


def _no_host(
    ctx: Context, item: AddressField, value: Value, networks: Iterable[Network]
) -> Iterator[Finding]:
    address = Address(value.span.version, value.span.first)
    for network in networks:
        if network.holds(address) and not network.usable(address):
            said = message("R24", "no_host", field=item.key, value=value.text, network=network.text)
            yield ctx.variable_finding(said, *value.path)


def _meets(ctx: Context, places: _Places, item: AddressField, value: Value) -> Iterator[Finding]:
    for target, level in item.clear_of.items():
        use = places.met(target, value.span)
        # R10 has reported that a node has it as its gateway.
        if use is None or (target == "gateway" and value.text in ctx.world.used_addresses):
            continue
        field, text, owner = item.key, value.text, use.owner
        if target == "pools":
            said = message("R24", "in_a_pool", field=field, value=text, owner=owner)
        elif value.span.first == value.span.last and target == "base":
            said = message("R24", "among_vms", field=field, value=text, owner=owner)
        elif value.span.first == value.span.last:
            said = message("R24", "in_use", field=field, value=text, owner=owner)
        elif target == "management" and level == "warning" and not _inside(value.span, use.span):
            said = message("R24", "meets_management", field=field, value=text, owner=owner)
        else:
            said = message("R24", "overlaps", field=field, value=text, owner=owner)
            level = "error"
        yield ctx.variable_finding(said, *value.path, level=level)


def _gateway(ctx: Context, places: _Places) -> Iterator[Finding]:
    """Check that the gateway is in the network of every node, has no other use, and is the one the nodes have."""
    for value in values_of(ctx, GATEWAY):
        special = places.special(value.span)
        if special:
            said = message(
                "R24", "no_router_address", gateway=value.text, kind=special, instead=_wanted(places)
            )
            yield ctx.variable_finding(said, *value.path)
            return
        address = Address(value.span.version, value.span.first)
        outside = [network for network in places.management if not network.holds(address)]
        for network in outside:
            said = message(
                "R24",
                "gateway_outside",
                gateway=value.text,
                network=network.text,
                nodes=_names(places.management[network]),
                instead=_wanted(places),
            )
            yield ctx.variable_finding(said, *value.path)
        yield from _no_host(ctx, GATEWAY, value, places.management)
        yield from _meets(ctx, places, GATEWAY, value)
        if not outside:
            yield from _other_gateway(ctx, places, value)


def _wanted(places: _Places) -> Message:
    """Return what to write: the nodes' gateway, when they agree."""
    found = {
        gateway
        for nodes in places.management.values()
        for node in nodes
        if (gateway := collected_gateway(node))
    }
    if len(found) == 1:
        return message("R24", "write_collected_gateway", gateway=found.pop())
    return message("R24", "write_gateway")


def _other_gateway(ctx: Context, places: _Places, value: Value) -> Iterator[Finding]:
    by_gateway: dict[str, list[NodeView]] = {}
    for nodes in places.management.values():
        for node in nodes:
            gateway = collected_gateway(node)
            if gateway and gateway != value.text:
                by_gateway.setdefault(gateway, []).append(node)
    for gateway, nodes in by_gateway.items():
        said = (
            message("R24", "other_gateway_of_one", gateway=value.text, nodes=_names(nodes), collected=gateway)
            if len(nodes) == 1
            else message("R24", "other_gateway", gateway=value.text, nodes=_names(nodes), collected=gateway)
        )
        yield ctx.variable_finding(said, *value.path, level="warning")


def collected_gateway(node: NodeView) -> str:
    """Return the gateway of the node's management network as collected; empty when it has none there (a VG)."""
    nic, network = node.mgmt_nic, node.mgmt_network
    if nic is None or network is None:
        return ""
    text = nic.gateway or (node.default_gateway if node.default_interface == nic.name else "")
    span = _address(text) if text else None
    # Another one is not a router of this network: a default route through a second network on the same interface.
    return text if span is not None and _within(network, span) else ""


def _names(nodes: list[NodeView]) -> Message:
    names = [node.hostname or node.address for node in nodes[:3]]
    if len(nodes) == 1:
        return message("R24", "node", name=names[0])
    if len(nodes) > 3:
        return message("R24", "many_nodes", names=names, more=len(nodes) - 3)
    return message("R24", "nodes", names=names)


def _segments(ctx: Context, places: _Places) -> Iterator[Finding]:
    """Check what R05 does not cover: special segments, and gateways that are nodes."""
    for entry in ctx.settings.eips:
        try:
            eip = parse_eip(entry.text)
        except ValueError:
            continue
        path = ("eips", entry.vg_address)
        special = places.special(eip.network.span)
        if special:
            said = message("R24", "special_eips", network=eip.network.text, kind=special)
            yield ctx.finding(said, *path, line=entry.line, node=entry.vg_address)
            continue
        use = places.met("nodes", _span(eip.gateway))
        vg = ctx.world.node_by_address.get(entry.vg_address)
        if use is not None and (vg is None or use.user != _node_owner(vg)):
            said = message(
                "R24",
                "eip_gateway_in_use",
                gateway=eip.gateway.text,
                network=eip.network.text,
                owner=use.owner,
            )
            yield ctx.finding(said, *path, line=entry.line, node=entry.vg_address)
