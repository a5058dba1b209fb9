"""Update the files of a plan when nodes leave the zone that they were rendered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zones.core.merge import merge


@dataclass(frozen=True, slots=True)
class Rebased:
    """``changed`` texts by path, paths that are ``gone``, and those whose edited lines conflict."""

    changed: Mapping[str, str]
    gone: tuple[str, ...]
    conflicts: tuple[str, ...]


def rebased(before: Mapping[str, str], after: Mapping[str, str], now: Mapping[str, str]) -> Rebased:
    """Apply to ``now`` what differs between two renderings of the zone; all else in it stays as it is.

    All three hold texts by path. Manual edits, and what was rendered from facts of that day, are kept.
    """
    changed: dict[str, str] = {}
    gone, conflicts = [], []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, ""), after.get(path)
        if old == new:
            continue
        if new is None:
            gone.append(path)
            continue
        merged = merge(old, now.get(path, old), new)
        if merged is None:
            conflicts.append(path)
        else:
            changed[path] = merged
    return Rebased(changed, tuple(path for path in gone if path in now), tuple(conflicts))
