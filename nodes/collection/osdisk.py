"""Find the disk that carries the root file system, through every layer that may lie between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.wording import _
from nodes.collection.run_parsers import Reader
from nodes.collection.storage import Storage, natural
from nodes.facts import DiskFacts, OsDiskFacts
from nodes.parsers import proc_mounts, proc_swaps, zpool
from nodes.parsers.block import BlockDevice
from nodes.parsers.proc_mounts import Mount

# File systems that spread over several devices by themselves; all of them share one UUID.
SPREADING = ("btrfs", "bcachefs")
# Where the disk is mounted that an overlay protects: Ubuntu's overlayroot, and systems of ostree.
_BELOW_OVERLAY = ("/media/root-ro", "/sysroot")
_NO_REST = ("/boot", "/efi")
_SMALLEST_REST_BYTES = 10**9


@dataclass(frozen=True, slots=True)
class Roots:
    """Kernel names of the devices under the root file system: those with its data, and those that only log or cache."""

    data: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """Return all of them, those with the data first."""
        return (*self.data, *self.beside)


def find_os_disk(
    reader: Reader, storage: Storage, disks: Mapping[str, DiskFacts]
) -> tuple[OsDiskFacts | None, tuple[DiskFacts, ...]]:
    """Return the OS disk and all disks under the root file system, from ``disks`` by kernel name.

    ``None`` and a warning when the root file system is on no disk (live system, network).
    """
    roots = _root_devices(reader, storage)
    wholes = [whole for whole in _wholes(storage, roots) if whole in disks]
    legs = tuple(dict.fromkeys(disks[whole] for whole in wholes))
    if not legs:
        _warn_no_root(reader)
        return None, ()
    # Of several devices under one file system, the one on the disk that is shown.
    root = storage.devices[next(name for name in roots.every if wholes[0] in storage.wholes(name))]
    swap = _swap(reader, storage, wholes)
    rest = _rest(storage, wholes, roots.every, swap)
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


def _wholes(storage: Storage, roots: Roots) -> list[str]:
    """Return every whole disk under the root file system: those with its data first, then those that cache or log."""
    data = {whole for root in roots.data for whole in storage.data_wholes(root)}
    every = {whole for root in roots.every for whole in storage.wholes(root)}
    return sorted(every, key=lambda whole: (whole not in data, natural(whole)))


def _root_devices(reader: Reader, storage: Storage) -> Roots:
    """Return the devices that the root file system lies on, the mounted one first."""
    first = next((item.kname for item in storage.devices.values() if "/" in item.mountpoints), "")
    if not first:
        mounts = (
            reader.optional("mounts", proc_mounts.parse, _("lsblk alone does not identify the OS disk")) or ()
        )
        mount = _root_mount(mounts)
        if mount and mount.fstype == "zfs":
            return _pool_devices(reader, storage, mount)
        # bcachefs names all its devices: /dev/sda:/dev/sdb.
        first = storage.find(mount.source.split(":")[0]) if mount else ""
    if not first:
        return Roots()
    device = storage.devices[first]
    if device.fstype not in SPREADING or not device.uuid:
        return Roots((first,))
    others = [
        item.kname
        for item in storage.devices.values()
        if item.kname != first and item.fstype == device.fstype and item.uuid == device.uuid
    ]
    return Roots((first, *sorted(others, key=natural)))


def _root_mount(mounts: Sequence[Mount]) -> Mount | None:
    """Return the mount on ``/``; where that is an overlay, the mount on a disk below it."""
    mount = next((item for item in reversed(mounts) if item.target == "/"), None)
    if mount and mount.fstype == "overlay":
        return next((item for item in mounts if item.target in _BELOW_OVERLAY), mount)
    return mount


def _pool_devices(reader: Reader, storage: Storage, mount: Mount) -> Roots:
    name = mount.source.split("/")[0]
    pools = [pool for pool in reader.optional("zpool", zpool.parse) or () if pool.name == name]
    found = [kname for pool in pools for path in pool.devices if (kname := storage.find(path))]
    beside = {storage.find(path) for pool in pools for path in pool.beside}
    if not found:
        members = [item for item in storage.devices.values() if item.fstype == "zfs_member"]
        labelled = [item for item in members if item.label == name]
        found = [item.kname for item in labelled or members]
        if members and not labelled:
            reader.warn(
                _(
                    "The root pool {name} cannot be distinguished from other ZFS disks: all of them are treated as OS disks."
                ),
                name=name,
            )
    return Roots(
        tuple(dict.fromkeys(name for name in found if name not in beside)),
        tuple(dict.fromkeys(name for name in found if name in beside)),
    )


def _warn_no_root(reader: Reader) -> None:
    reader.warn(
        _(
            "The root file system is not on a disk of this machine (a live or network-booted system?): the OS disk is "
            "unknown, so every disk is listed as a data disk. Boot the installed system and collect again."
        )
    )


def _swap(reader: Reader, storage: Storage, wholes: Sequence[str]) -> BlockDevice | None:
    """Return the active swap device, on the OS disk first; else a swap partition there that is not switched on."""
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
    """Return the largest partition of the OS disk that carries neither root, boot nor swap."""
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
