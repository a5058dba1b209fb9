"""The data disks of one node: which of them a role formats, and which are parts of one drive.

Pieces are namespaces of an NVMe drive, or logical units of a SAS drive with two actuators.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from common.messages import Message, message
from zones.core.world import DiskView, NodeView

# Up to this many names are written out.
_MOST_NAMES = 6


def used_disks(role: str, node: NodeView) -> tuple[DiskView, ...]:
    """Return the data disks that the installation formats on a node of that role."""
    if role == "hyper-repl":
        return tuple(disk for disk in node.usable_disks if disk.is_ssd)
    return node.usable_disks if role in ("hyper-pair", "ks") else ()


def by_drive(disks: Iterable[DiskView]) -> list[tuple[DiskView, ...]]:
    """Group ``disks`` by the drive that they are on, in their order; a disk of an unknown drive is a group by itself."""
    found: dict[str, list[DiskView]] = {}
    for number, disk in enumerate(disks):
        found.setdefault(disk.drive or f"/{number}", []).append(disk)
    return [tuple(group) for group in found.values()]


def pieces(disks: Iterable[DiskView]) -> list[tuple[DiskView, ...]]:
    """Return the groups of two or more disks."""
    return [group for group in by_drive(disks) if len(group) > 1]


def together(group: Sequence[DiskView]) -> Message:
    """Say that the disks are lost together, in words that name them and their drive."""
    disks, count = names(group), len(group)
    serial = next((disk.serial for disk in group if disk.serial), "")
    drive = message("R17", "drive_by_serial", serial=serial) if serial else group[0].drive
    if group[0].drive.startswith("nvme"):
        if count == 2:
            return message("R17", "two_namespaces", disks=disks, drive=drive)
        return message("R17", "namespaces", disks=disks, drive=drive, count=count)
    if count == 2:
        return message("R17", "two_units", disks=disks, drive=drive)
    return message("R17", "units", disks=disks, drive=drive, count=count)


def names(group: Sequence[DiskView]) -> str:
    """Format names: ``sdb``, ``sdb and sdc``, ``sdb, sdc and sdd``; of many, the first ones and the last."""
    words = [disk.name for disk in group]
    if len(words) > _MOST_NAMES:
        words = [*words[: _MOST_NAMES - 2], "…", words[-1]]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
