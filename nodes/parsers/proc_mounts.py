"""``/proc/self/mounts`` (man proc_pid_mounts(5), fstab(5))."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError

_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted file system; ``source`` is a device path, a ZFS dataset or a word such as ``tmpfs``."""

    source: str
    target: str
    fstype: str


def parse(text: str) -> tuple[Mount, ...]:
    """Parse all mounts in order, a later one over an earlier one. Raises: ParseError without a single mount."""
    found: list[Mount] = []
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if len(words) < 4 or not words[1].startswith("/"):
            raise ParseError("mounts", _("a line is not 'SOURCE TARGET TYPE OPTIONS …'"), line)
        found.append(Mount(_octal(words[0]), _octal(words[1]), words[2]))
    if not found:
        raise ParseError("mounts", _("lists no mount"))
    return tuple(found)


def _octal(text: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)
