"""Disks that a plan erases before it formats them: who uses them, what is on them, and what has changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from common.errors import Finding, Refused
from common.messages import message
from nodes.erasing.content import DiskContent
from nodes.erasing.holders import release
from nodes.models import Node
from nodes.services.erase_preview import contents_of_nodes, shown_disks
from zones.core.data_disks import used_disks
from zones.core.plan import PlanResult
from zones.core.world import DiskView, NodeView, World

# Nothing was installed on such a node yet: what is on its disks does not come from the installation.
_UNTOUCHED = ("available", "configured")


def with_users(world: World, addresses: Collection[str]) -> World:
    """Return the world with the users of these nodes' disks, as their last collection found them."""
    dirty = {
        node.address
        for node in world.nodes
        if node.address in addresses and any(d.holds for d in node.data_disks)
    }
    rows = {node.node_id: node for node in Node.objects.filter(mgmt_address__in=dirty)}
    contents = contents_of_nodes(list(rows.values())) if rows else {}
    found = {node_id: contents.get(node.pk, {}) for node_id, node in rows.items()}

    def filled(node: NodeView) -> NodeView:
        known = found.get(node.node_id)
        if not known:
            return node
        return replace(node, data_disks=tuple(_used(disk, known.get(disk.name)) for disk in node.data_disks))

    return replace(
        world,
        nodes=tuple(map(filled, world.nodes)),
        zones=tuple(replace(zone, nodes=tuple(map(filled, zone.nodes))) for zone in world.zones),
    )


def _used(disk: DiskView, content: DiskContent | None) -> DiskView:
    if content is None or not content.users:
        return disk
    commands = tuple(command for command in map(release, content.users) if command)
    return replace(disk, users=content.users, releases=commands)


def erase_targets(result: PlanResult) -> dict[str, list[dict[str, Any]]]:
    """Return what is erased, by address: each disk as a preview of erasing shows it, with what is lost.

    Raises :class:`Refused` with everything for which such a preview is refused, too.
    """
    chosen = {role.address: role.erase for role in result.roles if role.erase}
    found: dict[str, list[dict[str, Any]]] = {}
    findings: list[Finding] = []
    for node in Node.objects.filter(mgmt_address__in=chosen).order_by("mgmt_address"):
        address = str(node.mgmt_address)
        try:
            found[address] = shown_disks([node], list(chosen[address]))
        except Refused as refusal:
            findings += [replace(item, field=f"erase.{address}") for item in refusal.findings]
    if findings:
        raise Refused(findings)
    return found


def filled_since(nodes: Iterable[NodeView], roles: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Return P71: what disks hold now but did not when the plan was made, on nodes where nothing was installed."""
    findings = []
    for node in nodes:
        seen = {disk["name"]: disk["signatures"] for disk in roles[node.address].get("erase", ())}
        for disk in used_disks(node.role or "", node) if node.status in _UNTOUCHED else ():
            new = [sign for sign in disk.holds if sign not in seen.get(disk.name, ())]
            if new:
                findings.append(Finding(message("P71", disk=disk.name, content=new), node=node.address))
    return findings
