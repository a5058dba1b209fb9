"""Scale-outs: begun, filled with nodes, handed over, closed; and shown with their stages."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from common import audit
from common.actor import Actor
from common.errors import Difference, Finding, NotFound, Outdated, Refused
from common.messages import message
from common.pasted import refuse_pasted
from jobs.queries import stamp
from nodes.addresses import read_addresses
from nodes.models import Node
from nodes.services.add import add_nodes
from nodes.states import IN_SERVICE, NodeStatus
from operations.models import ScaleOut, ScaleOutNode
from operations.scale_out.load import load
from operations.scale_out.snapshot import Snapshot
from operations.scale_out.stages import Action, Note, Stage, next_action, stages
from zones.core.documents.reader import NAME
from zones.models import Role
from zones.services.lookups import find_zone

MAX_NOTE_CHARS = 4000
_BATCH = 500
_LISTED = 100


def begin_scale_out(
    *,
    zone_id: str,
    actor: Actor,
    kind: str = ScaleOut.Kind.NODES,
    addresses: Sequence[str] = (),
    note: str = "",
    port: int = 22,
    user: str = "root",
) -> ScaleOut:
    """Begin a scale-out of a zone with these nodes; addresses that are not registered yet are added as nodes.

    Raises :class:`Refused` where the zone has an open one (B01), and for each node that cannot be part of it (B02).
    """
    refuse_pasted([zone_id], field="zone_id")
    if not NAME.fullmatch(zone_id):
        raise Refused.because(message("B07", zone=zone_id[:40]), field="zone_id")
    _refuse_second(zone_id)
    try:
        with transaction.atomic():
            scale_out = ScaleOut.objects.create(
                zone_id=zone_id,
                kind=ScaleOut.Kind(kind),
                created_by=actor.name,
                **(_noted(note, actor) if note else {}),
            )
            audit.record(
                actor, "begin_scale_out", scale_out.scale_out_id, reason=note, zone_id=zone_id, kind=str(kind)
            )
            if addresses:
                _add(scale_out, addresses, actor, port, user)
    except IntegrityError:
        # Another person was faster by a moment.
        _refuse_second(zone_id)
        raise
    return scale_out


def add_to_scale_out(
    *, scale_out_id: str, addresses: Sequence[str], actor: Actor, port: int = 22, user: str = "root"
) -> list[Node]:
    """Add nodes, and return those that it did not have; addresses that are not registered yet are added as nodes.

    Raises :class:`Refused` for each node that cannot be part of it (B02), and for a closed scale-out (B04).
    """
    with transaction.atomic():
        return _add(_locked(scale_out_id), addresses, actor, port, user)


def remove_from_scale_out(
    *, scale_out_id: str, addresses: Sequence[str], actor: Actor, reason: str = ""
) -> int:
    """Take nodes out; they stay registered, and in a plan that has them. Returns their number.

    Raises :class:`Refused` for each that is not part of it (B03), and for a closed scale-out (B04).
    """
    with transaction.atomic():
        scale_out = _locked(scale_out_id)
        wanted = read_addresses(addresses)
        members = ScaleOutNode.objects.filter(scale_out=scale_out, node__mgmt_address__in=wanted)
        found = {str(address) for address in members.values_list("node__mgmt_address", flat=True)}
        missing = [address for address in wanted if address not in found]
        if missing:
            raise Refused(
                Finding(message("B03", address=address, scale_out=scale_out), node=address)
                for address in missing
            )
        members.delete()
        audit.record(actor, "remove_from_scale_out", scale_out.scale_out_id, reason=reason, nodes=wanted)
    return len(wanted)


def note_scale_out(*, scale_out_id: str, note: str, actor: Actor, made_from: str | None = None) -> ScaleOut:
    """Write the note for whoever takes over. ``made_from``: the note that the author saw.

    Raises :class:`Outdated` with the difference when another person has changed it since (B06).
    """
    with transaction.atomic():
        scale_out = _locked(scale_out_id)
        text = note.strip()[:MAX_NOTE_CHARS]
        if made_from is not None and made_from.strip() != scale_out.note and text != scale_out.note:
            said = message("B06", who=scale_out.note_by, scale_out=scale_out, at=scale_out.note_at)
            diff = "".join(
                difflib.unified_diff(
                    made_from.strip().splitlines(keepends=True), scale_out.note.splitlines(keepends=True)
                )
            )
            raise Outdated([Finding(said, field="note")], Difference((said,), (("note", diff),)))
        before = scale_out.note
        for name, value in _noted(text, actor).items():
            setattr(scale_out, name, value)
        scale_out.save(update_fields=["note", "note_by", "note_at"])
        audit.record(actor, "note_scale_out", scale_out.scale_out_id, reason=text, before=before)
    return scale_out


def confirm_routes(*, scale_out_id: str, actor: Actor, comment: str = "") -> ScaleOut:
    """Record that the return routes are on the gateway; a second confirmation changes nothing."""
    with transaction.atomic():
        scale_out = _locked(scale_out_id)
        if not scale_out.routes_confirmed_by:
            scale_out.routes_confirmed_by = actor.name
            scale_out.routes_confirmed_at = timezone.now()
            scale_out.save(update_fields=["routes_confirmed_by", "routes_confirmed_at"])
            audit.record(
                actor, "confirm_routes", scale_out.scale_out_id, reason=comment, zone_id=scale_out.zone_id
            )
    return scale_out


def close_scale_out(*, scale_out_id: str, actor: Actor, reason: str = "") -> ScaleOut:
    """Close it, done or given up; it stays as a record. Raises :class:`Refused` where it is closed (B04)."""
    with transaction.atomic():
        scale_out = _locked(scale_out_id)
        scale_out.closed_by = actor.name
        scale_out.closed_at = timezone.now()
        scale_out.save(update_fields=["closed_by", "closed_at"])
        audit.record(
            actor, "close_scale_out", scale_out.scale_out_id, reason=reason, zone_id=scale_out.zone_id
        )
    return scale_out


def change_scale_out(
    *,
    scale_out_id: str,
    actor: Actor,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    note: str | None = None,
    made_from: str | None = None,
    routes_done: bool = False,
    close: bool = False,
) -> ScaleOut:
    """Make several of these changes, all of them or none. Raises :class:`Refused` where nothing is to be changed (B08)."""
    named: dict[str, Any] = {"scale_out_id": scale_out_id, "actor": actor}
    find_scale_out(scale_out_id)
    if not (add or remove or note is not None or routes_done or close):
        raise Refused.because(message("B08"))
    with transaction.atomic():
        if add:
            add_to_scale_out(addresses=add, **named)
        if remove:
            remove_from_scale_out(addresses=remove, **named)
        if note is not None:
            note_scale_out(note=note, made_from=made_from, **named)
        if routes_done:
            confirm_routes(**named)
        if close:
            close_scale_out(**named)
    return find_scale_out(scale_out_id)


def find_scale_out(scale_out_id: str, zone_id: str = "") -> ScaleOut:
    """Look up the scale-out with this id, of this zone if given. Raises :class:`NotFound`."""
    found = ScaleOut.objects.filter(scale_out_id=scale_out_id).first()
    if found is None or (zone_id and found.zone_id != zone_id):
        refuse_pasted([scale_out_id], field="scale_out_id")
        asked = scale_out_id[:40]
        raise NotFound.because(
            message("B05", "of_zone", zone=zone_id[:40], scale_out=asked)
            if zone_id
            else message("B05", "", scale_out=asked)
        )
    return found


def list_scale_outs(*, zone_id: str = "", closed: bool = True) -> list[dict[str, Any]]:
    """Return the scale-outs of a zone, or of all zones, newest first, without their stages. Raises :class:`NotFound`."""
    rows = ScaleOut.objects.all() if closed else ScaleOut.objects.filter(closed_at=None)
    if zone_id:
        rows = rows.filter(zone_id=zone_id)
        if not ScaleOut.objects.filter(zone_id=zone_id).exists():
            find_zone(zone_id)
    return [_row(scale_out, scale_out.node_count) for scale_out in counted(rows)[:_LISTED]]


def describe_scale_out(*, scale_out_id: str, zone_id: str = "") -> dict[str, Any]:
    """Return a scale-out with its stages and what comes next. Raises :class:`NotFound`."""
    scale_out = find_scale_out(scale_out_id, zone_id)
    snapshot = load(scale_out)
    found = stages(snapshot)
    following = next_action(found, closed=scale_out.closed_at is not None)
    return {
        **_row(scale_out, len(snapshot.nodes)),
        "nodes": [_node(node) for node in snapshot.nodes],
        "plan_id": snapshot.plan.plan_id if snapshot.plan else None,
        "job_id": snapshot.job.job_id if snapshot.job else None,
        "stages": [_stage(stage) for stage in found],
        "next": _action(following),
    }


def of_snapshot(scale_out: ScaleOut) -> tuple[Snapshot, tuple[Stage, ...]]:
    """Return the snapshot of a scale-out and its stages, for a page that shows more than the JSON says."""
    snapshot = load(scale_out)
    return snapshot, stages(snapshot)


def _refuse_second(zone_id: str) -> None:
    opened = ScaleOut.objects.filter(zone_id=zone_id, closed_at=None).first()
    if opened:
        said = message("B01", scale_out=opened, zone=zone_id, who=opened.created_by, at=opened.created_at)
        raise Refused.because(said, field="zone_id")


def _locked(scale_out_id: str) -> ScaleOut:
    """Lock and return an open scale-out until the transaction ends. Raises :class:`Refused`."""
    found = find_scale_out(scale_out_id)
    scale_out = ScaleOut.objects.select_for_update().get(pk=found.pk)
    if scale_out.closed_at:
        raise Refused.because(
            message("B04", scale_out=scale_out, who=scale_out.closed_by, at=scale_out.closed_at)
        )
    return scale_out


def _noted(note: str, actor: Actor) -> dict[str, Any]:
    return {"note": note.strip()[:MAX_NOTE_CHARS], "note_by": actor.name, "note_at": timezone.now()}


def _add(scale_out: ScaleOut, addresses: Sequence[str], actor: Actor, port: int, user: str) -> list[Node]:
    wanted = read_addresses(addresses)
    known = {str(node.mgmt_address): node for node in Node.objects.filter(mgmt_address__in=wanted)}
    unknown = [address for address in wanted if address not in known]
    new = add_nodes(addresses=unknown, actor=actor, port=port, user=user) if unknown else []
    # Of two people who add the same node at the same moment, the second one sees what the first has done.
    held = list(Node.objects.select_for_update(of=("self",)).filter(mgmt_address__in=list(known)))
    added = [*new, *(node for node in held if node.pk not in _members(scale_out))]
    _refuse_unfit(scale_out, added)
    ScaleOutNode.objects.bulk_create(
        [ScaleOutNode(scale_out=scale_out, node_id=pk) for pk in _keys(added)], batch_size=_BATCH
    )
    if added:
        named = [str(node.mgmt_address) for node in added]
        audit.record(actor, "add_to_scale_out", scale_out.scale_out_id, nodes=named)
    return added


def _keys(nodes: Sequence[Node]) -> list[int]:
    addresses = [str(node.mgmt_address) for node in nodes]
    # A row that was just inserted in bulk may not know its key.
    return list(Node.objects.filter(mgmt_address__in=addresses).values_list("pk", flat=True))


def _members(scale_out: ScaleOut) -> frozenset[int]:
    return frozenset(scale_out.members.values_list("node_id", flat=True))


def _refuse_unfit(scale_out: ScaleOut, nodes: Sequence[Node]) -> None:
    pks = [node.pk for node in nodes if node.pk]
    elsewhere = {
        row.node_id: row.scale_out
        for row in ScaleOutNode.objects.filter(node__in=pks, scale_out__closed_at=None).select_related(
            "scale_out"
        )
        if row.scale_out_id != scale_out.pk
    }
    zones = dict(
        Role.objects.filter(node__in=pks)
        .exclude(zone__zone_id=scale_out.zone_id)
        .values_list("node_id", "zone__zone_id")
    )
    findings = []
    for node in nodes:
        address = str(node.mgmt_address)
        other = elsewhere.get(node.pk)
        if other:
            said = message(
                "B02", "other_scale_out", node=node, scale_out=other, zone=other.zone_id, address=address
            )
        elif node.pk in zones:
            said = message("B02", "other_zone", node=node, zone=zones[node.pk])
        elif node.status == NodeStatus.RETIRED or node.status in IN_SERVICE - {NodeStatus.SCALE_FAILED}:
            said = message("B02", "status", node=node, status=node.status)
        else:
            continue
        findings.append(Finding(said, node=address))
    if findings:
        raise Refused(findings)


def counted(rows: QuerySet[ScaleOut]) -> QuerySet[Any]:
    """Add ``node_count`` to scale-outs, newest first."""
    return rows.annotate(node_count=Count("members")).order_by("-pk")


def _row(scale_out: ScaleOut, nodes: int) -> dict[str, Any]:
    return {
        "scale_out_id": scale_out.scale_out_id,
        "zone_id": scale_out.zone_id,
        "kind": scale_out.kind,
        "status": "closed" if scale_out.closed_at else "open",
        "node_count": nodes,
        "note": scale_out.note,
        "note_by": scale_out.note_by,
        "note_at": stamp(scale_out.note_at),
        "created_by": scale_out.created_by,
        "created_at": stamp(scale_out.created_at),
        "routes_confirmed_by": scale_out.routes_confirmed_by,
        "routes_confirmed_at": stamp(scale_out.routes_confirmed_at),
        "closed_by": scale_out.closed_by,
        "closed_at": stamp(scale_out.closed_at),
    }


def _node(node: Any) -> dict[str, Any]:
    return {
        "node_id": node.node_id,
        "mgmt_address": node.address,
        "hostname": node.hostname,
        "status": node.status,
        "error": node.error,
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "title": stage.title,
        "state": stage.state,
        "done": stage.done,
        "total": stage.total,
        "notes": [_note(note) for note in stage.notes],
        "action": _action(stage.action),
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "code": note.code or note.message.code,
        "level": note.level,
        "detail": str(note.message),
        "nodes": list(note.nodes),
    }


def _action(action: Action | None) -> dict[str, Any] | None:
    if action is None:
        return None
    return {
        "name": action.name,
        "label": str(action.label),
        "subject": action.subject,
        "nodes": list(action.nodes),
    }
