"""``/proc/mdstat`` (man md(4)): software RAID arrays and their members."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError

_ARRAY = re.compile(r"(md[\w-]+) : (.*)")
_MEMBER = re.compile(r"([\w!/.-]+)\[[0-9]+\](\([A-Z]\))*")
_LEVEL = re.compile(r"(?:raid[0-9]+|linear|multipath|faulty)")


@dataclass(frozen=True, slots=True)
class Array:
    """One array; ``level`` is empty for a container or an inactive array that does not report it."""

    name: str
    active: bool
    level: str
    members: tuple[str, ...]


def parse(text: str) -> tuple[Array, ...]:
    """Parse the arrays; none is a normal answer. Raises: ParseError when it is not mdstat."""
    if "Personalities" not in text and "unused devices" not in text and not _ARRAY.search(text):
        raise ParseError("mdstat", _("has neither a 'Personalities' line nor an array"), text)
    found = []
    for line in text.splitlines():
        match = _ARRAY.fullmatch(line.strip())
        if match is None:
            continue
        words = match[2].split()
        members = [hit[1].replace("!", "/") for word in words if (hit := _MEMBER.fullmatch(word))]
        # An array that is being taken apart, or was never assembled, is inactive and has no member.
        if not words or words[0] not in ("active", "inactive") or (words[0] == "active" and not members):
            raise ParseError("mdstat", _("an array has no state, or is active without a member"), line)
        level = next((word for word in words if _LEVEL.fullmatch(word)), "")
        found.append(Array(match[1], words[0] == "active", level, tuple(dict.fromkeys(members))))
    return tuple(found)
