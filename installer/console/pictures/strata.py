"""Lay out what lies on what as rows: below each thing, over its width, everything that is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MAX_CHILDREN = 12
MAX_LEVELS = 6
MAX_PIECES = 120
# No piece is so narrow that it cannot be seen.
_LEAST = 0.07


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that lies on others, known by key; ``weight`` is what its width is measured by."""

    key: str
    below: tuple[str, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a thing is drawn: row, start and width as parts of the whole.

    ``more``: it stands for so many things that are not drawn. A thing on several others is drawn once on each of them
    that are not side by side.
    """

    key: str
    level: int
    start: float
    width: float
    more: int = 0


def place(things: Sequence[Thing], *, fill: bool = False) -> tuple[Piece, ...]:
    """Place things row by row; ``fill``: what lies on a thing takes all of its width, whatever the weights say."""
    known = {thing.key: thing for thing in things}
    below = {
        thing.key: tuple(key for key in dict.fromkeys(thing.below) if key in known and key != thing.key)
        for thing in things
    }
    levels = _levels(below)
    above: dict[str, list[str]] = {}
    for key, under in below.items():
        for other in under:
            above.setdefault(other, []).append(key)
    roots = _beside(tuple(key for key in known if not levels.get(key)), above)
    split = _split(roots, [known[key].weight for key in roots], 0.0, 1.0, None)
    pieces = [Piece(key, 0, start, width) for key, start, width in split]
    for level in range(1, MAX_LEVELS):
        carrying = [piece for piece in pieces if not piece.more]
        row = _joined(list(_row(carrying, level, levels, above, known, fill=fill)))
        if not row or len(pieces) + len(row) > MAX_PIECES:
            break
        pieces += row
    return tuple(pieces)


def _levels(below: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Return how far each thing is from the ground; what lies on itself in a circle stands on the ground."""
    levels: dict[str, int] = {}
    pending = dict(below)
    while pending:
        ready = [key for key, under in pending.items() if not any(other in pending for other in under)]
        for key in ready or list(pending):
            levels[key] = max((levels[other] + 1 for other in below[key]), default=0) if ready else 0
            del pending[key]
    return levels


def _beside(roots: tuple[str, ...], above: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the things on the ground, those that carry the same thing side by side."""
    found: dict[str, None] = {}
    for root in roots:
        if root in found:
            continue
        found[root] = None
        shared = set(above.get(root, ()))
        for other in roots:
            if shared & set(above.get(other, ())):
                found[other] = None
    return list(found)


def _row(
    under: Sequence[Piece],
    level: int,
    levels: Mapping[str, int],
    above: Mapping[str, Sequence[str]],
    known: Mapping[str, Thing],
    *,
    fill: bool,
) -> Iterator[Piece]:
    carried = [set(above.get(piece.key, ())) for piece in under]
    for number, piece in enumerate(under):
        left = carried[number - 1] if number and under[number - 1].level == piece.level else set()
        right = (
            carried[number + 1]
            if number + 1 < len(under) and under[number + 1].level == piece.level
            else set()
        )
        # What a thing shares with its neighbour is drawn on their border, in one piece.
        children = sorted(above.get(piece.key, ()), key=lambda key: (key not in left) + (key in right))
        if not any(levels[key] == level for key in children):
            continue
        more = len(children) - MAX_CHILDREN + 1 if len(children) > MAX_CHILDREN else 0
        shown = children[: len(children) - more]
        whole = known[piece.key].weight
        weights = [1.0 if fill else min(known[key].weight, whole) for key in shown]
        if more:
            shown.append("")
            weights.append(sum(weights) / len(weights))
        least_total = None if fill else whole
        for key, start, width in _split(shown, weights, piece.start, piece.width, least_total):
            # What lies on several things stands on the row below the lowest of them.
            if not key or levels[key] == level:
                yield Piece(key, level, start, width, 0 if key else more)


def _split(
    keys: Sequence[str], weights: Sequence[float], start: float, width: float, total: float | None
) -> Iterator[tuple[str, float, float]]:
    """Yield each key with its part of a width; less than ``total`` leaves room at the end."""
    if not keys:
        return
    whole = max(sum(weights), total or 0.0) or 1.0
    least = min(_LEAST, 0.5 / len(keys))
    parts = [max(weight / whole, least) for weight in weights]
    scale = 1 / max(sum(parts), 1.0)
    if total is None:
        scale = 1 / sum(parts)
    for key, part in zip(keys, parts, strict=True):
        yield key, start, width * part * scale
        start += width * part * scale


def _joined(row: Sequence[Piece]) -> list[Piece]:
    """Return pieces of one thing that touch as one piece."""
    found: list[Piece] = []
    for piece in sorted(row, key=lambda item: item.start):
        last = found[-1] if found else None
        if last and piece.key and last.key == piece.key and abs(last.start + last.width - piece.start) < 1e-6:
            found[-1] = Piece(last.key, last.level, last.start, last.width + piece.width)
        else:
            found.append(piece)
    return found
