"""What a plan comes to, small enough for a page of thousands of nodes: alike changes folded into groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zones.core.diff import OF_CREATION, SETTINGS, KeyChange, Status, key_changes, status_of
from zones.core.rendering import RenderedFile

_KIND_KEYS = frozenset({"role", "sub_roles"})
STATUSES = ("added", "changed", "removed", "same")


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


def summarize(base: Mapping[str, str], files: Sequence[RenderedFile], *, partial: bool) -> Summary:
    """The difference between ``base`` (content by path) and a plan's files, folded.

    ``partial``: as in :func:`zones.core.diff.diff_plan`.
    """
    after = {item.path: item.content for item in files}
    counts = Counter(dict.fromkeys(STATUSES, 0))
    alike: dict[tuple[object, ...], list[tuple[str, tuple[KeyChange, ...]]]] = {}
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
        changes = key_changes(old, new)
        kind = tuple((item.old, item.new) for item in changes if item.key in _KIND_KEYS)
        shape = (status, kind, tuple(item.key for item in changes))
        alike.setdefault(shape, []).append((path.removeprefix(SETTINGS), changes))
    folds = [_fold(shape[0], members) for shape, members in alike.items()]
    folds.sort(key=lambda item: (-len(item.hostnames), item.hostnames))
    return Summary(dict(counts), tuple(folds), tuple(paths))


def _fold(status: object, members: list[tuple[str, tuple[KeyChange, ...]]]) -> Fold:
    same, varying = [], []
    for column in zip(*(changes for _, changes in members), strict=True):
        values = len(set(column))
        if values == 1:
            same.append(column[0])
        else:
            varying.append(Varying(column[0].key, values, column[0]))
    known: dict[object, Status] = {"added": "added", "changed": "changed", "removed": "removed"}
    return Fold(known[status], tuple(name for name, _ in members), tuple(same), tuple(varying))
