"""``/proc/swaps`` (man proc_swaps(5))."""

from __future__ import annotations

from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import whole_number


@dataclass(frozen=True, slots=True)
class Swap:
    """One active swap area; ``kind`` is ``partition`` or ``file``."""

    path: str
    kind: str
    size_bytes: int


def parse(text: str) -> tuple[Swap, ...]:
    """Parse active swap areas; none is a normal answer. Raises: ParseError when the header is missing."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or lines[0].split()[:2] != ["Filename", "Type"]:
        raise ParseError("swaps", _("has no 'Filename Type Size' header"), text)
    found = []
    for line in lines[1:]:
        words = line.removesuffix(" (deleted)").split()
        kib = whole_number(words[2]) if len(words) >= 5 else None
        if kib is None or kib >= 2**53:
            raise ParseError("swaps", _("a line is not 'FILE TYPE SIZE USED PRIORITY'"), line)
        found.append(Swap(words[0], words[1], kib * 1024))
    return tuple(found)
