"""The physical drive that a disk is part of: its disks fail together.

An NVMe drive may have several namespaces, a SAS drive with two actuators two logical units. All of them are lost
together, whatever the kernel calls them. Volumes of a RAID controller and virtual disks share serial numbers, too, but
not a drive: what is below them is not known. Neither is what a disk of another machine is made of.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from nodes.collection.disks import NOT_HERE
from nodes.collection.placeholders import is_filler
from nodes.collection.raid import VOLUME
from nodes.collection.storage import Storage, target_of
from nodes.facts import DiskFacts
from nodes.identifiers import serial_of
from nodes.parsers.sysfs_block import SysBlock

# Cloud disks are namespaces of one controller, but not of one drive that could be lost. QEMU's are for tests.
_NO_DRIVE = re.compile(r"nvme_card|Amazon|MSFT|Microsoft|Alibaba|VBOX|VMware|BOSS|NS204i|RAID", re.IGNORECASE)
# Disk shelves on a SAS cable: each logical unit is spread over many drives.
_ARRAY = re.compile(
    r"\bMD3[0-9]|\bME[45][0-9]|\bMSA\b|\bP2000|VRAID|INF-01-00|Universal Xport|ETERNUS|FAStT|VTrak|\b2145\b|Storwize",
    re.IGNORECASE,
)
_CONTROLLER = re.compile(r".*/(?:([0-9a-f:.]+)/nvme/(nvme[0-9]+)|(nvme-subsys[0-9]+))")
# How some drives name their units: the name of the drive, followed by the number of the unit.
_UNIT = re.compile(r"(0x6[0-9a-f]{15})000[0-9a-f]0{12}")
# This many characters are the same in the WWNs of all units of a drive.
_FAMILY = len("0x5000c500a1b2c3")
# A drive has as many logical units as actuators.
_MOST_UNITS = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """What is known of one disk of a machine; ``told`` is the drive that collection found it on."""

    told: str
    type: str
    transport: str
    serial: str
    model: str
    size_bytes: int
    guess: bool
    reason: str
    wwn: str = ""


def drives_of(pieces: Sequence[Piece]) -> list[str]:
    """Return the drive of each disk of one machine: equal texts for parts of one drive, empty where none is known.

    Where collection gave no drive, as in an import or with an older console, it follows from the serial number.
    """
    found = [_drive(piece) for piece in pieces]
    units: dict[str, list[int]] = defaultdict(list)
    for drive, piece in zip(found, pieces, strict=True):
        if drive.startswith("sas "):
            units[drive].append(piece.size_bytes)
    # Logical units of one drive are alike and few; others that share a serial number are volumes of a controller.
    no_drive = {drive for drive, sizes in units.items() if len(set(sizes)) > 1 or len(sizes) > _MOST_UNITS}
    return ["" if drive in no_drive else drive for drive in found]


def _drive(piece: Piece) -> str:
    if piece.reason.startswith(NOT_HERE):
        return ""
    if piece.told:
        return piece.told
    is_nvme = "nvme" in (piece.transport, piece.type)
    if not is_nvme and (piece.transport != "sas" or piece.guess):
        return ""
    if not _is_drive(piece.model):
        return ""
    unit = None if is_nvme or serial_of(piece.serial, piece.wwn) else _UNIT.fullmatch(piece.wwn.lower())
    if unit:
        return f"sas {unit[1]}"
    return "" if is_filler(piece.serial) else f"{'nvme' if is_nvme else 'sas'} {piece.serial}"


@lru_cache(maxsize=1024)
def _is_drive(model: str) -> bool:
    return not any(words.search(model) for words in (VOLUME, _NO_DRIVE, _ARRAY))


def with_drives(storage: Storage, disks: Mapping[str, DiskFacts]) -> dict[str, DiskFacts]:
    """Return ``disks`` by kernel name, each with the drive that the kernel shows it on."""
    units = _units(storage, disks)
    found: dict[DiskFacts, DiskFacts] = {}
    for kname, disk in disks.items():
        kernel = storage.kernel.get(_base(storage, kname), SysBlock(kname))
        drive = _nvme(disk, kernel) if disk.transport == "nvme" else units.get(disk, "")
        found.setdefault(disk, replace(disk, drive=drive))
    final = dict(zip(found, completed(tuple(found.values())), strict=True))
    return {kname: final[disk] for kname, disk in disks.items()}


def completed(disks: Sequence[DiskFacts]) -> list[DiskFacts]:
    """Return the disks of one machine, each with its drive as :func:`drives_of` finds it."""
    drives = drives_of([_piece(disk) for disk in disks])
    return [replace(disk, drive=drive) for disk, drive in zip(disks, drives, strict=True)]


def _piece(disk: DiskFacts) -> Piece:
    return Piece(
        disk.drive,
        disk.type,
        disk.transport,
        disk.serial,
        disk.model,
        disk.size_bytes,
        disk.rotational_guess,
        disk.status_reason,
        disk.wwn,
    )


def _base(storage: Storage, kname: str) -> str:
    return min(storage.parents.get(kname, ()), default=kname) if storage.stands_for_others(kname) else kname


def _nvme(disk: DiskFacts, kernel: SysBlock) -> str:
    """Return serial number and subsystem; the location of the controller when there is no serial number."""
    if disk.status_reason.startswith(NOT_HERE) or _NO_DRIVE.search(disk.model):
        return ""
    if not is_filler(disk.serial):
        # The kernel builds a name from the serial number for drives that have none.
        own_name = kernel.subsysnqn if disk.serial not in kernel.subsysnqn else ""
        return f"nvme {disk.serial} {own_name}".strip()
    match = _CONTROLLER.fullmatch(kernel.path)
    return f"nvme at {match[1] or match[3]}" if match else ""


def _units(storage: Storage, disks: Mapping[str, DiskFacts]) -> dict[DiskFacts, str]:
    """Return the drive of each SCSI disk that shares its target with others, by serial number, or by similar WWNs.

    Without sg3-utils lsblk shows the WWN as serial number, which differs for each unit of a drive.
    """
    targets: dict[str, dict[DiskFacts, None]] = defaultdict(dict)
    for kname, disk in disks.items():
        target = target_of(storage, _base(storage, kname))
        if target and disk.transport in ("sas", "") and not disk.rotational_guess and _is_drive(disk.model):
            targets[target][disk] = None
    found: dict[DiskFacts, str] = {}
    for group in targets.values():
        serials = {serial_of(disk.serial, disk.wwn) for disk in group}
        wwns = sorted(disk.wwn for disk in group)
        if len(group) < 2 or len(serials) > 1:
            continue
        if serials != {""}:
            found.update(dict.fromkeys(group, f"sas {next(iter(group)).serial}"))
        elif wwns[0] and wwns[0][:_FAMILY] == wwns[-1][:_FAMILY]:
            found.update(dict.fromkeys(group, f"sas {wwns[0]}"))
    return found
