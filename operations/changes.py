"""Reviewed changes of files outside a plan: created, shown, approved."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from common import audit
from common.actor import Actor
from common.characters import visible
from common.errors import Denied, Difference, Finding, NotFound, Outdated, Refused
from common.messages import Message, message, phrase
from common.wording import _
from operations.models import Change
from zones.models import Zone
from zones.services.lookups import find_zone, locked_zone

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# As diff -u says it; without a line end here the next row would be on the same line.
_NO_END = "\n\\ No newline at end of file\n"


def make_change(
    zone: Zone,
    kind: str,
    files: Sequence[Mapping[str, str]],
    actor: Actor,
    *,
    instead_of: str = "",
    **detail: Any,
) -> Change:
    """Store a draft. ``files``: ``{"node_id", "address", "path", "base", "content"}``.

    It replaces a draft that waits to be applied; ``instead_of`` names that draft where another person made it.
    Raises :class:`Outdated` with its difference when it is not named: the proposer has not seen it (P78).
    """
    listed = [dict(file) for file in files]
    with transaction.atomic():
        # When two people propose at the same moment, the second one finds what the first has stored.
        locked_zone(zone.zone_id)
        _refuse_unseen(zone, kind, actor, instead_of)
        change = Change.objects.create(
            zone=zone,
            kind=kind,
            files=listed,
            detail=detail,
            content_hash=_hash(listed, detail),
            created_by=actor.name,
            names=sorted(actor.signs),
        )
        audit.record(
            actor, f"propose_{kind}", change.change_id, zone_id=zone.zone_id, hash=change.content_hash
        )
    return change


def _refuse_unseen(zone: Zone, kind: str, actor: Actor, instead_of: str) -> None:
    waiting = Change.objects.filter(zone=zone, kind=kind).select_related("zone").first()
    if waiting is None or waiting.state == "applied":
        return
    if actor.names.intersection(waiting.names) or waiting.change_id == instead_of:
        return
    raise Outdated(
        [
            Finding(
                message(
                    "P78",
                    by=waiting.created_by,
                    change=waiting,
                    at=waiting.created_at,
                    state=waiting.state,
                ),
                field="instead_of",
            )
        ],
        difference_of(waiting),
    )


def difference_of(change: Change) -> Difference:
    """Return what another person proposed, for someone who has not seen it."""
    proposed = _("{who} proposed {change} at {at:datetime}")
    who = phrase(proposed, who=change.created_by, change=change, at=change.created_at)
    said = phrase(_("no one has approved it yet"))
    if change.approved_by:
        said = phrase(_("{who} approved it"), who=change.approved_by)
    return Difference((who, said), tuple(file_diffs(change)))


def find_change(change_id: str, zone_id: str = "") -> Change:
    """Look up the change with this id, of this zone if given. Raises :class:`NotFound`."""
    change = Change.objects.select_related("zone").filter(change_id=change_id).first()
    if change is None or (zone_id and change.zone.zone_id != zone_id):
        known = zone_id or (change.zone.zone_id if change else "ZONE")
        raise NotFound.because(message("K01", "unknown", change=change_id[:20], zone=known))
    return change


def next_step(change: Change) -> Message:
    """Return what to do with the newest change of its kind: approve it, apply it, or make a new one."""
    zone_id, of_haproxy = change.zone.zone_id, change.kind == Change.Kind.HAPROXY
    if change.state == "applied" or not sound(change):
        if of_haproxy:
            return message("K04", "preview_haproxy", zone=zone_id)
        return message("K04", "preview_qemu", zone=zone_id)
    if change.state == "approved":
        if of_haproxy:
            return message("K04", "apply_haproxy", change=change, zone=zone_id)
        return message("K04", "apply_qemu", change=change, zone=zone_id)
    if of_haproxy:
        return message("K04", "approve_haproxy", change=change, zone=zone_id)
    return message("K04", "approve_qemu", change=change, zone=zone_id)


def approve_change(*, change_id: str, actor: Actor, comment: str = "", zone_id: str = "") -> Change:
    """Approve exactly what was shown.

    Raises :class:`Refused` when it is already approved or applied, :class:`Outdated` when there is a newer one; :class:`Denied`
    for its author, with four eyes.
    """
    change = find_change(change_id, zone_id)
    with transaction.atomic():
        # No other change can be proposed between reading the newest one and the approval.
        locked_zone(change.zone.zone_id)
        _approve(change, actor, comment)
    change.refresh_from_db()
    return change


def _approve(change: Change, actor: Actor, comment: str) -> None:
    newest = Change.objects.filter(zone=change.zone, kind=change.kind).first()
    if newest != change:
        said = message("K03", newest=newest, change=change, next=next_step(newest) if newest else "")
        raise Outdated([Finding(said)], difference_of(newest) if newest else Difference())
    if settings.INSTALLER_FOUR_EYES and actor.names.intersection(change.names):
        raise Denied(message("P68", "change", who=actor.name, change=change.change_id))
    here = Change.objects.filter(pk=change.pk, approved_at=None, applied_at=None)
    if not here.update(approved_by=actor.name, approved_at=Now(), comment=comment):
        change.refresh_from_db()
        raise Refused.because(
            message("K02", change=change.change_id, state=change.state, next=next_step(change))
        )
    audit.record(actor, "approve_change", change.change_id, reason=comment, hash=change.content_hash)


def list_changes(*, zone_id: str) -> list[dict[str, Any]]:
    """Return the changes of a zone, newest first, with their diffs. Raises :class:`NotFound`."""
    rows = Change.objects.filter(zone=find_zone(zone_id)).select_related("zone")[:100]
    return [change_json(change) for change in rows]


def approved_change(zone: Zone, kind: str) -> Change | None:
    """Return the newest change of that kind if it is approved and not applied; a newer draft voids it."""
    newest = Change.objects.filter(zone=zone, kind=kind).select_related("zone").first()
    return newest if newest and newest.state == "approved" and sound(newest) else None


def named_change(zone: Zone, kind: str, *, change_id: str = "", content_hash: str = "") -> Change | None:
    """Return the approved change; ``change_id`` and ``content_hash`` say which one was reviewed.

    Raises :class:`Outdated` when that is no longer the approved one, :class:`NotFound` when it never existed.
    """
    approved = approved_change(zone, kind)
    if not change_id:
        return approved
    seen = find_change(change_id, zone.zone_id)
    newest = Change.objects.filter(zone=zone, kind=kind).first()
    if seen.kind != kind:
        raise NotFound.because(
            message("K01", "other_kind", change=seen, kind=kind, actual=seen.kind, zone=zone.zone_id)
        )
    if newest and newest != seen:
        said = message(
            "K04",
            "newer_change",
            change=seen,
            by=newest.created_by,
            newest=newest,
            state=newest.state,
            next=next_step(newest),
        )
        raise Outdated([Finding(said)], difference_of(newest))
    if content_hash and seen.content_hash != content_hash:
        raise Outdated.because(message("K04", "other_content", change=seen, zone=zone.zone_id))
    if seen.state == "applied":
        raise Outdated.because(message("K04", "applied", change=seen, job=seen.job_id, next=next_step(seen)))
    return approved


def sound(change: Change) -> bool:
    """Return whether its content is still what was approved."""
    return _hash(change.files, change.detail) == change.content_hash


def change_diff(change: Change) -> str:
    """Return the unified diff of all its files."""
    return "".join(diff for _, diff in file_diffs(change))


def file_diffs(change: Change) -> list[tuple[str, str]]:
    """Return the location (``ADDRESS:PATH``) and the unified diff of each file; the diff is empty when nothing changes."""
    found = []
    for file in change.files:
        place = f"{file['address'] or change.zone.zone_id}:{file['path']}"
        old, new = (_LINE.findall(file[name]) for name in ("base", "content"))
        rows = difflib.unified_diff(old, new, place, f"{place} (new)")
        text = "".join(row if row.endswith("\n") else row + _NO_END for row in rows)
        found.append((place, visible(text)))
    return found


def change_json(change: Change) -> dict[str, Any]:
    """Return the change as commands and REST show it."""
    return {
        "change_id": change.change_id,
        "zone_id": change.zone.zone_id,
        "kind": change.kind,
        "state": change.state,
        "content_hash": change.content_hash,
        "created_by": change.created_by,
        "approved_by": change.approved_by,
        "job_id": change.job_id,
        "files": [{"address": file["address"], "path": file["path"]} for file in change.files],
        "diff": change_diff(change),
    }


def _hash(files: Sequence[Mapping[str, str]], detail: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps([files, detail], sort_keys=True).encode()).hexdigest()
