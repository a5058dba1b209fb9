"""Disks beside the OS disk that the running system cannot do without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nodes.collection.reading import Reader
from nodes.collection.storage import Storage
from nodes.facts import DiskFacts, OsDiskFacts
from nodes.parsers import pvs

_SYSTEM_MOUNTS = (
    *("/boot", "/usr", "/var", "/etc", "/opt"),
    *("/cdrom", "/run/live", "/lib/live", "/isodevice", "/run/initramfs"),
)


def keep_from_use(
    reader: Reader, storage: Storage, os_disk: OsDiskFacts | None, data_disks: Sequence[DiskFacts]
) -> tuple[DiskFacts, ...]:
    """``data_disks``, those not to be used that carry swap, ``/boot`` or a piece of the system's volume group."""
    held = _root_group(reader, storage, os_disk)
    return tuple(_kept(disk, held.get(disk.name, "")) for disk in data_disks)


def _kept(disk: DiskFacts, group: str) -> DiskFacts:
    mount = next((point for point in disk.mountpoints if _is_system(point)), "")
    reason = f"in use by the operating system ({mount})" if mount else ""
    reason = reason or (f"part of the system's volume group {group}" if group else "")
    if not reason or not disk.suggested_status:
        return disk
    return replace(disk, suggested_status=0, status_reason=reason)


def _is_system(point: str) -> bool:
    return point == "[SWAP]" or any(point == top or point.startswith(f"{top}/") for top in _SYSTEM_MOUNTS)


def _root_group(reader: Reader, storage: Storage, os_disk: OsDiskFacts | None) -> dict[str, str]:
    """Volume group by disk name, for disks of the group in which the root file system lies."""
    groups = reader.optional("pvs", pvs.parse) or {}
    if os_disk is None or not groups:
        return {}
    below = _below(storage, storage.find(os_disk.root_part))
    owned = {group for path, group in groups.items() if group and storage.find(path) in below}
    return {
        storage.devices[whole].name: group
        for path, group in groups.items()
        if group in owned
        for whole in storage.wholes(storage.find(path))
    }


def _below(storage: Storage, kname: str) -> set[str]:
    found: set[str] = set()
    pending = [kname]
    while pending:
        current = pending.pop()
        if current and current not in found:
            found.add(current)
            pending.extend(storage.parents.get(current, ()))
    return found
