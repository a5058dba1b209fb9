"""The contents and users of each disk of a machine, from one collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nodes.collection import frames
from nodes.collection.frames import Section
from nodes.collection.run_parsers import Reader
from nodes.collection.signatures import read_content
from nodes.collection.storage import Storage, natural, read_storage
from nodes.erasing.holders import users_of
from nodes.parsers import by_id
from nodes.parsers.blkid import Signature
from nodes.parsers.block import BlockDevice


@dataclass(frozen=True, slots=True)
class DiskContent:
    """``lost``: one line for each thing on the disk; ``users``: why the kernel or a volume manager holds it."""

    lost: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


def read_contents(stream: bytes, nonce: str) -> dict[str, DiskContent]:
    """Return content by the disk's name, from the output of the collection script. Raises: FactsError."""
    return contents_of(frames.parse(stream, nonce))


def contents_of(sections: Mapping[str, Section]) -> dict[str, DiskContent]:
    """Return content by the disk's name, for everything but partitions and stacks. Raises: FactsError."""
    reader = Reader(sections)
    storage = read_storage(reader, reader.optional("by-id", by_id.parse) or {})
    users = users_of(reader, storage)
    probed = read_content(reader).probed
    return {
        device.name: DiskContent(_lost(storage, kname, probed), users.get(kname, ()))
        for kname, device in storage.devices.items()
        if storage.stands_for_others(kname) or not storage.parents.get(kname)
    }


def _lost(storage: Storage, kname: str, probed: Mapping[str, Signature]) -> tuple[str, ...]:
    names = (kname, *sorted({*storage.above(kname), *storage.parts(kname)}, key=natural))
    lines = [_line(_completed(storage.devices[name], probed), whole=name == kname) for name in names]
    return tuple(line for line in lines if line)


def _completed(device: BlockDevice, probed: Mapping[str, Signature]) -> BlockDevice:
    """Fill gaps from blkid, which has read the disk itself; lsblk knows only what udev knows, and old ones less."""
    probe = probed.get(device.kname) or probed.get(device.name)
    if probe is None:
        return device
    same = not device.fstype or device.fstype == probe.type
    return replace(
        device,
        fstype=device.fstype or probe.type,
        uuid=device.uuid or (probe.uuid if same else ""),
        label=device.label or (probe.label if same else ""),
        pttype=device.pttype or probe.pttype,
        ptuuid=device.ptuuid or probe.ptuuid,
    )


def _line(device: BlockDevice, *, whole: bool) -> str:
    """Return ``sdb1 ext4 "backup" 3.2 TB UUID 5f1c…``; empty for a whole disk without anything directly on it.

    The UUID distinguishes it from another one of the same kind, label and size.
    """
    what = device.fstype or (f"{device.pttype} partition table" if whole and device.pttype else "")
    if whole and not what:
        return ""
    label = f' "{device.label}"' if device.label else ""
    size = "" if whole else f" {size_words(device.size_bytes or 0)}"
    kind = what or ("no file system" if device.type == "part" else device.type)
    known = device.uuid if device.fstype else device.ptuuid if whole else device.partuuid
    return f"{device.name} {kind}{label}{size}{f' UUID {known}' if known else ''}"


def size_words(size_bytes: int) -> str:
    """Return ``3.2 TB``, ``480 GB``, ``512 MB``: decimal units, as disks are sold."""
    for limit, unit in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB")):
        if size_bytes >= limit:
            return f"{size_bytes / limit:.4g} {unit}"
    return f"{size_bytes} bytes"
