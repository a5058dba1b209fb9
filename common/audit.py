"""One audit row per change, written in the transaction of the change."""

from __future__ import annotations

from typing import Any

from common.actor import Actor
from common.models import AuditEntry

# Longest reason or comment, wherever a person may give one.
MAX_REASON_CHARS = 500


def record(actor: Actor, verb: str, subject: str, *, reason: str = "", **detail: Any) -> None:
    """Record who did what; ``detail`` must be JSON and hold no secret."""
    AuditEntry.objects.create(
        actor=actor.name,
        via=actor.via,
        address=actor.address,
        verb=verb,
        subject=subject,
        reason=reason,
        detail=detail,
    )
