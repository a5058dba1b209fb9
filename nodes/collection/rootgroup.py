"""Disks that hold no piece of the root file system, but belong to its LVM volume group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nodes.collection.reading import Reader
from nodes.collection.storage import Storage
from nodes.facts import DiskFacts, OsDiskFacts
from nodes.parsers import pvs


def keep_root_group(
    reader: Reader, storage: Storage, os_disk: OsDiskFacts | None, data_disks: Sequence[DiskFacts]
) -> tuple[DiskFacts, ...]:
    """``data_disks``, those not to be used that the root file system's volume group would miss."""
    groups = reader.optional("pvs", pvs.parse) or {}
    if os_disk is None or not groups:
        return tuple(data_disks)
    below = _below(storage, storage.find(os_disk.root_part))
    owned = {group for path, group in groups.items() if group and storage.find(path) in below}
    held = {
        storage.devices[whole].name: group
        for path, group in groups.items()
        if group in owned
        for whole in storage.wholes(storage.find(path))
    }
    return tuple(
        replace(
            disk, suggested_status=0, status_reason=f"part of the system's volume group {held[disk.name]}"
        )
        if disk.name in held
        else disk
        for disk in data_disks
    )


def _below(storage: Storage, kname: str) -> set[str]:
    found: set[str] = set()
    pending = [kname]
    while pending:
        current = pending.pop()
        if current and current not in found:
            found.add(current)
            pending.extend(storage.parents.get(current, ()))
    return found
