"""Rules about VG nodes and public segments: R04, R05, R18."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.errors import Finding
from common.messages import Message, message
from common.wording import _
from zones.core.documents.settings import EipEntry
from zones.core.interface_stack import beneath
from zones.core.nets import Network, Owner, SpanIndex, Use, collisions, parse_address, parse_network
from zones.core.pools import Eip, parse_eip
from zones.core.rules.context import Context, pool_uses
from zones.core.world import NicView, NodeView


def r04(ctx: Context) -> Iterable[Finding]:
    """Check that every VG node has its eips entry."""
    carried = {eip.vg_address for eip in ctx.settings.eips}
    for named in ctx.with_role("vg"):
        if named.entry.address not in carried:
            address = named.entry.address
            said = message("R04", node=named.label, address=address)
            yield ctx.finding(said, "roles", address, node=address)


def r05(ctx: Context) -> Iterable[Finding]:
    """Check that EIP segments belong to VGs of this file, are valid, and overlap nothing."""
    parsed: list[tuple[EipEntry, Eip]] = []
    for entry in ctx.settings.eips:
        role = ctx.settings.roles.get(entry.vg_address)
        if role is None or role.role != "vg":
            yield _at(ctx, entry, message("R05", "no_vg", address=entry.vg_address))
        try:
            parsed.append((entry, parse_eip(entry.text)))
        except ValueError as error:
            yield _at(ctx, entry, message("R05", "malformed", reason=error))
    yield from _among_themselves(ctx, parsed)
    yield from _against_others(ctx, parsed)


def _at(ctx: Context, entry: EipEntry, said: Message) -> Finding:
    return ctx.finding(said, "eips", entry.vg_address, line=entry.line, node=entry.vg_address)


def _among_themselves(ctx: Context, parsed: list[tuple[EipEntry, Eip]]) -> Iterator[Finding]:
    """Check segments among themselves: a network may occur at several VGs, with one gateway, and once at each."""
    first: dict[str, tuple[EipEntry, Eip]] = {}
    seen: set[tuple[str, str]] = set()
    for entry, eip in parsed:
        text = eip.network.text
        if (entry.vg_address, text) in seen:
            yield _at(ctx, entry, message("R05", "twice", network=text, address=entry.vg_address))
        seen.add((entry.vg_address, text))
        _, known = first.setdefault(text, (entry, eip))
        if known.gateway != eip.gateway:
            yield _at(
                ctx,
                entry,
                message(
                    "R05", "two_gateways", network=text, gateway=eip.gateway.text, other=known.gateway.text
                ),
            )
    uses = [Use(eip.network.span, text) for text, (_, eip) in first.items()]
    for wider, use in collisions(uses):
        entry, other = first[use.owner][0], first[wider.owner][0]
        # The same network twice at one VG would be refused next.
        yield _at(
            ctx,
            entry,
            message("R05", "overlap_at_one_vg", network=use.owner, other=wider.owner)
            if entry.vg_address == other.vg_address
            else message("R05", "overlap_at_two_vgs", network=use.owner, other=wider.owner),
        )


def _against_others(ctx: Context, parsed: list[tuple[EipEntry, Eip]]) -> Iterator[Finding]:
    if not parsed:
        return
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
            yield _at(
                ctx,
                entry,
                message(
                    "R05",
                    "other_gateway_now",
                    network=eip.network.text,
                    gateway=eip.gateway.text,
                    other=gateway,
                ),
            )
        if hit is not None:
            yield _at(ctx, entry, message("R05", "overlap", network=eip.network.text, owner=hit.owner))


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
            yield Use(parse_network(text).span, Owner(_("the VBC {network} of this file"), {"network": text}))
    yield from _variable_uses(ctx)


def _variable_uses(ctx: Context) -> Iterator[Use]:
    for zone_id, document in ((ctx.zone_id, ctx.variables), *ctx.neighbours):
        for key in ("vm_base_network", "vm_base_network_ipv6"):
            text = document.text("base", key)
            if text:
                values = {"field": key, "network": text, "zone": zone_id}
                yield Use(parse_network(text).span, Owner(_("{field} {network} of zone {zone}"), values))
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
            said = message("R18", "no_management", node=named.label)
            yield ctx.finding(said, *path, node=node.address)
            continue
        under = _mgmt_side(node, mgmt)
        others = [nic.name for nic in node.nics if nic.name not in under and nic.address]
        if not others:
            said = message("R18", "one_network", node=named.label)
            yield ctx.finding(said, *path, node=node.address)
        elif not node.default_interface or node.default_interface in under:
            said = (
                message(
                    "R18", "wrong_side", node=named.label, interface=node.default_interface, wanted=others[0]
                )
                if node.default_interface
                else message("R18", "no_gateway", node=named.label, wanted=others[0])
            )
            yield ctx.finding(said, *path, node=node.address)


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
