"""What a plan changes against the zone's current files."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from common.characters import visible
from zones.core.rendering import RenderedFile
from zones.core.rendering.settings_reader import read_settings

Status = Literal["added", "changed", "removed"]
SETTINGS = "settings/"
LISTS = "nodes/"
OF_CREATION = (SETTINGS, "vms/")
"""Files that a scale-out renders for new nodes only, or not at all: a file that it lacks stays."""
CONTEXT_LINES = 3


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One file that differs; ``unified`` is its diff as ``diff -u`` prints it."""

    path: str
    status: Status
    unified: str
    added_lines: int
    removed_lines: int


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key of a settings file; None where the key does not exist before or afterwards."""

    key: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class NodeDiff:
    """All changed keys of one node, in file order."""

    hostname: str
    status: Status
    changes: tuple[KeyChange, ...]


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Changes that exactly these nodes have in common."""

    hostnames: tuple[str, ...]
    changes: tuple[KeyChange, ...]


@dataclass(frozen=True)
class PlanDiff:
    """Files that differ; nodes and groups are computed on demand."""

    files: tuple[FileDiff, ...]
    _contents: Mapping[str, tuple[str | None, str | None]]

    @property
    def empty(self) -> bool:
        """Return whether nothing changes."""
        return not self.files

    @cached_property
    def nodes(self) -> tuple[NodeDiff, ...]:
        """Return the nodes whose settings differ, key by key."""
        return tuple(
            NodeDiff(item.path.removeprefix(SETTINGS), item.status, key_changes(*self._contents[item.path]))
            for item in self.files
            if item.path.startswith(SETTINGS)
        )

    @cached_property
    def groups(self) -> tuple[ChangeGroup, ...]:
        """Return the nodes' changes, folded: they cover every change of every node."""
        return _fold(self.nodes)


def diff_plan(base: Mapping[str, str], files: Sequence[RenderedFile], *, partial: bool) -> PlanDiff:
    """Compare ``base`` (content by path) with a plan's files.

    ``partial``: the plan scales a zone out, so a file of ``OF_CREATION`` that it lacks stays as it is.
    """
    after = {item.path: item.content for item in files}
    found: list[FileDiff] = []
    contents: dict[str, tuple[str | None, str | None]] = {}
    for path in sorted(base.keys() | after.keys()):
        old, new = base.get(path), after.get(path)
        if old == new or (new is None and partial and path.startswith(OF_CREATION)):
            continue
        found.append(_file_diff(path, old, new))
        contents[path] = (old, new)
    return PlanDiff(tuple(found), contents)


def status_of(old: str | None, new: str | None) -> Status | None:
    """Return what happens to a file; None when it stays as it is."""
    if old == new:
        return None
    return "added" if old is None else "removed" if new is None else "changed"


def _file_diff(path: str, old: str | None, new: str | None) -> FileDiff:
    status = status_of(old, new) or "changed"
    before, after = _lines(old), _lines(new)
    names = ("/dev/null" if old is None else f"a/{path}", "/dev/null" if new is None else f"b/{path}")
    if before and after:
        lines = list(difflib.unified_diff(before, after, *names, n=CONTEXT_LINES, lineterm=""))
    else:
        lines = _one_sided(before, after, names)
    plus = sum(1 for line in lines[2:] if line.startswith("+"))
    minus = sum(1 for line in lines[2:] if line.startswith("-"))
    return FileDiff(path, status, visible("".join(f"{line}\n" for line in lines)), plus, minus)


def _one_sided(before: list[str], after: list[str], names: tuple[str, str]) -> list[str]:
    """Return the diff of a file that is added or removed: what difflib would find, without its search through every line."""
    lines, sign = (before, "-") if before else (after, "+")
    if not lines:
        return []
    count = "1" if len(lines) == 1 else f"1,{len(lines)}"
    hunk = f"@@ -{count} +0,0 @@" if before else f"@@ -0,0 +{count} @@"
    return [f"--- {names[0]}", f"+++ {names[1]}", hunk, *(sign + line for line in lines)]


def _lines(content: str | None) -> list[str]:
    """Split text into lines without their ends; a missing end of the last line shows, as ``diff -u`` shows it."""
    if not content:
        return []
    lines = content.split("\n")
    if lines[-1]:
        lines[-1] += "\n\\ No newline at end of file"
        return lines
    return lines[:-1]


def key_changes(old: str | None, new: str | None) -> tuple[KeyChange, ...]:
    """Return keys whose value differs between two settings files; an unreadable file counts as empty."""
    return tuple(KeyChange(*change) for change in raw_changes(old, new))


def raw_changes(old: str | None, new: str | None) -> list[tuple[str, str | None, str | None]]:
    """Return the same as plain tuples, at a third of the cost: thousands of nodes have hundreds of thousands of them."""
    before, after = _values(old), _values(new)
    if not before:
        return [(key, None, value) for key, value in after.items()]
    keys = [*after, *(key for key in before if key not in after)]
    return [(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def _values(content: str | None) -> dict[str, str]:
    try:
        return read_settings(content or "")
    except ValueError:
        return {}


def _fold(nodes: Iterable[NodeDiff]) -> tuple[ChangeGroup, ...]:
    """Fold each change with all nodes that have it; changes of the same nodes together, most nodes first."""
    holders: dict[KeyChange, list[str]] = {}
    for node in nodes:
        for change in node.changes:
            holders.setdefault(change, []).append(node.hostname)
    groups: dict[tuple[str, ...], list[KeyChange]] = {}
    for change, hostnames in holders.items():
        groups.setdefault(tuple(hostnames), []).append(change)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[0]), item[0]))
    return tuple(ChangeGroup(hostnames, tuple(changes)) for hostnames, changes in ordered)
