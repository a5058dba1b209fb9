"""Configuring a zone that is configured already: R23."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.errors import Finding
from zones.core.pools import parse_eip
from zones.core.rules.context import Context
from zones.core.world import NodeView, ZoneView

RELEASABLE = frozenset({"new", "available", "configured", "collect_failed", "retired"})
"""States of a node on which nothing was installed (or nothing is left)."""


def r23(ctx: Context) -> Iterable[Finding]:
    """Check that a configured zone is configured again only with force, and without taking away what is in service."""
    zone = ctx.zone
    if ctx.kind == "scale":
        if zone is not None and not zone.configured:
            detail = f"zone {zone.zone_id} has not been configured yet"
            yield ctx.finding("R23", detail, "configure it before scaling it", "zone_id")
        return
    if zone is None or not zone.configured:
        return
    if not ctx.options.force:
        detail = f"zone {zone.zone_id} is configured already"
        yield ctx.finding("R23", detail, "use -f to configure it again", "zone_id")
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
            detail = f"{key} is {wanted}, but zone {zone.zone_id} runs as {had}"
            yield ctx.variable_finding("R23", detail, f"write {had}", "base", key)
    if ctx.variables.region_id and ctx.variables.region_id != zone.region_id:
        detail = f"region_id is {ctx.variables.region_id}, but zone {zone.zone_id} runs in {zone.region_id}"
        yield ctx.variable_finding("R23", detail, f"write {zone.region_id}", "common", "region_id")
    for node in staying:
        yield from _still_there(ctx, zone, node)
    yield from _segments(ctx, zone, frozenset(node.address for node in staying))


def _still_there(ctx: Context, zone: ZoneView, node: NodeView) -> Iterator[Finding]:
    entry = ctx.settings.roles.get(node.address)
    if entry is None:
        detail = f"node {node.hostname} ({node.address}) is {node.status} in zone {zone.zone_id}, but not in this file"
        yield ctx.finding("R23", detail, "add it with its role", "roles", node=node.address)
    elif entry.role != node.role:
        detail = f"node {node.hostname} is {node.role} in service and {entry.role} in this file"
        path = ("roles", node.address)
        yield ctx.finding("R23", detail, f"write role: {node.role}", *path, node=node.address)
    else:
        yield from _pool_still_there(ctx, node)


def _pool_still_there(ctx: Context, node: NodeView) -> Iterator[Finding]:
    """Check that the file gives a pool in service no other layout: it is never created again."""
    entry = ctx.settings.vpool.get(node.address)
    if entry is None or node.pool is None or not node.pool.made_here or entry.layout == node.pool.layout:
        return
    detail = f"the vpool of {node.hostname} ({node.address}) is {node.pool.layout} in service and {entry.layout} in this file"
    remedy = f"write layout: {node.pool.layout}, or take the node out of vpool: its layout is kept"
    yield ctx.finding("R23", detail, remedy, "vpool", node.address, "layout", node=node.address)


def _segments(ctx: Context, zone: ZoneView, staying: frozenset[str]) -> Iterator[Finding]:
    listed = set()
    for item in ctx.settings.eips:
        try:
            listed.add((item.vg_address, parse_eip(item.text).network.text))
        except ValueError:
            continue
    for eip in zone.eips:
        if eip.vg_address in staying and (eip.vg_address, eip.network) not in listed:
            detail = f"VG {eip.vg_address} carries {eip.network} in service, but the file leaves it out"
            remedy = "list it under eips: a segment in use is not taken away by configuring again"
            yield ctx.finding("R23", detail, remedy, "eips", eip.vg_address, node=eip.vg_address)


def renamed_from(ctx: Context) -> str:
    """Return the zone whose id this file seems to change: the only zone all its nodes belong to; empty when none."""
    if ctx.kind == "scale" or ctx.zone_id in ctx.world.zone_by_id or not ctx.named:
        return ""
    zones = {named.node.zone_id if named.node else None for named in ctx.named}
    only = zones.pop() if len(zones) == 1 else None
    return only or ""
