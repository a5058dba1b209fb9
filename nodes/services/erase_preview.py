"""What an erase preview shows, and what it refuses."""

from __future__ import annotations

import shlex
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Max

from common.errors import Finding, Refused
from common.messages import message
from jobs.queries import stamp
from nodes.collection.disks import NOT_HERE
from nodes.collection.identity import contradict
from nodes.collection.stored_output import nonce_of
from nodes.erasing.content import DiskContent, read_contents
from nodes.erasing.holders import release
from nodes.models import Collection, Disk, Node
from nodes.parsers.errors import FactsError
from nodes.services.collect import collect_words
from nodes.states import NodeStatus

# Disks in one query: SQLite takes 32,766 values.
_AT_ONCE = 10_000
# A failed scaling may have left disks that must be erased before the node is used again.
ERASABLE = frozenset(
    {
        NodeStatus.NEW,
        NodeStatus.AVAILABLE,
        NodeStatus.COLLECT_FAILED,
        NodeStatus.CONFIGURED,
        NodeStatus.SCALE_FAILED,
        NodeStatus.RETIRED,
    }
)


def refuse_states(nodes: Sequence[Node]) -> None:
    """Raise :class:`Refused` for every node whose disks the platform uses."""
    bad = [node for node in nodes if node.status not in ERASABLE]
    if bad:
        raise Refused(
            Finding(
                "N35",
                f"{node} is {node.status}: its disks are not erased",
                "leave it out: what a machine in service holds is not erased"
                if node.status == NodeStatus.ACTIVE
                else "wait until that is over",
                node=str(node.mgmt_address),
            )
            for node in bad
        )


def shown_disks(nodes: Sequence[Node], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return each named disk of each node with what is known of it. Raises :class:`Refused` with every objection."""
    shown: list[dict[str, Any]] = []
    findings: list[Finding] = []
    known: dict[int, dict[str, Disk]] = {node.pk: {} for node in nodes}
    for disk in Disk.objects.filter(node__in=nodes, present=True).prefetch_related("corrections"):
        known[disk.node_id][disk.name] = disk
    contents = contents_of_nodes(nodes)
    for node in nodes:
        disks = known[node.pk]
        problem = _unfit(node, disks)
        if problem:
            findings.append(problem)
            continue
        content = contents.get(node.pk, {})
        for name in names:
            against = _against(node, name, disks.get(name), content.get(name))
            findings += against
            if not against:
                shown.append(_shown(node, disks[name], content.get(name)))
    if findings:
        raise Refused(findings)
    refuse_shared(shown)
    return shown


def refuse_changed(shown: Sequence[dict[str, Any]]) -> None:
    """Raise :class:`Refused` for every disk of a preview that a collection since then has not seen there.

    All identifiers known then and now must agree; a contradiction is reported with both values.
    """
    rows = Disk.objects.filter(node__node_id__in={disk["node_id"] for disk in shown}, present=True)
    there = {(row.node.node_id, row.identity): row for row in rows.select_related("node")}
    findings = []
    for disk in shown:
        reason = _changed(disk, there.get((disk["node_id"], disk["identity"])))
        if reason:
            findings.append(
                Finding(
                    message(
                        "N39",
                        name=disk["name"],
                        serial=disk["serial"] or disk["wwn"],
                        mgmt_address=disk["mgmt_address"],
                        reason=reason,
                    ),
                    node=disk["mgmt_address"],
                )
            )
    if findings:
        raise Refused(findings)


def _changed(disk: dict[str, Any], row: Disk | None) -> str:
    if row is None:
        return "the node was collected since, and no disk of this identity was seen"
    pairs = (
        ("WWN", disk["wwn"], row.wwn),
        ("serial", disk["serial"], row.serial),
        ("link", disk.get("by_id", ""), row.by_id),
        ("model", disk["model"], row.model),
        ("size in bytes", disk["size_bytes"], row.observed_size_bytes),
    )
    changed = [
        f"its {what} is {now} now, it was {then}" for what, then, now in pairs if then and now and then != now
    ]
    return f"the node was collected since, {'; '.join(changed)}" if changed else ""


def refuse_shared(shown: Sequence[dict[str, Any]]) -> None:
    """Raise :class:`Refused` for every disk that another node sees, too, and uses.

    A LUN, a shelf on two machines, or one machine that was added under two of its addresses.
    """
    findings = [
        Finding(
            "N43",
            f"{disk['name']} of {disk['mgmt_address']} is also {row.name} of {row.node} "
            f"(WWN {row.wwn}), {use[0]}",
            use[1],
            node=disk["mgmt_address"],
            field="disks",
        )
        for start in range(0, len(shown), _AT_ONCE)
        for disk, row in _elsewhere(shown[start : start + _AT_ONCE])
        if any(use := _use_there(row))
    ]
    if findings:
        raise Refused(findings)


def _elsewhere(shown: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Disk]]:
    """Yield each disk with the same disk on another node: a WWN is unique in the world, a serial number is not."""
    by_wwn = {disk["wwn"]: disk for disk in shown if disk["wwn"]}
    rows = Disk.objects.filter(wwn__in=list(by_wwn), present=True).select_related("node")
    for row in rows.order_by("node", "order"):
        disk = by_wwn[row.wwn]
        same = row.observed_size_bytes == disk["size_bytes"]
        other = contradict(row.wwn, row.serial, disk["wwn"], disk["serial"])
        if same and not other and row.node.node_id != disk["node_id"]:
            yield disk, row


def _use_there(disk: Disk) -> tuple[str, str]:
    """Return how another node uses the disk, and what to do; empty where it does not."""
    points = [str(point) for point in disk.mountpoints]
    if disk.is_os:
        return "which carries the operating system there", "leave the disk out"
    if disk.node.status == NodeStatus.ACTIVE:
        return "and that node is active", "leave the disk out"
    if disk.node.status not in ERASABLE:
        return f"and that node is {disk.node.status}", "leave the disk out, or wait until that is over"
    if points:
        return (
            f"which is mounted on {', '.join(points[:3])} there",
            f"leave the disk out, or {_let_go(disk.node, _mounted(points))}",
        )
    return "", ""


def _mounted(points: Sequence[str]) -> str:
    """Describe mounts in the words of :mod:`nodes.erasing.holders`, with the command that releases them."""
    places = [point for point in points if point.startswith("/")]
    command = f" (umount {shlex.join(places)})" if places == list(points) else ""
    return f"mounted on {', '.join(points)}{command}"


def _unfit(node: Node, known: dict[str, Disk]) -> Finding | None:
    """Return why no disk of this node may be erased."""
    place: dict[str, Any] = {"node": str(node.mgmt_address)}
    if not known or not node.collected_at:
        return Finding(message("N32", "never_collected", node=node), **place)
    if not any(disk.is_os for disk in known.values()):
        return Finding(message("N32", "its_os_disk", node=node), **place)
    if not node.host_key:
        return Finding(message("N32", "its_host_key", node=node), **place)
    return None


def contents_of_nodes(nodes: Sequence[Node]) -> dict[int, dict[str, DiskContent]]:
    """Return what lies on disks and what uses them, by primary key of the node and name of the disk.

    Nodes with imported facts and no output of their own are left out.
    """
    newest = Collection.objects.filter(node__in=nodes, error="").values("node").annotate(newest=Max("id"))
    rows = Collection.objects.filter(pk__in=newest.values("newest")).exclude(raw=b"")
    # One at a time: the output of all nodes may not fit into memory.
    return {row.node_id: _read(row) for row in rows.iterator(chunk_size=1)}


def _read(row: Collection) -> dict[str, DiskContent]:
    """Read the content; empty when the output cannot be parsed."""
    try:
        raw = zlib.decompress(row.raw)
        return read_contents(raw, nonce_of(raw))
    except (FactsError, zlib.error):
        return {}


def _against(node: Node, name: str, disk: Disk | None, content: DiskContent | None) -> list[Finding]:
    place: dict[str, Any] = {"node": str(node.mgmt_address), "field": "disks"}
    if name in node.os_legs:
        return [Finding(message("N36", "carries_operating_system", name=name[:40], node=node), **place)]
    if disk is None:
        return [Finding(message("N16", "has_no_disk2", node=node, name=name[:40]), **place)]
    if disk.is_os:
        return [Finding(message("N36", "os_disk", name=name, node=node), **place)]
    if disk.identity.startswith("name:"):
        return [
            Finding(
                message(
                    "N37",
                    name=name,
                    node=node,
                    mgmt_address=node.mgmt_address,
                    value=shlex.quote(f"wipefs -a /dev/{name}"),
                    node2=collect_words(node),
                ),
                **place,
            )
        ]
    if disk.status_reason.startswith(NOT_HERE) and not disk.effective("status"):
        return [Finding(message("N44", name=name, node=node, status_reason=disk.status_reason), **place)]
    users = content.users if content else tuple(_mounted([str(point)]) for point in disk.mountpoints)
    return [
        Finding("N38", f"{name} of {node} is in use: {user}", _let_go(node, user), **place) for user in users
    ]


def _let_go(node: Node, user: str) -> str:
    command = release(user)
    by = f": exec_nodes {node.mgmt_address} {shlex.quote(command)}" if command else " there"
    return f"let go of it{by}, then collect it again: {collect_words(node)}"


def _shown(node: Node, disk: Disk, content: DiskContent | None) -> dict[str, Any]:
    return {
        "node_id": node.node_id,
        "mgmt_address": str(node.mgmt_address),
        "hostname": node.hostname,
        "name": disk.name,
        "model": disk.model,
        # Why it is not proposed for use: a boot stick, virtual media, another machine's.
        "status_reason": disk.status_reason,
        "serial": disk.serial,
        "wwn": disk.wwn,
        "by_id": disk.by_id,
        "identity": disk.identity,
        # The size that the disk itself reports: a corrected one is for planning, not for recognising.
        "size_bytes": disk.observed_size_bytes,
        "signatures": list(disk.signatures),
        "lost": list(content.lost) if content else list(disk.signatures),
        "content_known": content is not None,
        # What is shown is as old as this.
        "collected_at": stamp(node.collected_at),
    }
