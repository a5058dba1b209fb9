"""Combine the paths of one LUN that multipathd has not combined."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from common.wording import _
from nodes.collection.disks import REMOTE
from nodes.collection.run_parsers import Reader
from nodes.collection.storage import Storage, unit_of
from nodes.facts import DiskFacts

# Buses on which one drive can be reached over two paths.
_SHARED_BUSES = ("sas", *REMOTE, "nvme", "")
# Two paths of a namespace have one number after the n: the subsystem counts it (nvme of the kernel).
_NAMESPACE = re.compile(r"nvme[0-9]+n([0-9]+)$")


def fold_silent_paths(
    reader: Reader, storage: Storage, disks: Mapping[str, DiskFacts]
) -> dict[str, DiskFacts]:
    """Return ``disks`` by kernel name, with paths of equal serial, WWN and size leading to one disk.

    Units of a SAS drive look equal, too, to an lsblk that knows only half of a WWN, and so do namespaces of a firmware
    that gives all of them one identity: their number distinguishes them.
    """
    groups: dict[tuple[str, str, int, str, str], list[str]] = {}
    for kname, disk in disks.items():
        known = disk.serial and disk.wwn and disk.transport in _SHARED_BUSES and not disk.members
        unit = unit_of(storage, kname) if disk.transport in ("sas", "") else ""
        if namespace := _NAMESPACE.match(kname):
            unit = namespace[1]
        key = (disk.serial, disk.wwn, disk.size_bytes, disk.model, unit) if known else (kname, "", -1, "", "")
        groups.setdefault(key, []).append(kname)
    folded: dict[str, DiskFacts] = {}
    for knames in groups.values():
        whole = disks[knames[0]]
        if len(knames) > 1:
            whole = replace(
                whole,
                members=tuple(disks[kname].name for kname in knames),
                mountpoints=tuple(
                    dict.fromkeys(point for kname in knames for point in disks[kname].mountpoints)
                ),
            )
            reader.warn(
                _(
                    "{disks} report the same serial ({serial}): they are treated as paths of one disk. Set up multipath "
                    "before data is written to it."
                ),
                disks=whole.members,
                serial=whole.serial,
            )
        folded.update(dict.fromkeys(knames, whole))
    return folded
