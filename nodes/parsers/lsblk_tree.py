"""Plain ``lsblk -b`` (man lsblk(8)): a table under a header, the tree drawn in the first column."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodes.parsers.block import TOOL, BlockDevice, device, merged, normalised_key
from nodes.parsers.errors import ParseError

_DRAWING = re.compile(r"^[\s|`├└│─-]*")
_WORD = re.compile(r"\S+")
# These are printed flush right, so that a cell ends where its title ends.
_RIGHT = {"size", "rm", "ro", "rota", "maj_min", "ra", "alignment", "min_io", "opt_io", "phy_sec", "log_sec"}


def parse(text: str) -> tuple[BlockDevice, ...]:
    """Every device once with its parents. Raises: ParseError when there is no header or a row lacks a type."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    header = next((index for index, line in enumerate(lines) if line.split()[0] == "NAME"), None)
    if header is None:
        raise ParseError(TOOL, "table has no header that begins with NAME", text)
    columns = [(normalised_key(word[0]), word.start(), word.end()) for word in _WORD.finditer(lines[header])]
    return merged(_rows(lines[header + 1 :], columns))


def _rows(lines: list[str], columns: list[tuple[str, int, int]]) -> Iterator[BlockDevice]:
    above: list[tuple[int, str]] = []
    for line in lines:
        drawing = _DRAWING.match(line)
        indent = drawing.end() if drawing else 0
        cells = _cells(line, indent, columns)
        while above and above[-1][0] >= indent:
            above.pop()
        item = device(cells, (above[-1][1],) if above else ())
        above.append((indent, item.kname))
        yield item


def _cells(line: str, indent: int, columns: list[tuple[str, int, int]]) -> dict[str, str]:
    cells: dict[str, str] = {}
    shift, first_end = 0, _name_end(line, indent)
    cells["name"] = line[indent:first_end]
    if len(columns) > 1 and columns[1][0] in _RIGHT:
        # A wide name pushes the whole row: measure how far from the first right-aligned word.
        word = _WORD.search(line, first_end)
        shift = max(0, word.end() - columns[1][2]) if word else 0
    for word in _WORD.finditer(line, first_end):
        key = _column(word.start() - shift, word.end() - shift, columns)
        cells[key] = f"{cells[key]} {word[0]}" if key in cells and key != "name" else word[0]
    if "type" not in cells:
        raise ParseError(TOOL, "a row of the table has no TYPE", line)
    return cells


def _name_end(line: str, indent: int) -> int:
    word = _WORD.search(line, indent)
    if word is None:
        raise ParseError(TOOL, "a row of the table has no name", line)
    old_dm = re.compile(r" \(dm-[0-9]+\)").match(line, word.end())
    return old_dm.end() if old_dm else word.end()


def _column(start: int, end: int, columns: list[tuple[str, int, int]]) -> str:
    """The column whose title lies over the word, else the nearest one to the left of its end."""
    for key, left, right in columns[1:]:
        if start < right and end > left:
            return key
    return next((key for key, left, _ in reversed(columns[1:]) if left <= start), columns[-1][0])
