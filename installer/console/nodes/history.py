"""The history of a node: who did what, when, from where and why."""

from __future__ import annotations

from typing import Any

from common.models import AuditEntry
from installer.console.units import size_text

SHOWN_ENTRIES = 50
FIELD_WORDS = {"type": "type", "size_bytes": "size", "status": "use"}


def shown_value(name: str, value: Any) -> str:
    """Render a corrected value: ``ssd``, ``3.2 TB``, ``usable``."""
    if name == "size_bytes" and isinstance(value, int):
        return size_text(value)
    if name == "status":
        return "usable" if value == 1 else "not used"
    return str(value)


def history_of(node_id: str) -> list[dict[str, Any]]:
    """Return the newest audit entries about this node, each with its lines in words."""
    return [
        {"entry": entry, "disk": _disks(entry.detail), "lines": _lines(entry.detail)}
        for entry in AuditEntry.objects.filter(subject=node_id)[:SHOWN_ENTRIES]
    ]


def _disks(detail: dict[str, Any]) -> str:
    """Render ``sdb``, or all disks that were erased."""
    erased = ", ".join(disk["name"] for disk in detail.get("disks", ()))
    return str(detail.get("disk", "")) or erased


def _lines(detail: dict[str, Any]) -> list[str]:
    before, after = detail.get("before"), detail.get("after")
    if isinstance(before, str) and isinstance(after, str):
        return [f"{before or 'none'} → {after}"]
    known = before if isinstance(before, dict) else {}
    lines = []
    for name, value in detail.get("set", {}).items():
        was = f"{shown_value(name, known[name])} → " if name in known else ""
        lines.append(f"{FIELD_WORDS.get(name, name)} {was}{shown_value(name, value)}")
    for name in detail.get("cleared", ()):
        now = f", {shown_value(name, after[name])} again" if isinstance(after, dict) and name in after else ""
        lines.append(f"correction of {FIELD_WORDS.get(name, name)} dropped{now}")
    imported = detail.get("imported")
    if imported and imported.get("by"):
        lines.append(f"first made by {imported['by']} at {imported.get('at') or 'an unknown time'}")
    if detail.get("mode"):
        lines.append(str(detail["mode"]))
    return lines
