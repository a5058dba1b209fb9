"""Which disk carries the root file system, through every layer that may lie between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nodes.collection.reading import Reader
from nodes.collection.storage import Storage, natural
from nodes.facts import DiskFacts, OsDiskFacts
from nodes.parsers import proc_mounts, proc_swaps, zpool
from nodes.parsers.block import BlockDevice
from nodes.parsers.proc_mounts import Mount

# File systems that spread over several devices by themselves; all of them share one UUID.
_SPREADING = ("btrfs", "bcachefs")
_NO_REST = ("/boot", "/efi")
_SMALLEST_REST_BYTES = 10**9


def find_os_disk(
    reader: Reader, storage: Storage, disks: Mapping[str, DiskFacts]
) -> tuple[OsDiskFacts | None, tuple[DiskFacts, ...]]:
    """The OS disk and all disks under the root file system, from ``disks`` by kernel name.

    ``None`` and a warning when the root file system is on no disk (live system, network).
    """
    roots = _root_devices(reader, storage)
    wholes = sorted({whole for root in roots for whole in storage.wholes(root)}, key=natural)
    legs = tuple(dict.fromkeys(disks[whole] for whole in wholes if whole in disks))
    if not roots or not legs:
        _warn_no_root(reader)
        return None, ()
    root = storage.devices[roots[0]]
    swap = _swap(reader, storage, wholes)
    rest = _rest(storage, wholes, roots, swap)
    found = OsDiskFacts(
        disk=legs[0],
        root_part=root.name,
        root_size_bytes=root.size_bytes or 0,
        swap_part=swap.name if swap else "",
        swap_size_bytes=(swap.size_bytes or 0) if swap else 0,
        rest_part=rest.name if rest else "",
        rest_size_bytes=(rest.size_bytes or 0) if rest else 0,
        legs=tuple(leg.name for leg in legs),
    )
    return found, legs


def _root_devices(reader: Reader, storage: Storage) -> tuple[str, ...]:
    """Kernel names of the devices that the root file system lies on, the mounted one first."""
    first = next((item.kname for item in storage.devices.values() if "/" in item.mountpoints), "")
    if not first:
        mounts = (
            reader.optional("mounts", proc_mounts.parse, "the OS disk cannot be told from lsblk alone") or ()
        )
        mount = _root_mount(mounts)
        if mount and mount.fstype == "zfs":
            return _pool_devices(reader, storage, mount)
        first = storage.find(mount.source) if mount else ""
    if not first:
        return ()
    device = storage.devices[first]
    if device.fstype not in _SPREADING or not device.uuid:
        return (first,)
    others = [
        item.kname
        for item in storage.devices.values()
        if item.kname != first and item.fstype == device.fstype and item.uuid == device.uuid
    ]
    return (first, *sorted(others, key=natural))


def _root_mount(mounts: Sequence[Mount]) -> Mount | None:
    """What is mounted on ``/``; below an overlay of Ubuntu's overlayroot, what the overlay protects."""
    mount = next((item for item in reversed(mounts) if item.target == "/"), None)
    if mount and mount.fstype == "overlay":
        return next((item for item in mounts if item.target == "/media/root-ro"), mount)
    return mount


def _pool_devices(reader: Reader, storage: Storage, mount: Mount) -> tuple[str, ...]:
    name = mount.source.split("/")[0]
    pools = reader.optional("zpool", zpool.parse) or ()
    told = [path for pool in pools if pool.name == name for path in pool.devices]
    found = [kname for path in told if (kname := storage.find(path))]
    if not found:
        members = [item for item in storage.devices.values() if item.fstype == "zfs_member"]
        labelled = [item for item in members if item.label == name]
        found = [item.kname for item in labelled or members]
        if members and not labelled:
            reader.warn(
                f"The root pool {name} cannot be told from other ZFS disks: all are taken for OS disks."
            )
    return tuple(dict.fromkeys(found))


def _warn_no_root(reader: Reader) -> None:
    reader.warn(
        "The root file system lies on no disk of this machine (a live or network-booted system?): "
        "the OS disk is not known, so every disk is listed as a data disk. Boot the installed system and collect again."
    )


def _swap(reader: Reader, storage: Storage, wholes: Sequence[str]) -> BlockDevice | None:
    """The active swap device, on the OS disk first; else a swap partition there that is not switched on."""
    areas = reader.optional("swaps", proc_swaps.parse) or ()
    active = [storage.find(area.path) for area in areas if area.kind == "partition"]
    active += [item.kname for item in storage.devices.values() if "[SWAP]" in item.mountpoints]
    named = [kname for kname in active if kname and storage.wholes(kname) and not kname.startswith("zram")]
    idle = [item.kname for item in storage.devices.values() if item.fstype in ("swap", "swsuspend")]
    local = [kname for kname in (*named, *idle) if set(storage.wholes(kname)) & set(wholes)]
    chosen = next(iter([*[kname for kname in named if kname in local], *named, *local]), "")
    return storage.devices[chosen] if chosen else None


def _rest(
    storage: Storage, wholes: Sequence[str], roots: Sequence[str], swap: BlockDevice | None
) -> BlockDevice | None:
    """The largest partition of the OS disk that carries neither root, boot nor swap."""
    used = {swap.kname} if swap else set()
    used |= set(roots)
    best: BlockDevice | None = None
    for part in _partitions(storage, wholes):
        stack = {part.kname, *storage.above(part.kname)}
        points = [point for kname in stack for point in storage.devices[kname].mountpoints]
        if stack & used or any(point.startswith(_NO_REST) or point == "/" for point in points):
            continue
        if (part.size_bytes or 0) >= max(_SMALLEST_REST_BYTES, (best.size_bytes or 0) + 1 if best else 0):
            best = part
    return best


def _partitions(storage: Storage, wholes: Sequence[str]) -> list[BlockDevice]:
    names = {kname for whole in wholes for kname in storage.above(whole)}
    return [
        storage.devices[name] for name in sorted(names, key=natural) if storage.devices[name].type == "part"
    ]
