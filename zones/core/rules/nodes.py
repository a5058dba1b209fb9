"""Rules about the named nodes and the zone's state: R15, R16, R19, R20, R21, R23, R25."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from common.errors import Finding
from common.messages import Message, message
from zones.core.documents.settings import ROLES, SUB_ROLES, VM_ROLES
from zones.core.rules.context import Context, Named
from zones.core.world import KnownNode, NodeView

_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
GROUPS = frozenset({"all", "phy", "hyper", "localhost", *ROLES, *SUB_ROLES, *VM_ROLES})
_RETRY = frozenset({"configured", "scale_failed"})


def r15(ctx: Context) -> Iterable[Finding]:
    """Check that both files of one call are for the same zone (their names were checked when they were read)."""
    variables = ctx.documents.variables
    if variables is not None and variables.zone_id != ctx.zone_id:
        said = message("R15", "two_zones", zone=ctx.zone_id, other=variables.zone_id)
        yield ctx.variable_finding(said, "base", "zone_id")


def r16(ctx: Context) -> Iterable[Finding]:
    """Check that every named node exists, is available, has a pinned host key, is in no other zone, and has a valid hostname."""
    yield from ctx.stored_findings
    if ctx.kind == "scale" and ctx.zone is None:
        yield ctx.finding(_unknown_zone(ctx), "zone_id")
    taken = _taken_hostnames(ctx)
    for named in ctx.named:
        if named.node is None:
            address = named.entry.address
            said = message("R16", "unknown_node", address=address)
            yield ctx.finding(said, "roles", address, node=address)
        else:
            yield from _state(ctx, named, named.node)
            yield from _host_key(ctx, named, named.node)
            yield from _hostname(ctx, named, named.node, taken)


def _unknown_zone(ctx: Context) -> Message:
    known = sorted(ctx.world.zone_by_id)
    if known:
        return message(
            "R16", "unknown_zone", zone=ctx.zone_id, known=known, instead=_configured_first(ctx.zone_id)
        )
    return message("R16", "no_zone_yet", zone=ctx.zone_id, instead=_configured_first(ctx.zone_id))


def _configured_first(zone_id: str) -> Message:
    return message(
        "R16",
        "configured_first",
        variables=f"variables.{zone_id}.yaml",
        settings=f"settings.{zone_id}.yaml",
        zone=zone_id,
    )


def _host_key(ctx: Context, named: Named, node: NodeView) -> Iterator[Finding]:
    """Check that what is installed or adopted is the machine that was known by its key."""
    if not node.host_key_fingerprint:
        yield ctx.finding(
            message("R16", "no_host_key", node=named.label),
            "roles",
            named.entry.address,
            node=node.address,
        )


def _state(ctx: Context, named: Named, node: NodeView) -> Iterator[Finding]:
    path = ("roles", named.entry.address)
    own = node.zone_id == ctx.zone_id
    if node.zone_id and not own:
        said = message("R16", "of_another_zone", node=named.label, zone=node.zone_id)
        yield ctx.finding(said, *path, node=node.address)
        return
    ready = node.status == "available" or (own and node.status in _RETRY)
    again = own and ctx.kind != "scale"  # R23 decides whether that is allowed
    if not ready and not again:
        yield ctx.finding(_not_available(named.label, node.status), *path, node=node.address)


def _not_available(node: str, status: str) -> Message:
    if status == "new":
        return message("R16", "not_collected", node=node, status=status)
    if status == "collecting":
        return message("R16", "in_collection", node=node, status=status)
    if status == "collect_failed":
        return message("R16", "collection_failed", node=node, status=status)
    if status == "active":
        return message("R16", "in_service", node=node, status=status)
    return message("R16", "not_available", node=node, status=status)


def _taken_hostnames(ctx: Context) -> dict[str, list[KnownNode]]:
    """Return nodes of this file and of all zones by lower-case hostname."""
    members: dict[str, KnownNode] = {named.node.node_id: named.node for named in ctx.named if named.node}
    members |= {
        node.node_id: node for zone in ctx.world.zones for node in zone.nodes if node.status != "retired"
    }
    found: dict[str, list[KnownNode]] = {}
    for node in members.values():
        found.setdefault(node.hostname.lower(), []).append(node)
    return found


def _hostname(
    ctx: Context, named: Named, node: NodeView, taken: dict[str, list[KnownNode]]
) -> Iterator[Finding]:
    path = ("roles", named.entry.address)
    name = node.hostname
    example = f"{ctx.zone_id}r01n01"
    if not name or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        said = message("R16", "malformed_hostname", address=node.address, hostname=name[:70], example=example)
        yield ctx.finding(said, *path, node=node.address)
        return
    if name.lower().removeprefix(f"{ctx.zone_id}-") in GROUPS:
        said = message("R16", "named_as_group", address=node.address, hostname=name, example=example)
        yield ctx.finding(said, *path, node=node.address)
        return
    others = [other.address for other in taken.get(name.lower(), ()) if other.node_id != node.node_id]
    if others:
        said = message(
            "R16", "hostname_twice", address=node.address, hostname=name, others=others[:3], example=example
        )
        yield ctx.finding(said, *path, node=node.address)
    elif not re.fullmatch(re.escape(ctx.zone_id) + r"r[0-9]{2}n[0-9]{2}", name):
        said = message("R16", "unusual_hostname", hostname=name, zone=ctx.zone_id)
        yield ctx.finding(said, *path, level="warning", node=node.address)


def r19(ctx: Context) -> Iterable[Finding]:
    """Check that in vlan mode all hypers of the zone have the same interface names."""
    if ctx.network_mode != "vlan":
        return
    nodes = [*(ctx.zone.hypers if ctx.zone and ctx.kind == "scale" else ())]
    nodes += [named.node for named in ctx.hypers if named.node]
    if not nodes:
        return
    first = nodes[0]
    names = {nic.name for nic in first.nics}
    for node in nodes[1:]:
        other = {nic.name for nic in node.nics}
        if other == names:
            continue
        missing, extra = sorted(names - other), sorted(other - names)
        said = _other_interfaces(node.hostname, first.hostname, missing, extra)
        yield ctx.finding(said, "roles", node.address, node=node.address)


def _other_interfaces(node: str, other: str, missing: list[str], extra: list[str]) -> Message:
    if not extra:
        return message("R19", "lacks", node=node, missing=missing, other=other)
    if not missing:
        return message("R19", "has", node=node, extra=extra, other=other)
    return message("R19", "differs", node=node, missing=missing, extra=extra, other=other)


def r20(ctx: Context) -> Iterable[Finding]:
    """Check nothing: scaling excludes other jobs of the region, and the job engine's lock decides that at start."""
    return ()


def r21(ctx: Context) -> Iterable[Finding]:
    """Warn when the QEMU version differs from the zone's (new zone: from that of its region)."""
    wanted = ctx.settings.qemu_version
    region = ctx.variables.region_id or (ctx.zone.region_id if ctx.zone else "")
    for zone in sorted(ctx.world.zones, key=lambda item: item.zone_id):
        mine = zone.zone_id == ctx.zone_id
        if not zone.qemu_version or (not mine if ctx.kind == "scale" else zone.region_id != region or mine):
            continue
        # A version that was set up is known to every node of that zone.
        known = {"", zone.qemu_version, *zone.emulators}
        wants = {wanted}
        if not wanted and ctx.kind == "scale":
            wants = {named.node.qemu_version for named in ctx.hypers if named.node}
        differing = sorted(wants - known)
        if differing:
            folders = {zone.qemu_version: "", **zone.emulators, **dict.fromkeys(differing, "")}
            listed = [
                word
                for version, folder in folders.items()
                for word in ("--qemu", f"{version}={folder}" if folder else version)
            ]
            said = message(
                "R21", versions=differing, default=zone.qemu_version, zone=zone.zone_id, listed=listed
            )
            yield ctx.finding(said, "qemu_version", level="warning")


def r25(ctx: Context) -> Iterable[Finding]:
    """Check that the clock of every named node agrees with the installer's: a warning from 5 seconds on.

    More than a day is an error: signed package lists and certificates are not yet valid, or no longer valid, so that
    nothing could be installed. What counts is the offset measured by the last collection, less its uncertainty.
    """
    for named in ctx.named:
        node = named.node
        if node is not None and node.clock_wrong:
            said = message("R25", node=named.label, clock=node.clock_words)
            path = ("roles", named.entry.address)
            yield ctx.finding(said, *path, level=node.clock_wrong, node=node.address)
