"""Disks other than the OS disk that are in use: by the running system, or mounted with user data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nodes.collection.osdisk import SPREADING
from nodes.collection.run_parsers import Reader
from nodes.collection.storage import Storage
from nodes.facts import DiskFacts, OsDiskFacts
from nodes.parsers import proc_mounts, pvs, zpool

_SYSTEM_MOUNTS = (
    *("/boot", "/usr", "/var", "/etc", "/opt"),
    *("/cdrom", "/run/live", "/lib/live", "/isodevice", "/run/initramfs"),
)

# The platform's own, on a node that was scaled: /pitrix of a KS node, the pool of a hypervisor.
_OWN_MOUNTS = ("/pitrix", "/vpool")


def keep_from_use(
    reader: Reader, storage: Storage, os_disk: OsDiskFacts | None, data_disks: Sequence[DiskFacts]
) -> tuple[DiskFacts, ...]:
    """Return ``data_disks``, with those marked not to be used that carry swap, ``/boot``, user data or root's group."""
    held = _root_group(reader, storage, os_disk)
    mounted = _mounted(reader, storage)
    return tuple(_kept(disk, held.get(disk.name, ""), mounted.get(disk.name, {})) for disk in data_disks)


def _mounted(reader: Reader, storage: Storage) -> dict[str, dict[str, None]]:
    """Return the mount points by disk name, even where lsblk shows none or one of a file system's disks."""
    found: dict[str, dict[str, None]] = {}

    def tell(kname: str, point: str) -> None:
        for whole in storage.wholes(kname):
            found.setdefault(storage.devices[whole].name, {})[point] = None

    spread: dict[tuple[str, str], list[str]] = {}
    for kname, device in storage.devices.items():
        if device.fstype in SPREADING and device.uuid:
            spread.setdefault((device.fstype, device.uuid), []).append(kname)
    for kname, device in storage.devices.items():
        for point in device.mountpoints:
            for member in (kname, *spread.get((device.fstype, device.uuid), ())):
                tell(member, point)
    pools = {pool.name: pool.devices for pool in reader.optional("zpool", zpool.parse) or ()}
    for mount in reader.optional("mounts", proc_mounts.parse) or ():
        if mount.fstype == "zfs":
            sources: Sequence[str] = pools.get(mount.source.split("/")[0], ())
        else:
            # bcachefs names all its devices: /dev/sda:/dev/sdb.
            sources = mount.source.split(":") if mount.source.startswith("/dev/") else ()
        for kname in filter(None, map(storage.find, sources)):
            tell(kname, mount.target)
    return found


def _kept(disk: DiskFacts, group: str, mounted: Mapping[str, None]) -> DiskFacts:
    points = (*disk.mountpoints, *mounted)
    mount = next((point for point in points if _is_system(point)), "")
    reason = f"in use by the operating system ({mount})" if mount else ""
    reason = reason or (f"part of the system's volume group {group}" if group else "")
    mount = next((point for point in points if not _is_below(point, _OWN_MOUNTS)), "")
    reason = reason or (f"mounted on {mount}: it may hold user data" if mount else "")
    if not reason or not disk.suggested_status:
        return disk
    return replace(disk, suggested_status=0, status_reason=reason)


def _is_system(point: str) -> bool:
    return point in ("/", "[SWAP]") or _is_below(point, _SYSTEM_MOUNTS)


def _is_below(point: str, tops: Sequence[str]) -> bool:
    return any(point == top or point.startswith(f"{top}/") for top in tops)


def _root_group(reader: Reader, storage: Storage, os_disk: OsDiskFacts | None) -> dict[str, str]:
    """Return the volume group by disk name, for disks of the group in which the root file system lies."""
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
