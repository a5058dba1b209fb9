"""One audit row per change, written in the transaction of the change."""

from __future__ import annotations

from typing import Any

from common.actor import Actor
from common.errors import Finding
from common.messages import Message
from common.models import AuditEntry

# Longest reason or comment, wherever a person may give one.
MAX_REASON_CHARS = 500


def record(actor: Actor, verb: str, subject: str, *, reason: str = "", **detail: Any) -> None:
    """Record who did what; ``detail`` must be JSON, messages or findings, and hold no secret."""
    AuditEntry.objects.create(
        actor=actor.name,
        via=actor.via,
        address=actor.address,
        verb=verb,
        subject=subject,
        reason=reason,
        detail=_kept(detail),
    )


def _kept(value: Any) -> Any:
    """Return what is stored: a message or a finding as code and parameters."""
    if isinstance(value, Message | Finding):
        return value.stored()
    if isinstance(value, dict):
        return {key: _kept(item) for key, item in value.items()}
    return [_kept(item) for item in value] if isinstance(value, list | tuple) else value


def worded(value: Any) -> Any:
    """Return the detail of an entry with each message and finding put into words, for the one who looks."""
    if isinstance(value, dict) and {"code", "says", "params"} <= set(value):
        return Finding.from_stored(value).sentence() if "level" in value else str(Message.from_stored(value))
    if isinstance(value, dict):
        return {key: worded(item) for key, item in value.items()}
    return [worded(item) for item in value] if isinstance(value, list) else value
