"""Which stored disk is which that was seen: what a person said of one is not said of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from nodes.collection.identity import contradict
from nodes.facts import DiskFacts
from nodes.models import MAX_ID, Disk


def match(known: Sequence[Disk], disks: Sequence[DiskFacts]) -> list[tuple[Disk | None, DiskFacts]]:
    """Which stored disk each observed one is: by WWN, serial, by-id; by name only without any of them.

    A disk that was put in place of another one is a new disk, even under the old name.
    """
    free = list(known)
    pairs: dict[int, Disk | None] = {}
    for key in ("wwn", "serial", "by_id"):
        stored = Counter(getattr(row, key) for row in free)
        seen = Counter(said(disk, key) for disk in disks)
        for number, disk in enumerate(disks):
            value = said(disk, key)
            if number in pairs or not value or stored[value] != 1 or seen[value] != 1:
                continue
            row = next((row for row in free if getattr(row, key) == value and _may_be(row, disk)), None)
            if row is not None:
                pairs[number] = row
                free.remove(row)
    for number, disk in enumerate(disks):
        if number not in pairs:
            row = next((row for row in free if row.name == disk.name and _looks_like(row, disk)), None)
            pairs[number] = row
            if row is not None:
                free.remove(row)
    return [(pairs[number], disk) for number, disk in enumerate(disks)]


def said(disk: DiskFacts, key: str) -> str:
    """``wwn``, ``serial`` or ``by_id`` of an observed disk, as it is stored."""
    return str(getattr(disk, key))[:MAX_ID]


def _may_be(row: Disk, disk: DiskFacts) -> bool:
    """Nothing that identifies a disk speaks against it."""
    return not contradict(row.wwn, row.serial, said(disk, "wwn"), said(disk, "serial"))


def _looks_like(row: Disk, disk: DiskFacts) -> bool:
    """Under the same name: the same one as far as can be told. What was said of one disk is not said of another."""
    if not _may_be(row, disk):
        return False
    known, seen = bool(row.wwn or row.serial), bool(disk.wwn or disk.serial)
    if known == seen:
        return row.present or not known
    # One of them has lost or found its serial number: then everything else must agree.
    same = (row.model, row.observed_size_bytes) == (disk.model[:128], disk.size_bytes)
    return row.present and same and (not row.by_id or not disk.by_id or row.by_id == said(disk, "by_id"))
