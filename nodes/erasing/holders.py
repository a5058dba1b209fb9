"""Current users of a disk (mounts, swap, LVM, md, encryption, ZFS), each with the command that releases it."""

from __future__ import annotations

import shlex

from common.messages import Message, phrase
from common.wording import _
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
                    _used(
                        _("it is part of the array {name} ({command})"),
                        f"mdadm --stop /dev/{shlex.quote(array.name)}",
                        name=array.name,
                    ),
                )
    for area in reader.optional("swaps", proc_swaps.parse) or ():
        tell(storage.find(area.path), _swap(area.path))
    for pool in reader.optional("zpool", zpool.parse) or ():
        for path in pool.devices:
            used = _used(
                _("part of the imported ZFS pool {name} ({command})"),
                f"zpool export {pool.name}",
                name=pool.name,
            )
            tell(storage.find(path), used)
    for kname, sentence in _groups(reader, storage):
        tell(kname, sentence)
    return {kname: tuple(sentences) for kname, sentences in found.items()}


def _used(template: str, command: str, **params: str) -> Message:
    """Return a sentence that ends with the command that releases the disk, in brackets."""
    return phrase(template, command=command, **params)


def release(sentence: str) -> str:
    """Return the command that releases the disk from a sentence of :func:`users_of`; empty where there is none."""
    if isinstance(sentence, Message):
        return str(sentence.params.get("command", ""))
    _before, opened, command = sentence.partition(" (")
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
    return _used(
        _("{name} is mounted on {point} ({command})"),
        f"umount {shlex.quote(point)}",
        name=device.name,
        point=point,
    )


def _swap(path: str) -> str:
    return _used(_("{path} is in use as swap ({command})"), f"swapoff {shlex.quote(path)}", path=path)


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
        active = _("the LVM volume {name} is active on it ({command})")
        return [_used(active, f"vgchange -an {shlex.quote(group)}", name=device.name)]
    if device.type.startswith("raid") or device.type in ("linear", "md"):
        active = _("the array {name} is active on it ({command})")
        return [_used(active, f"mdadm --stop /dev/{name}", name=device.name)]
    if device.type == "crypt":
        is_open = _("the encrypted volume {name} is open on it ({command})")
        return [_used(is_open, f"cryptsetup close {name}", name=device.name)]
    other = _("the {kind} device {name} uses it: dismantle that device first")
    return [phrase(other, kind=device.type, name=device.name)]


def _mapped(storage: Storage, kname: str) -> list[str]:
    """Return partitions mapped by kpartx(8): until these devices are gone, the LUN cannot be opened exclusively."""
    lun = next((below for below in storage.parents.get(kname, ()) if storage.stands_for_others(below)), "")
    if not lun or not kname.startswith("dm-"):
        return []
    path = shlex.quote(f"/dev/mapper/{storage.devices[lun].name}")
    mapped = _("its partition {name} is mapped ({command})")
    return [_used(mapped, f"kpartx -d {path}", name=storage.devices[kname].name)]


def _groups(reader: Reader, storage: Storage) -> list[tuple[str, str]]:
    """Return the disks of volume groups with an active volume, also those without a piece of that volume."""
    groups = reader.optional("pvs", pvs.parse) or {}
    members: dict[str, list[str]] = {}
    for path, group in groups.items():
        if group:
            members.setdefault(group, []).append(storage.find(path))
    return [
        (
            kname,
            _used(
                _("the volume group {name} is active ({command})"),
                f"vgchange -an {shlex.quote(group)}",
                name=group,
            ),
        )
        for group, knames in members.items()
        if any(_carries_volume(storage, kname) for kname in knames)
        for kname in knames
    ]


def _carries_volume(storage: Storage, kname: str) -> bool:
    return any(storage.devices[above].type == "lvm" for above in storage.above(kname))
