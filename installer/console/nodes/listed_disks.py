"""The disks of each node on a page of the list, read as columns: a hundred nodes have a thousand disks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from nodes.models import CORRECTABLE, Disk, DiskCorrection


@dataclass(slots=True)
class ListedDisks:
    """What the list shows of a node's disks. ``usable`` has (type, bytes) of usable data disks, ``drives`` their drives."""

    usable: list[tuple[str, int]] = field(default_factory=list)
    drives: list[str] = field(default_factory=list)
    # Of any disk, also the OS disk.
    corrected: bool = False
    conflict: bool = False


NO_DISKS = ListedDisks()
_OBSERVED = tuple(f"observed_{name}" for name in CORRECTABLE)


def listed_disks(nodes: Collection[int]) -> dict[int, ListedDisks]:
    """Return the disks that are present, with effective values, by primary key of the node; two queries."""
    corrections: dict[int, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    made = DiskCorrection.objects.filter(disk__node__in=nodes, disk__present=True)
    for disk, name, value, against in made.values_list("disk_id", "field", "value", "against"):
        corrections[disk][name] = (value, against)
    found: dict[int, ListedDisks] = defaultdict(ListedDisks)
    disks = Disk.objects.filter(node__in=nodes, present=True).order_by("node_id", "order", "name")
    for node, pk, is_os, drive, *observed in disks.values_list("node_id", "pk", "is_os", "drive", *_OBSERVED):
        values = dict(zip(CORRECTABLE, observed, strict=True))
        shown = found[node]
        for name, (value, against) in corrections.get(pk, {}).items():
            shown.corrected = True
            shown.conflict = shown.conflict or values[name] not in (against, value)
            values[name] = value
        if not is_os and values["status"] == 1:
            shown.usable.append((values["type"], values["size_bytes"]))
            shown.drives.append(drive)
    return found
