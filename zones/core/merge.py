"""Three-way merge of an edited text with a newer version of it, line by line, as diff3(1) does."""

from __future__ import annotations

import difflib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Lines ``start`` to ``end`` of the base become ``lines``."""

    start: int
    end: int
    lines: tuple[str, ...]


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Merge the changes that ``mine`` made to ``base`` into ``theirs``; None where both changed the same place.

    Changes that touch (no line of the base between them) count as the same place unless they are equal.
    """
    if mine in (base, theirs) or base == theirs:
        return theirs if mine in (base, theirs) else mine
    lines = base.splitlines(keepends=True)
    ours, new = _hunks(lines, mine), _hunks(lines, theirs)
    merged: list[_Hunk] = [hunk for hunk in ours if hunk not in new]
    if any(_touch(one, other) for one in merged for other in new):
        return None
    found: list[str] = []
    position = 0
    for hunk in sorted([*merged, *new], key=lambda item: (item.start, item.end)):
        found += [*lines[position : hunk.start], *hunk.lines]
        position = hunk.end
    return "".join([*found, *lines[position:]])


def _hunks(base: list[str], text: str) -> list[_Hunk]:
    lines = text.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, base, lines, autojunk=False)
    return [
        _Hunk(i1, i2, tuple(lines[j1:j2])) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
    ]


def _touch(one: _Hunk, other: _Hunk) -> bool:
    return one.start <= other.end and other.start <= one.end
