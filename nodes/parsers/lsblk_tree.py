"""Plain ``lsblk -b`` (man lsblk(8)): a table under a header, the tree drawn in the first column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from common.wording import _
from nodes.parsers.block import TOOL, BlockDevice, device, merged, normalised_key
from nodes.parsers.errors import ParseError

_DRAWING = re.compile(r"[\s|`├└│─-]*")
_OLD_DM = re.compile(r" \(dm-[0-9]+\)")
_WORD = re.compile(r"\S+")
# Cells that are never empty: they are read by order, since a long name pushes them out of their column.
_FILLED = ("kname", "path", "maj_min", "rm", "size", "ro", "rota", "type")


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    left: int
    right: int


def parse(text: str) -> tuple[BlockDevice, ...]:
    """Parse every device once with its parents. Raises: ParseError without a header, or when a row lacks a type."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    header = next((index for index, line in enumerate(lines) if line.split()[0] == "NAME"), None)
    if header is None:
        raise ParseError(TOOL, _("table has no header that starts with NAME"), text)
    titles = _WORD.finditer(lines[header])
    columns = [_Column(normalised_key(word[0]), word.start(), word.end()) for word in titles]
    return merged(_rows(lines[header + 1 :], columns))


def _rows(lines: list[str], columns: list[_Column]) -> Iterator[BlockDevice]:
    above: list[tuple[int, str]] = []
    last: BlockDevice | None = None
    mounts_at = next((column.left for column in columns if column.key == "mountpoints"), None)
    for line in lines:
        indent = len(_DRAWING.match(line)[0])  # type: ignore[index]  # the pattern matches the empty text
        if last and mounts_at and indent >= mounts_at and not line[:indent].strip(" │|"):
            yield replace(last, mountpoints=(line[indent:],))
            continue
        while above and above[-1][0] >= indent:
            above.pop()
        last = device(_cells(line, indent, columns), (above[-1][1],) if above else ())
        above.append((indent, last.kname))
        yield last


def _cells(line: str, indent: int, columns: list[_Column]) -> dict[str, str]:
    end = _name_end(line, indent)
    cells = {"name": line[indent:end]}
    words = list(_WORD.finditer(line, end))
    shift, used = 0, 0
    for column, word in zip(columns[1:], words, strict=False):
        if column.key not in _FILLED:
            break
        cells[column.key] = word[0]
        shift, used = _shift(column, word), used + 1
    for word in words[used:]:
        key = _under(word.start() - shift, word.end() - shift, columns[used + 1 :])
        cells[key] = f"{cells[key]} {word[0]}" if key in cells else word[0]
    if "type" not in cells:
        raise ParseError(TOOL, _("a row of the table has no TYPE"), line)
    return cells


def _shift(column: _Column, word: re.Match[str]) -> int:
    """Return how far the row is shifted to the right of its header, judged by one cell."""
    flush_right = column.key not in ("type", "kname", "path")
    return word.end() - column.right if flush_right else word.start() - column.left


def _name_end(line: str, indent: int) -> int:
    word = _WORD.search(line, indent)
    if word is None:
        raise ParseError(TOOL, _("a row of the table has no name"), line)
    old_dm = _OLD_DM.match(line, word.end())
    return old_dm.end() if old_dm else word.end()


def _under(start: int, end: int, columns: list[_Column]) -> str:
    """Return the title above the word, else the nearest one to the left."""
    for column in columns:
        if start < column.right and end > column.left:
            return column.key
    return next((column.key for column in reversed(columns) if column.left <= start), "name")
