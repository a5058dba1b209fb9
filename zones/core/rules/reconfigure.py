"""Configuring a zone that is configured already: R23."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.errors import Finding
from common.messages import message
from zones.core.pools import parse_eip
from zones.core.rules.context import Context
from zones.core.world import KnownNode, NodeView, ZoneView, whole

RELEASABLE = frozenset({"new", "available", "configured", "collect_failed", "retired"})
"""States of a node on which nothing was installed (or nothing is left)."""


def r23(ctx: Context) -> Iterable[Finding]:
    """Check that a configured zone is configured again only with force, and without taking away what is in service."""
    zone = ctx.zone
    if ctx.kind == "scale":
        if zone is not None and not zone.configured:
            yield ctx.finding(message("R23", "not_configured", zone=zone.zone_id), "zone_id")
        return
    if zone is None or not zone.configured:
        return
    if not ctx.options.force:
        yield ctx.finding(message("R23", "configured_already", zone=zone.zone_id), "zone_id")
    else:
        yield from _in_service(ctx, zone)


def _in_service(ctx: Context, zone: ZoneView) -> Iterator[Finding]:
    """Check that nothing in service is configured away: it would keep running, unknown to the console."""
    staying = [node for node in zone.nodes if node.status not in RELEASABLE]
    if not staying:
        return
    for key, had in (("deploy_mode", zone.deploy_mode), ("network_mode", zone.network_mode)):
        wanted = ctx.variables.text("base", key)
        if wanted and wanted != had:
            said = message("R23", "other_mode", field=key, wanted=wanted, zone=zone.zone_id, mode=had)
            yield ctx.variable_finding(said, "base", key)
    if ctx.variables.region_id and ctx.variables.region_id != zone.region_id:
        said = message(
            "R23", "other_region", wanted=ctx.variables.region_id, zone=zone.zone_id, region=zone.region_id
        )
        yield ctx.variable_finding(said, "common", "region_id")
    for node in staying:
        yield from _still_there(ctx, zone, node)
    yield from _segments(ctx, zone, frozenset(node.address for node in staying))


def _still_there(ctx: Context, zone: ZoneView, node: KnownNode) -> Iterator[Finding]:
    entry = ctx.settings.roles.get(node.address)
    if entry is None:
        said = message(
            "R23",
            "node_left_out",
            hostname=node.hostname,
            address=node.address,
            status=node.status,
            zone=zone.zone_id,
        )
        yield ctx.finding(said, "roles", node=node.address)
    elif entry.role != node.role:
        said = message("R23", "other_role", hostname=node.hostname, role=node.role, wanted=entry.role)
        yield ctx.finding(said, "roles", node.address, node=node.address)
    else:
        yield from _pool_still_there(ctx, whole(node))


def _pool_still_there(ctx: Context, node: NodeView) -> Iterator[Finding]:
    """Check that the file gives a pool in service no other layout: it is never created again."""
    entry = ctx.settings.vpool.get(node.address)
    if entry is None or node.pool is None or not node.pool.made_here or entry.layout == node.pool.layout:
        return
    said = message(
        "R23",
        "other_layout",
        hostname=node.hostname,
        address=node.address,
        layout=node.pool.layout,
        wanted=entry.layout,
    )
    yield ctx.finding(said, "vpool", node.address, "layout", node=node.address)


def _segments(ctx: Context, zone: ZoneView, staying: frozenset[str]) -> Iterator[Finding]:
    listed = set()
    for item in ctx.settings.eips:
        try:
            listed.add((item.vg_address, parse_eip(item.text).network.text))
        except ValueError:
            continue
    for eip in zone.eips:
        if eip.vg_address in staying and (eip.vg_address, eip.network) not in listed:
            said = message("R23", "segment_left_out", address=eip.vg_address, network=eip.network)
            yield ctx.finding(said, "eips", eip.vg_address, node=eip.vg_address)


def renamed_from(ctx: Context) -> str:
    """Return the zone whose id this file seems to change: the only zone all its nodes belong to; empty when none."""
    if ctx.kind == "scale" or ctx.zone_id in ctx.world.zone_by_id or not ctx.named:
        return ""
    zones = {named.node.zone_id if named.node else None for named in ctx.named}
    only = zones.pop() if len(zones) == 1 else None
    return only or ""
