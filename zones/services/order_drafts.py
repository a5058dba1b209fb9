"""Drafts of orders, on the server: they are there on another machine too, and a colleague can go on with one."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from common.actor import Actor
from common.errors import Difference, Finding, Outdated, Refused
from common.messages import message
from zones.core.documents.reader import NAME
from zones.models import OrderDraft

KEPT = timedelta(days=90)
"""How long a draft that nobody saves again is kept."""
MAX_DRAFTS = 50


def list_drafts(*, zone_id: str) -> Sequence[OrderDraft]:
    """Return the drafts for a zone, the one that was saved last first. The zone need not exist."""
    return list(OrderDraft.objects.filter(zone_id=zone_id)[:MAX_DRAFTS])


def save_draft(*, zone_id: str, settings: str, variables: str, version: int, actor: Actor) -> OrderDraft:
    """Save the actor's draft for a zone; ``version``: the one that it was made from, 0 for none.

    Raises:
        Outdated: Y04 a later version exists, with the difference to it.
        Refused: T02 the zone id is malformed.
    """
    if not NAME.fullmatch(zone_id):
        raise Refused.because(message("T02", zone=zone_id[:60]), field="zone_id")
    mine = OrderDraft.objects.filter(zone_id=zone_id, person=actor.name)
    now = timezone.now()
    if version:
        values = {"settings": settings, "variables": variables, "updated_at": now}
        saved = mine.filter(version=version).update(version=F("version") + 1, **values)
    else:
        OrderDraft.objects.filter(updated_at__lt=now - KEPT).delete()
        new = OrderDraft(zone_id=zone_id, person=actor.name, settings=settings, variables=variables)
        # Another window may have done the same: then the version that is stored is not this text.
        OrderDraft.objects.bulk_create([new], ignore_conflicts=True)
        saved = 0
    found = mine.first()
    if found is not None and not saved and (found.settings, found.variables) == (settings, variables):
        return found
    if found is not None and not saved:
        raise _outdated(found, settings, variables)
    if found is None:
        # Discarded in another window: what is on this screen counts.
        return save_draft(zone_id=zone_id, settings=settings, variables=variables, version=0, actor=actor)
    return found


def discard_draft(*, zone_id: str, actor: Actor) -> bool:
    """Delete the actor's draft for a zone; return whether there was one."""
    return bool(OrderDraft.objects.filter(zone_id=zone_id, person=actor.name).delete()[0])


def _outdated(found: OrderDraft, settings: str, variables: str) -> Outdated:
    said = message("Y04", version=found.version, zone=found.zone_id, at=found.updated_at)
    texts = (("settings", found.settings, settings), ("variables", found.variables, variables))
    differs = tuple((place, _diff(stored, given)) for place, stored, given in texts if stored != given)
    return Outdated([Finding(said, field="version")], Difference(texts=differs))


def _diff(stored: str, given: str) -> str:
    return "".join(
        f"{line}\n"
        for line in difflib.unified_diff(given.split("\n"), stored.split("\n"), "here", "saved", lineterm="")
    )
