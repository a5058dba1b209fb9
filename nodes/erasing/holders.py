"""What uses a disk now: mounts, swap, LVM, md, encryption, ZFS; each with the command that releases it."""

from __future__ import annotations

import shlex

from nodes.collection.osdisk import SPREADING
from nodes.collection.run_parsers import Reader
from nodes.collection.storage import Storage
from nodes.parsers import mdstat, proc_mounts, proc_swaps, pvs, zpool
from nodes.parsers.block import BlockDevice


def users_of(reader: Reader, storage: Storage) -> dict[str, tuple[str, ...]]:
    """Return sentences by the kernel name of a disk; unused disks are left out."""
    found: dict[str, dict[str, None]] = {}

    def tell(kname: str, sentence: str) -> None:
        for whole in storage.wholes(kname):
            found.setdefault(whole, {})[sentence] = None

    for kname, device in storage.devices.items():
        for sentence in (*_mounts(storage, device), *_stacked(storage, kname)):
            tell(kname, sentence)
    for mount in reader.optional("mounts", proc_mounts.parse) or ():
        # File systems over several devices that lsblk shows on none: bcachefs names all of them, with colons.
        for kname in filter(None, map(storage.find, mount.source.split(":"))):
            if not storage.devices[kname].mountpoints:
                tell(kname, _mounted(storage.devices[kname], mount.target))
    for array in reader.optional("mdstat", mdstat.parse) or ():
        # Containers and inactive arrays have no size, and lsblk leaves them out; they hold their disks all the same.
        if array.name not in storage.devices:
            for member in array.members:
                tell(
                    member,
                    f"it is part of the array {array.name} (mdadm --stop /dev/{shlex.quote(array.name)})",
                )
    for area in reader.optional("swaps", proc_swaps.parse) or ():
        tell(storage.find(area.path), _swap(area.path))
    for pool in reader.optional("zpool", zpool.parse) or ():
        for path in pool.devices:
            tell(storage.find(path), f"part of the imported ZFS pool {pool.name} (zpool export {pool.name})")
    for kname, sentence in _groups(reader, storage):
        tell(kname, sentence)
    return {kname: tuple(sentences) for kname, sentences in found.items()}


def release(sentence: str) -> str:
    """Return the command that releases the disk from a sentence of :func:`users_of`; empty where there is none."""
    _, opened, command = sentence.partition(" (")
    return command[:-1] if opened and command.endswith(")") else ""


def _mounts(storage: Storage, device: BlockDevice) -> list[str]:
    points = list(device.mountpoints)
    # One mounted member of such a file system keeps all its devices in use; they share its UUID.
    if device.fstype in SPREADING and device.uuid:
        points += [
            point
            for other in storage.devices.values()
            if other.fstype == device.fstype and other.uuid == device.uuid
            for point in other.mountpoints
        ]
    return [
        _swap(f"/dev/{device.kname}") if point == "[SWAP]" else _mounted(device, point)
        for point in dict.fromkeys(points)
    ]


def _mounted(device: BlockDevice, point: str) -> str:
    return f"{device.name} is mounted on {point} (umount {shlex.quote(point)})"


def _swap(path: str) -> str:
    return f"{path} is in use as swap (swapoff {shlex.quote(path)})"


def _stacked(storage: Storage, kname: str) -> list[str]:
    """Return the volume that lies on a disk and holds it, mounted or not."""
    device = storage.devices[kname]
    if device.type == "part":
        return _mapped(storage, kname)
    if not storage.parents.get(kname) or storage.stands_for_others(kname):
        return []
    name = shlex.quote(device.name)
    if device.type == "lvm":
        group = device.name.replace("--", "\0").partition("-")[0].replace("\0", "-")
        return [f"the LVM volume {device.name} is active on it (vgchange -an {shlex.quote(group)})"]
    if device.type.startswith("raid") or device.type in ("linear", "md"):
        return [f"the array {device.name} is active on it (mdadm --stop /dev/{name})"]
    if device.type == "crypt":
        return [f"the encrypted volume {device.name} is open on it (cryptsetup close {name})"]
    return [f"the {device.type} device {device.name} uses it: dismantle that device first"]


def _mapped(storage: Storage, kname: str) -> list[str]:
    """Return partitions mapped by kpartx(8): until these devices are gone, the LUN cannot be opened exclusively."""
    lun = next((below for below in storage.parents.get(kname, ()) if storage.stands_for_others(below)), "")
    if not lun or not kname.startswith("dm-"):
        return []
    path = shlex.quote(f"/dev/mapper/{storage.devices[lun].name}")
    return [f"its partition {storage.devices[kname].name} is mapped (kpartx -d {path})"]


def _groups(reader: Reader, storage: Storage) -> list[tuple[str, str]]:
    """Return the disks of volume groups with an active volume, also those without a piece of that volume."""
    groups = reader.optional("pvs", pvs.parse) or {}
    members: dict[str, list[str]] = {}
    for path, group in groups.items():
        if group:
            members.setdefault(group, []).append(storage.find(path))
    return [
        (kname, f"the volume group {group} is active (vgchange -an {shlex.quote(group)})")
        for group, knames in members.items()
        if any(_carries_volume(storage, kname) for kname in knames)
        for kname in knames
    ]


def _carries_volume(storage: Storage, kname: str) -> bool:
    return any(storage.devices[above].type == "lvm" for above in storage.above(kname))
