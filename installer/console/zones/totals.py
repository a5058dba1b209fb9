"""Totals of a zone from its last count, in readable form."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString

from installer.console.labels import pill, words
from installer.console.units import memory_text
from zones.models import Zone
from zones.services.statistics import EMPTY


def totals(zone: Zone) -> dict[str, Any] | None:
    """Return the counts with ``statuses`` as labels and ``memory`` in words; None when never counted.

    Queries the database once per zone unless ``counts`` was selected along.
    """
    row = getattr(zone, "counts", None)
    if row is None:
        return None
    values = {**EMPTY, **row.values}
    return {
        **values,
        "memory": memory_text(values["memory_bytes"]) or "0 GiB",
        "statuses": [_status(name, number) for name, number in sorted(values["by_status"].items())],
        "roles": sorted(values["by_role"].items()),
        "counted_at": row.counted_at,
    }


def _status(name: str, number: int) -> SafeString:
    return pill(name, f"{number} {words(name)}")
