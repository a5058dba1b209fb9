"""``lsblk -P -b -o …`` (man lsblk(8)): ``KEY="value"`` lines, in the key styles before and after 2.37."""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.wording import _
from nodes.parsers.block import TOOL, BlockDevice, device, merged, normalised_key
from nodes.parsers.errors import ParseError
from nodes.parsers.lineage import with_guessed_parents
from nodes.parsers.text import device_name, unescape

_PAIR = re.compile(r'([A-Z][A-Z0-9:_%-]*)="([^"]*)"\s*')


def parse(text: str) -> tuple[BlockDevice, ...]:
    """Parse every device once; parents from PKNAME, else from the order of the rows. Raises: ParseError."""
    rows: list[dict[str, str]] = []
    for line in text.splitlines():
        if line.strip():
            rows.append(_row(line.strip()))
    told = any("pkname" in row for row in rows)
    devices = [device(row, _parent(row)) for row in rows]
    return merged(devices if told else with_guessed_parents(devices))


def _parent(row: dict[str, str]) -> Sequence[str]:
    above = device_name(unescape(row.get("pkname", "")))
    return (above,) if above else ()


def _row(line: str) -> dict[str, str]:
    row: dict[str, str] = {}
    position = 0
    while position < len(line):
        match = _PAIR.match(line, position)
        if match is None:
            raise ParseError(TOOL, _('a line is not KEY="value" pairs'), line)
        row[normalised_key(match[1])] = match[2]
        position = match.end()
    return row
