"""Paths of one LUN that no multipath daemon joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nodes.collection.reading import Reader
from nodes.facts import DiskFacts

# Buses on which one drive can be reached over two paths.
_SHARED_BUSES = ("sas", "fc", "iscsi", "")


def fold_silent_paths(reader: Reader, disks: Sequence[DiskFacts]) -> tuple[DiskFacts, ...]:
    """``disks`` with those joined that say the same serial, WWN and size over a bus that has paths."""
    groups: dict[tuple[str, str, int, str], list[DiskFacts]] = {}
    for disk in disks:
        known = disk.serial and disk.wwn and disk.transport in _SHARED_BUSES and not disk.members
        key = (disk.serial, disk.wwn, disk.size_bytes, disk.model) if known else (disk.name, "", -1, "")
        groups.setdefault(key, []).append(disk)
    folded = []
    for group in groups.values():
        if len(group) > 1:
            names = ", ".join(disk.name for disk in group)
            reader.warn(
                f"{names} answer with one serial ({group[0].serial}): they are taken for paths of one disk. "
                "Set up multipath before data is written to it."
            )
            folded.append(replace(group[0], members=tuple(disk.name for disk in group)))
        else:
            folded.append(group[0])
    return tuple(folded)
