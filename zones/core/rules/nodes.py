"""Rules about the named nodes and the zone's state: R15, R16, R19, R20, R21, R23, R25."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from common.errors import Finding
from zones.core.documents.settings import ROLES, SUB_ROLES, VM_ROLES
from zones.core.rules.context import Context, Named
from zones.core.world import NodeView

_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
GROUPS = frozenset({"all", "phy", "hyper", "localhost", *ROLES, *SUB_ROLES, *VM_ROLES})
SET_CLOCK = (
    "set it (chronyc makestep, or date -u -s, then hwclock -w), let a time service keep it, and collect the node again; "
    "when all nodes differ alike, look at the clock of the installer"
)
_RETRY = frozenset({"configured", "scale_failed"})


def r15(ctx: Context) -> Iterable[Finding]:
    """Check that both files of one call are for the same zone (their names were checked when they were read)."""
    variables = ctx.documents.variables
    if variables is not None and variables.zone_id != ctx.zone_id:
        detail = f"the settings file is for zone {ctx.zone_id}, the variables file for {variables.zone_id}"
        yield ctx.variable_finding("R15", detail, "give two files of the same zone", "base", "zone_id")


def r16(ctx: Context) -> Iterable[Finding]:
    """Check that every named node exists, is available, has a pinned host key, is in no other zone, and has a valid hostname."""
    yield from ctx.stored_findings
    if ctx.kind == "scale" and ctx.zone is None:
        known = ", ".join(sorted(ctx.world.zone_by_id)) or "none yet"
        detail = f"zone {ctx.zone_id} is not known here (known: {known})"
        remedy = (
            f"correct zone_id; a new zone is configured (config_qingcloud -v variables.{ctx.zone_id}.yaml "
            f"-s settings.{ctx.zone_id}.yaml) and its plan approved (approve_plan -z {ctx.zone_id}) and applied before "
            "it is scaled; one that runs already is adopted first (adopt_zone with the same files)"
        )
        yield ctx.finding("R16", detail, remedy, "zone_id")
    taken = _taken_hostnames(ctx)
    for named in ctx.named:
        if named.node is None:
            detail = f"node {named.entry.address} is not known"
            at = named.entry.address
            remedy = f"add it: add_nodes -i {at}, then establish_ssh for it, and collect its hardware: collect_nodes -i {at}"
            path = ("roles", named.entry.address)
            yield ctx.finding("R16", detail, remedy, *path, node=named.entry.address)
        else:
            yield from _state(ctx, named, named.node)
            yield from _host_key(ctx, named, named.node)
            yield from _hostname(ctx, named, named.node, taken)


def _host_key(ctx: Context, named: Named, node: NodeView) -> Iterator[Finding]:
    """Check that what is installed or adopted is the machine that was known by its key."""
    if not node.host_key_fingerprint:
        yield ctx.finding(
            "R16",
            f"node {named.label} has no pinned host key: whether it is that machine cannot be known",
            "establish_ssh for it first",
            "roles",
            named.entry.address,
            node=node.address,
        )


def _state(ctx: Context, named: Named, node: NodeView) -> Iterator[Finding]:
    path = ("roles", named.entry.address)
    own = node.zone_id == ctx.zone_id
    if node.zone_id and not own:
        detail = f"node {named.label} belongs to zone {node.zone_id}"
        yield ctx.finding("R16", detail, "take it out of this file", *path, node=node.address)
        return
    ready = node.status == "available" or (own and node.status in _RETRY)
    again = own and ctx.kind != "scale"  # R23 decides whether that is allowed
    if not ready and not again:
        remedies = {
            "new": "collect its hardware with collect_nodes",
            "collecting": "wait until its collection is done",
            "collect_failed": "see get_log --action collect_nodes, then collect it again",
            "active": "it is in service already: take it out of this file",
        }
        detail = f"node {named.label} is {node.status}, not available"
        remedy = remedies.get(node.status, "take it out of this file")
        yield ctx.finding("R16", detail, remedy, *path, node=node.address)


def _taken_hostnames(ctx: Context) -> dict[str, list[NodeView]]:
    """Return nodes of this file and of all zones by lower-case hostname."""
    members = {named.node.node_id: named.node for named in ctx.named if named.node}
    members |= {
        node.node_id: node for zone in ctx.world.zones for node in zone.nodes if node.status != "retired"
    }
    found: dict[str, list[NodeView]] = {}
    for node in members.values():
        found.setdefault(node.hostname.lower(), []).append(node)
    return found


def _hostname(
    ctx: Context, named: Named, node: NodeView, taken: dict[str, list[NodeView]]
) -> Iterator[Finding]:
    path = ("roles", named.entry.address)
    name = node.hostname
    remedy = f"set the hostname, for example {ctx.zone_id}r01n01, and collect the node again"
    if not name or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        detail = f"node {node.address} has the hostname {name[:70]!r}, which is not well formed"
        yield ctx.finding("R16", detail, remedy, *path, node=node.address)
        return
    if name.lower().removeprefix(f"{ctx.zone_id}-") in GROUPS:
        detail = f"node {node.address} is called {name}, which is the name of a group of nodes"
        yield ctx.finding("R16", detail, remedy, *path, node=node.address)
        return
    others = [other.address for other in taken.get(name.lower(), ()) if other.node_id != node.node_id]
    if others:
        detail = f"node {node.address} has the hostname {name}, as {', '.join(others[:3])} has"
        yield ctx.finding("R16", detail, remedy, *path, node=node.address)
    elif not re.fullmatch(re.escape(ctx.zone_id) + r"r[0-9]{2}n[0-9]{2}", name):
        detail = f"hostname {name} is not {ctx.zone_id}rNNnNN (rack and number)"
        yield ctx.finding("R16", detail, "rename it if you can", *path, level="warning", node=node.address)


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
        parts = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has {', '.join(extra)}"] * bool(extra)
        detail = f"hyper {node.hostname} {' and '.join(parts)} compared with {first.hostname}"
        remedy = "name the interfaces alike on all hypers, then collect them again"
        yield ctx.finding("R19", detail, remedy, "roles", node.address, node=node.address)


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
            detail = (
                f"QEMU {', '.join(differing)} is to run beside {zone.qemu_version} of zone {zone.zone_id}"
            )
            folders = {zone.qemu_version: "", **zone.emulators, **dict.fromkeys(differing, "")}
            listed = " ".join(
                f"--qemu {version}{'=' * bool(folder)}{folder}" for version, folder in folders.items()
            )
            remedy = (
                f"list them: set_qemu_version -z {zone.zone_id} {listed} --default {zone.qemu_version}, then its --approve "
                "and --apply: that builds pitrix-global-conf and updates all nodes"
            )
            yield ctx.finding("R21", detail, remedy, "qemu_version", level="warning")


def r25(ctx: Context) -> Iterable[Finding]:
    """Check that the clock of every named node agrees with the installer's: a warning from 5 seconds on.

    More than a day is an error: signed package lists and certificates are not yet valid, or no longer valid, so that
    nothing could be installed. What counts is the offset measured by the last collection, less its uncertainty.
    """
    for named in ctx.named:
        node = named.node
        if node is not None and node.clock_wrong:
            detail = f"the clock of node {named.label} {node.clock_words}"
            path = ("roles", named.entry.address)
            level = node.clock_wrong
            yield ctx.finding("R25", detail, SET_CLOCK, *path, level=level, node=node.address)
