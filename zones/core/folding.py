"""What a plan comes to, small enough for a page of thousands of nodes: alike changes folded into groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zones.core.diff import OF_CREATION, SETTINGS, KeyChange, Status, raw_changes, status_of
from zones.core.rendering import RenderedFile

_KIND_KEYS = frozenset({"role", "sub_roles"})
STATUSES = ("added", "changed", "removed", "same")


Change = tuple[str, str | None, str | None]
"""A :class:`KeyChange` while there are many."""


@dataclass(frozen=True, slots=True)
class Varying:
    """A key that changes on every node of a group, to another value on each; ``example`` is the first one's."""

    key: str
    values: int
    example: KeyChange


@dataclass(frozen=True, slots=True)
class Fold:
    """Nodes whose files change in the same way: ``same`` holds for all of them, ``varying`` differs."""

    status: Status
    hostnames: tuple[str, ...]
    same: tuple[KeyChange, ...]
    varying: tuple[Varying, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """``counts`` of files by status, changed nodes folded (most nodes first), and other paths that change."""

    counts: Mapping[str, int]
    folds: tuple[Fold, ...]
    paths: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as a database stores it."""
        return asdict(self)


class _Alike:
    """Nodes of one shape: keeps a first example and the distinct values, not every node's changes."""

    def __init__(self, status: Status, first: list[Change]) -> None:
        self.status: Status = status
        self.names: list[str] = []
        self.first = first
        self.seen: list[set[object]] = [set() for _ in first]

    def add(self, name: str, changes: list[Change]) -> None:
        self.names.append(name)
        for seen, (_, old, new) in zip(self.seen, changes, strict=True):
            seen.add(new if old is None else (old, new))

    def fold(self) -> Fold:
        same, varying = [], []
        for seen, change in zip(self.seen, self.first, strict=True):
            example = KeyChange(*change)
            if len(seen) == 1:
                same.append(example)
            else:
                varying.append(Varying(example.key, len(seen), example))
        return Fold(self.status, tuple(self.names), tuple(same), tuple(varying))


def summarize(base: Mapping[str, str], files: Sequence[RenderedFile], *, partial: bool) -> Summary:
    """The difference between ``base`` (content by path) and a plan's files, folded.

    ``partial``: as in :func:`zones.core.diff.diff_plan`.
    """
    after = {item.path: item.content for item in files}
    counts = Counter(dict.fromkeys(STATUSES, 0))
    alike: dict[tuple[object, ...], _Alike] = {}
    paths = []
    for path in sorted(base.keys() | after.keys()):
        if path not in after and partial and path.startswith(OF_CREATION):
            continue
        old, new = base.get(path), after.get(path)
        status = status_of(old, new)
        counts[status or "same"] += 1
        if status is None:
            continue
        if not path.startswith(SETTINGS):
            paths.append((path, status))
            continue
        changes = raw_changes(old, new)
        kind = tuple(change for change in changes if change[0] in _KIND_KEYS)
        shape = (status, kind, tuple(change[0] for change in changes))
        group = alike.get(shape) or alike.setdefault(shape, _Alike(status, changes))
        group.add(path.removeprefix(SETTINGS), changes)
    folds = [group.fold() for group in alike.values()]
    folds.sort(key=lambda item: (-len(item.hostnames), item.hostnames))
    return Summary(dict(counts), tuple(folds), tuple(paths))
