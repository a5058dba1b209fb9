"""Disks that a plan erases before it formats them: who uses them, what is on them, and what has changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from common.errors import Finding, Refused
from common.messages import message
from common.readings import Readings
from nodes.erasing.content import DiskContent
from nodes.erasing.holders import release
from nodes.models import Node
from nodes.services.erase_preview import contents_of_nodes, newest_collections, shown_disks
from zones.core.data_disks import used_disks
from zones.core.plan import PlanResult
from zones.core.world import DiskView, NodeView, World, whole

# Nothing was installed on such a node yet: what is on its disks does not come from the installation.
_UNTOUCHED = ("available", "configured")


def with_users(world: World, addresses: Collection[str], readings: Readings) -> World:
    """Return the world with the users of these nodes' disks, as their last collection found them."""
    found = (world.node_by_address.get(address) for address in addresses)
    dirty = {
        node.node_id: node
        for node in map(whole, filter(None, found))
        if any(disk.holds for disk in node.data_disks)
    }
    rows = list(Node.objects.filter(node_id__in=dirty)) if dirty else []
    # A collection is never changed: the newest ones tell whether what was read is still so.
    readings.rows(newest_collections(rows).order_by("node").values_list("node", "newest"))
    contents = contents_of_nodes(rows)
    known = {row.node_id: contents[row.pk] for row in rows if contents.get(row.pk)}
    return world.with_nodes({node_id: _with_contents(dirty[node_id], on) for node_id, on in known.items()})


def _with_contents(node: NodeView, known: Mapping[str, DiskContent]) -> NodeView:
    return replace(node, data_disks=tuple(_used(disk, known.get(disk.name)) for disk in node.data_disks))


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
    for node in Node.objects.filter(mgmt_address__in=chosen).order_by("address_order"):
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
