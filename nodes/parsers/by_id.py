"""``ls -l /dev/disk/by-id`` (man ls(1); names by systemd's 60-persistent-storage.rules)."""

from __future__ import annotations

import re

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import device_name

_LINK = re.compile(r"l[rwxstST-]{9}\S?\s.*?\s(\S+) -> (\S+)")


def parse(text: str) -> dict[str, tuple[str, ...]]:
    """Parse link names by kernel name: ``{"sda": ("ata-…", "wwn-0x…")}``; an empty folder gives ``{}``.

    Raises: ParseError when it is not a listing of links.
    """
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith("total "):
            continue
        match = _LINK.fullmatch(stripped)
        if match is None:
            raise ParseError("by-id", _("a line is not a symbolic link"), line)
        target = match[2].removeprefix("../../")
        found.setdefault(device_name(target), []).append(match[1])
    if not found and "total" not in text:
        raise ParseError("by-id", _("is not a listing of /dev/disk/by-id"), text)
    return {name: tuple(links) for name, links in found.items()}
