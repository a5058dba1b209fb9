"""The history of a node: who did what, when, from where and why."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy

from common.models import AuditEntry
from installer.console.units import size_text

SHOWN_ENTRIES = 50
FIELD_WORDS = {
    "type": gettext_lazy("type"),
    "size_bytes": gettext_lazy("size"),
    "status": gettext_lazy("use"),
}


def shown_value(name: str, value: Any) -> str:
    """Render a corrected value: ``ssd``, ``3.2 TB``, ``usable``."""
    if name == "size_bytes" and isinstance(value, int):
        return size_text(value)
    if name == "status":
        return gettext("usable") if value == 1 else gettext("do not use")
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
        return [(before or gettext("none")) + f" → {after}"]
    known = before if isinstance(before, dict) else {}
    lines = []
    for name, value in detail.get("set", {}).items():
        was = f"{shown_value(name, known[name])} → " if name in known else ""
        lines.append(f"{FIELD_WORDS.get(name, name)} {was}{shown_value(name, value)}")
    for name in detail.get("cleared", ()):
        field = FIELD_WORDS.get(name, name)
        if isinstance(after, dict) and name in after:
            text = gettext("correction of %(field)s dropped, back to %(value)s")
            lines.append(text % {"field": field, "value": shown_value(name, after[name])})
        else:
            lines.append(gettext("correction of %(field)s dropped") % {"field": field})
    imported = detail.get("imported")
    if imported and imported.get("by"):
        values = {"name": imported["by"], "time": imported.get("at") or ""}
        made = (
            gettext("originally created by %(name)s at %(time)s")
            if values["time"]
            else gettext("originally created by %(name)s")
        )
        lines.append(made % values)
    if detail.get("mode"):
        lines.append(str(detail["mode"]))
    return lines
