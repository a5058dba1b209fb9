"""Hardware differences in readable form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from installer.console.units import gb_number, memory_text, size_text

_WORDS = {
    "product_serial": gettext_lazy("serial number"),
    "cpu_model": gettext_lazy("CPU"),
    "cpu_cores": gettext_lazy("CPU cores"),
    "memory_bytes": gettext_lazy("memory"),
    "os_version": gettext_lazy("system version"),
    "root_part": gettext_lazy("root partition"),
}
_BYTES = re.compile(r"\b(\d{1,18}) bytes\b")


@dataclass(frozen=True, slots=True)
class Change:
    """One line: what differs, with its old and new value; an empty value: it was or is absent."""

    what: str
    before: str
    after: str


def change_rows(changes: Iterable[Mapping[str, Any]]) -> list[Change]:
    """Build lines from the ``{"what", "before", "after"}`` that collections and imports report."""
    return [
        Change(
            str(_WORDS.get(item["what"], item["what"].replace("size_bytes", gettext("size")))),
            _shown(item["what"], item["before"]),
            _shown(item["what"], item["after"]),
        )
        for item in changes
    ]


def _shown(what: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and what == "memory_bytes":
        # Memory of one nominal size in GiB may differ by a few bytes that the firmware reserved.
        return gettext("%(size)s (%(bytes)s bytes)") % {"size": memory_text(value), "bytes": f"{value:,}"}
    if isinstance(value, int) and what.startswith("correction of size_bytes"):
        return f"{gb_number(value)} GB"
    return _BYTES.sub(lambda found: _size(int(found[1])), str(value))


def _size(size_bytes: int) -> str:
    """Render a size both ways: two disks of one nominal size may differ in bytes."""
    return gettext("%(size)s (%(bytes)s bytes)") % {"size": size_text(size_bytes), "bytes": f"{size_bytes:,}"}
