"""``pvs --noheadings --separator '|' -o pv_name,vg_name`` (man pvs(8))."""

from __future__ import annotations

from common.wording import _
from nodes.parsers.errors import ParseError


def parse(text: str) -> dict[str, str]:
    """Parse the volume group by device path, empty for a volume in no group; no volume at all is a normal answer.

    Raises: ParseError when a line is not a pair.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        path, separator, group = line.strip().partition("|")
        if not separator or not path.startswith(("/dev/", "[unknown]", "unknown device")):
            raise ParseError("pvs", _("a line is not 'DEVICE|GROUP'"), line)
        found[path.strip()] = group.strip()
    return found
