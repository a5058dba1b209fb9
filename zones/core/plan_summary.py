"""A plan's changes, small enough for a page of thousands of nodes: identical changes folded into groups."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zones.core.diff import OF_CREATION, SETTINGS, KeyChange, Status, raw_changes, status_of
from zones.core.rendering import RenderedFile

STATUSES = ("added", "changed", "removed", "same")
OWN_KEYS = re.compile(
    r"hostname|os_disk|data_disks|drbd_disks|cache_disk|pitrix_disk|erase_disks|vpool_vdevs"
    r"|pair_hostname|pair_address|(mgmt|eip)_network_(address|mac_address)|eip_network_[0-9]+"
    r"|(vm_base_network|hyper_vip_address|vm_network_routing_rule)(_ipv6)?"
)
"""Keys whose value differs on every node, as intended: nodes are compared only by its number of words."""
_GROUPS = frozenset({"mirror", "raidz"})
# They repeat what the layout and the disks say.
_FOLLOWS = frozenset({"vpool_vdevs", "vpool_reason"})
# Up to this many host names are listed with a value that few nodes have.
NAMED = 4

Change = tuple[str, str | None, str | None]
"""A :class:`KeyChange` as a plain tuple, for when there are many."""


@dataclass(frozen=True, slots=True)
class Varying:
    """A key that changes on every node of a group, to another value on each; ``example`` is the first one's."""

    key: str
    values: int
    example: KeyChange


@dataclass(frozen=True, slots=True)
class Fold:
    """Nodes whose files change to the same values: ``same`` holds for all of them, ``varying`` differs for each node.

    ``differs``: what most other nodes of the same role have instead, for each key in which these differ.
    """

    status: Status
    hostnames: tuple[str, ...]
    same: tuple[KeyChange, ...]
    varying: tuple[Varying, ...]
    differs: tuple[KeyChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """``counts`` of files by status, changed nodes folded (the unusual ones first), and other paths that change.

    ``odd``: a sentence for each key in which nodes of one role differ.
    """

    counts: Mapping[str, int]
    folds: tuple[Fold, ...]
    paths: tuple[tuple[str, str], ...]
    odd: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, as a database stores it."""
        return asdict(self)


class _Alike:
    """Nodes of one shape: keeps a first example and the distinct values, not every node's changes."""

    def __init__(self, status: Status, first: list[Change]) -> None:
        self.status: Status = status
        self.names: list[str] = []
        self.first = first
        self.values = {key: shape(key, new) for key, _, new in first}
        self.seen: list[set[object]] = [set() for _ in first]

    def add(self, name: str, changes: list[Change]) -> None:
        self.names.append(name)
        for seen, (_, old, new) in zip(self.seen, changes, strict=True):
            seen.add(new if old is None else (old, new))

    def fold(self, most: _Alike) -> Fold:
        same, varying = [], []
        for seen, change in zip(self.seen, self.first, strict=True):
            example = KeyChange(*change)
            if len(seen) == 1:
                same.append(example)
            else:
                varying.append(Varying(example.key, len(seen), example))
        differs = () if most is self else tuple(self._unlike(most))
        return Fold(self.status, tuple(self.names), tuple(same), tuple(varying), differs)

    def _unlike(self, most: _Alike) -> Iterator[KeyChange]:
        """Yield keys in which these differ from most nodes: the usual value as ``old``, ours as ``new``."""
        for key in {**self.values, **most.values}:
            theirs, ours = most.told(key), self.told(key)
            # The holder of a VIP has a key more than the others: that does not make it another kind of node.
            if (
                theirs != ours
                and key not in _FOLLOWS
                and not (OWN_KEYS.fullmatch(key) and None in (theirs, ours))
            ):
                yield KeyChange(key, theirs, ours)

    def told(self, key: str) -> str | None:
        """Return the value as a person compares it: of values specific to the node, how many there are."""
        value = self.values.get(key)
        if value is None or not OWN_KEYS.fullmatch(key):
            return value
        return str(value.count("*"))


def shape(key: str, value: str | None) -> str | None:
    """Return what of a value must be equal on similar nodes: all of it, or for values specific to a node the number of words."""
    if value is None or not OWN_KEYS.fullmatch(key):
        return value
    words = [word if word in _GROUPS else "*" for word in value.split()]
    return " ".join(words)


def summarize(base: Mapping[str, str], files: Sequence[RenderedFile], *, partial: bool) -> Summary:
    """Summarize the difference between ``base`` (content by path) and a plan's files, folded by values.

    ``partial``: as in :func:`zones.core.diff.diff_plan`.
    """
    after = {item.path: item.content for item in files}
    counts = Counter(dict.fromkeys(STATUSES, 0))
    alike: dict[tuple[object, ...], _Alike] = {}
    roles: dict[tuple[Status, str | None], list[_Alike]] = {}
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
        values = tuple((key, shape(key, before), shape(key, then)) for key, before, then in changes)
        group = alike.get((status, values))
        if group is None:
            group = alike[status, values] = _Alike(status, changes)
            role = next((then for key, _, then in changes if key == "role"), None)
            roles.setdefault((status, role), []).append(group)
        group.add(path.removeprefix(SETTINGS), changes)
    folds: list[Fold] = []
    odd: list[str] = []
    for (_, role), groups in roles.items():
        most = max(groups, key=lambda group: len(group.names))
        folds += [group.fold(most) for group in groups]
        odd += _odd(str(role or "nodes"), groups)
    folds.sort(key=lambda item: (not item.differs, len(item.hostnames), item.hostnames))
    return Summary(dict(counts), tuple(folds), tuple(paths), tuple(odd))


def _odd(role: str, groups: Sequence[_Alike]) -> Iterator[str]:
    """Yield where nodes of one role differ: ``hyper-repl vpool_layout: 2x mirror, 1x raidz (pek3cr02n02)``."""
    for key in dict.fromkeys(key for group in groups for key in group.values):
        if key in _FOLLOWS:
            continue
        holders: dict[str, list[str]] = {}
        for group in groups:
            if key in group.values or not OWN_KEYS.fullmatch(key):
                holders.setdefault(group.told(key) or "", []).extend(group.names)
        if len(holders) < 2:
            continue
        ordered = sorted(holders.items(), key=lambda item: -len(item[1]))
        parts = [f"{len(ordered[0][1])}x {ordered[0][0] or 'none'}"]
        for value, names in ordered[1:]:
            named = ", ".join(sorted(names)[:NAMED]) + (", …" if len(names) > NAMED else "")
            parts.append(f"{len(names)}x {value or 'none'} ({named})")
        yield f"{role} {key}: {', '.join(parts)}"
