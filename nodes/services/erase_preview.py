"""What an erase preview shows, and what it refuses."""

from __future__ import annotations

import shlex
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Max, QuerySet

from common.errors import Finding, Refused
from common.messages import Message, message, phrase
from common.wording import _
from jobs.queries import stamp
from nodes.collection.disks import NOT_HERE
from nodes.collection.identity import contradict
from nodes.collection.stored_output import nonce_of
from nodes.erasing.content import DiskContent, read_contents
from nodes.erasing.holders import release
from nodes.models import Collection, Disk, Node
from nodes.parsers.errors import FactsError
from nodes.services.collect import force_words
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
                message("N35", "in_service", node=node, status=node.status)
                if node.status == NodeStatus.ACTIVE
                else message("N35", "at_work", node=node, status=node.status),
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
                        disk=disk["name"],
                        serial=disk["serial"] or disk["wwn"],
                        address=disk["mgmt_address"],
                        reason=reason,
                    ),
                    node=disk["mgmt_address"],
                )
            )
    if findings:
        raise Refused(findings)


def _changed(disk: dict[str, Any], row: Disk | None) -> Message | None:
    if row is None:
        return phrase(_("the node has been collected since, and no disk of this identity was found"))
    pairs = (
        (_("its WWN is now {now}, it was {before}"), disk["wwn"], row.wwn),
        (_("its serial number is now {now}, it was {before}"), disk["serial"], row.serial),
        (_("its by-id link is now {now}, it was {before}"), disk.get("by_id", ""), row.by_id),
        (_("its model is now {now}, it was {before}"), disk["model"], row.model),
        (_("its size in bytes is now {now}, it was {before}"), disk["size_bytes"], row.observed_size_bytes),
    )
    changed = [
        phrase(says, now=now, before=before)
        for says, before, now in pairs
        if before and now and before != now
    ]
    return phrase(_("the node has been collected since; {changed:;}"), changed=changed) if changed else None


def refuse_shared(shown: Sequence[dict[str, Any]]) -> None:
    """Raise :class:`Refused` for every disk that another node sees, too, and uses.

    A LUN, a shelf on two machines, or one machine that was added under two of its addresses.
    """
    findings = [
        Finding(use, node=disk["mgmt_address"], field="disks")
        for start in range(0, len(shown), _AT_ONCE)
        for disk, row in _elsewhere(shown[start : start + _AT_ONCE])
        if (use := _use_there(disk, row))
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


def _use_there(disk: dict[str, Any], row: Disk) -> Message | None:
    """Return how another node uses the disk, and what to do; None where it does not."""
    points = [str(point) for point in row.mountpoints]
    name, address, node = disk["name"], disk["mgmt_address"], row.node
    if row.is_os:
        return message(
            "N43", "system_there", disk=name, address=address, other=row.name, node=node, wwn=row.wwn
        )
    if node.status == NodeStatus.ACTIVE:
        return message(
            "N43", "active_there", disk=name, address=address, other=row.name, node=node, wwn=row.wwn
        )
    if node.status not in ERASABLE:
        return message(
            "N43",
            "at_work_there",
            disk=name,
            address=address,
            other=row.name,
            node=node,
            wwn=row.wwn,
            status=node.status,
        )
    if points:
        return message(
            "N43",
            "mounted_there",
            disk=name,
            address=address,
            other=row.name,
            node=node,
            wwn=row.wwn,
            points=points[:3],
            release=_let_go(node, _mounted(points)),
        )
    return None


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
        return Finding(message("N32", "no_os_disk", node=node), **place)
    if not node.host_key:
        return Finding(message("N32", "no_host_key", node=node), **place)
    return None


def newest_collections(nodes: Sequence[Node]) -> QuerySet[Any, Any]:
    """Return the last collection that succeeded, ``newest``, of each ``node``; both by primary key."""
    return Collection.objects.filter(node__in=nodes, error="").values("node").annotate(newest=Max("id"))


def contents_of_nodes(nodes: Sequence[Node]) -> dict[int, dict[str, DiskContent]]:
    """Return the contents and users of disks, by primary key of the node and name of the disk.

    Nodes with imported facts and no output of their own are left out.
    """
    newest = newest_collections(nodes).values("newest")
    rows = Collection.objects.filter(pk__in=newest).exclude(raw=b"")
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
        return [Finding(message("N36", "system_part", disk=name[:40], node=node), **place)]
    if disk is None:
        return [Finding(message("N16", "unknown_to_erase", node=node, disk=name[:40]), **place)]
    if disk.is_os:
        return [Finding(message("N36", "os_disk", disk=name, node=node), **place)]
    if disk.identity.startswith("name:"):
        return [
            Finding(
                message(
                    "N37",
                    disk=name,
                    node=node,
                    address=node.mgmt_address,
                    wipe=f"wipefs -a /dev/{name}",
                    force=force_words(node),
                ),
                **place,
            )
        ]
    if disk.status_reason.startswith(NOT_HERE) and not disk.effective("status"):
        return [Finding(message("N44", disk=name, node=node, reason=disk.status_reason), **place)]
    users = content.users if content else tuple(_mounted([str(point)]) for point in disk.mountpoints)
    return [
        Finding(
            message("N38", "in_use", disk=name, node=node, user=user, release=_let_go(node, user)), **place
        )
        for user in users
    ]


def _let_go(node: Node, user: str) -> Message:
    command, address, force = release(user), node.mgmt_address, force_words(node)
    if command:
        return message("N38", "release_by", address=address, command=command, force=force)
    return message("N38", "release_there", address=address, force=force)


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
