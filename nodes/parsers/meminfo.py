"""``/proc/meminfo`` (man proc_meminfo(5))."""

from __future__ import annotations

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import colon_fields, whole_number


def parse(text: str) -> int:
    """Parse the usable memory in bytes (MemTotal; the firmware's share is not in it). Raises: ParseError."""
    for key, value in colon_fields(text):
        if key != "MemTotal":
            continue
        words = value.split()
        kib = whole_number(words[0]) if words else None
        if kib is None or words[1:] != ["kB"] or not 0 < kib < 2**53:
            raise ParseError("meminfo", _("MemTotal is not an amount of kB"), value)
        return kib * 1024
    raise ParseError("meminfo", _("has no MemTotal line"), text)
