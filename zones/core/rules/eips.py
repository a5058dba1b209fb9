"""Rules about VG nodes and public segments: R04, R05, R18."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.errors import Finding
from zones.core.documents.settings import EipEntry
from zones.core.interface_stack import beneath
from zones.core.nets import Network, SpanIndex, Use, collisions, parse_address, parse_network
from zones.core.pools import Eip, parse_eip
from zones.core.rules.context import Context, pool_uses
from zones.core.world import NicView, NodeView


def r04(ctx: Context) -> Iterable[Finding]:
    """Check that every VG node has its eips entry."""
    carried = {eip.vg_address for eip in ctx.settings.eips}
    for named in ctx.with_role("vg"):
        if named.entry.address not in carried:
            detail = f"VG node {named.label} has no EIP segment"
            remedy = f"add eips: {{{named.entry.address}: ['NETWORK|.1']}}"
            yield ctx.finding("R04", detail, remedy, "roles", named.entry.address, node=named.entry.address)


def r05(ctx: Context) -> Iterable[Finding]:
    """Check that EIP segments belong to VGs of this file, are valid, and overlap nothing."""
    parsed: list[tuple[EipEntry, Eip]] = []
    for entry in ctx.settings.eips:
        role = ctx.settings.roles.get(entry.vg_address)
        if role is None or role.role != "vg":
            detail = f"eips names {entry.vg_address}, which is no VG node of this file"
            yield _at(ctx, entry, detail, "correct the address, or give it the role vg")
        try:
            parsed.append((entry, parse_eip(entry.text)))
        except ValueError as error:
            yield _at(ctx, entry, str(error), "write NETWORK|GATEWAY SUFFIX, for example 139.198.10.0/24|.1")
    yield from _among_themselves(ctx, parsed)
    yield from _against_others(ctx, parsed)


def _at(ctx: Context, entry: EipEntry, detail: str, remedy: str) -> Finding:
    path = ("eips", entry.vg_address)
    return ctx.finding("R05", detail, remedy, *path, line=entry.line, node=entry.vg_address)


def _among_themselves(ctx: Context, parsed: list[tuple[EipEntry, Eip]]) -> Iterator[Finding]:
    """Check segments among themselves: a network may occur at several VGs, with one gateway, and once at each."""
    first: dict[str, tuple[EipEntry, Eip]] = {}
    seen: set[tuple[str, str]] = set()
    for entry, eip in parsed:
        text = eip.network.text
        if (entry.vg_address, text) in seen:
            yield _at(ctx, entry, f"{text} stands twice at VG {entry.vg_address}", "remove one of the two")
        seen.add((entry.vg_address, text))
        _, known = first.setdefault(text, (entry, eip))
        if known.gateway != eip.gateway:
            detail = f"{text} has the gateway {eip.gateway.text} here and {known.gateway.text} before"
            yield _at(ctx, entry, detail, "a network has one gateway: correct one of them")
    uses = [Use(eip.network.span, text) for text, (_, eip) in first.items()]
    for wider, use in collisions(uses):
        detail = f"the EIP network {use.owner} overlaps the EIP network {wider.owner} of this file"
        entry, other = first[use.owner][0], first[wider.owner][0]
        # The same network twice at one VG would be refused next.
        both = ", or the same network on both VGs" if entry.vg_address != other.vg_address else ""
        yield _at(ctx, entry, detail, f"make them disjoint{both}")


def _against_others(ctx: Context, parsed: list[tuple[EipEntry, Eip]]) -> Iterator[Finding]:
    elsewhere = SpanIndex(_foreign_uses(ctx))
    stays = ctx.kind == "scale"  # configuring a zone again replaces its segments
    own = [use for zone_id, use in ctx.world.eip_networks() if stays and zone_id == ctx.zone_id]
    own_spans = {use.span for use in own}
    own_index = SpanIndex(own)
    gateways = {eip.network: eip.gateway for eip in (ctx.zone.eips if ctx.zone and stays else ())}
    for entry, eip in parsed:
        span = eip.network.span
        hit = elsewhere.overlap(span)
        if hit is None and span not in own_spans:
            hit = own_index.overlap(span)
        gateway = gateways.get(eip.network.text, eip.gateway.text)
        if gateway != eip.gateway.text:
            detail = (
                f"{eip.network.text} has the gateway {eip.gateway.text} here and {gateway} in the zone now"
            )
            yield _at(ctx, entry, detail, "a network has one gateway: correct it")
        if hit is not None:
            detail = f"the EIP network {eip.network.text} overlaps {hit.owner}"
            yield _at(ctx, entry, detail, "choose a network that nothing else uses")


def _foreign_uses(ctx: Context) -> Iterator[Use]:
    """Yield everything an EIP segment must stay clear of, other than the EIP segments of its own zone."""
    yield from ctx.mgmt_uses()
    for zone_id, use in ctx.world.eip_networks():
        if zone_id != ctx.zone_id:
            yield use
    for zone_id, use in ctx.world.vbc_networks():
        if ctx.kind == "scale" or zone_id != ctx.zone_id or not ctx.settings.has_vbc:
            yield use
    for vbc in ctx.settings.vbc:
        for text in filter(None, (vbc.ipv4_network, vbc.ipv6_network)):
            yield Use(parse_network(text).span, f"the VBC {text} of this file")
    yield from _variable_uses(ctx)


def _variable_uses(ctx: Context) -> Iterator[Use]:
    for zone_id, document in ((ctx.zone_id, ctx.variables), *ctx.neighbours):
        for key in ("vm_base_network", "vm_base_network_ipv6"):
            text = document.text("base", key)
            if text:
                yield Use(parse_network(text).span, f"{key} {text} of zone {zone_id}")
        yield from pool_uses(zone_id, document)


def r18(ctx: Context) -> Iterable[Finding]:
    """Check that a VG has two networks, MGMT and EIP, and its default gateway on the EIP side."""
    for named in ctx.with_role("vg"):
        node = named.node
        if node is None:
            continue
        path = ("roles", named.entry.address)
        mgmt = node.mgmt_nic
        if mgmt is None:
            detail = f"VG {named.label}: no interface carries the management address"
            yield ctx.finding("R18", detail, "collect the node again", *path, node=node.address)
            continue
        under = _mgmt_side(node, mgmt)
        others = [nic.name for nic in node.nics if nic.name not in under and nic.address]
        if not others:
            detail = f"VG {named.label} has one network only; it needs MGMT and EIP"
            remedy = "configure the EIP interface, then collect the node again"
            yield ctx.finding("R18", detail, remedy, *path, node=node.address)
        elif not node.default_interface or node.default_interface in under:
            on = f"on {node.default_interface}, the management side" if node.default_interface else "missing"
            detail = f"VG {named.label}: the default gateway is {on}; it belongs on the EIP side"
            remedy = f"move the default route to {others[0]}, then collect the node again"
            yield ctx.finding("R18", detail, remedy, *path, node=node.address)


def _mgmt_side(node: NodeView, mgmt: NicView) -> frozenset[str]:
    """Return the management interface, what it lies on, and further interfaces in the same network."""
    network = node.mgmt_network
    names = {mgmt.name, mgmt.raw_device, *mgmt.slaves, *(nic.name for nic in beneath(node, mgmt))}
    if network is not None:
        names.update(nic.name for nic in node.nics if _is_in(network, nic.address))
    return frozenset(names)


def _is_in(network: Network, address: str) -> bool:
    try:
        return network.holds(parse_address(address))
    except ValueError:
        return False
