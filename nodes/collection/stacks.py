"""What lies on what on the disks of a machine: partitions, volumes, arrays, caches and pools, from one collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nodes.collection import frames
from nodes.collection.frames import Section
from nodes.collection.run_parsers import Reader
from nodes.collection.signatures import read_content
from nodes.collection.storage import Storage, natural, read_storage
from nodes.parsers import by_id, pvs, zpool
from nodes.parsers.block import BlockDevice

POOL = "zpool"


@dataclass(frozen=True, slots=True)
class Stacked:
    """One block device or ZFS pool; ``below`` are the keys of what it lies on.

    ``kind`` as lsblk calls it (``disk part lvm raid1 crypt mpath``), ``bcache`` or ``zpool``; ``group``: the volume
    group of a physical volume. A size of 0 is not known.
    """

    key: str
    name: str
    kind: str
    size_bytes: int = 0
    below: tuple[str, ...] = ()
    fstype: str = ""
    label: str = ""
    group: str = ""
    mountpoints: tuple[str, ...] = ()


def read_stacks(stream: bytes, nonce: str) -> tuple[Stacked, ...]:
    """Return everything by the output of the collection script, what lies below first. Raises: FactsError."""
    return stacks_of(frames.parse(stream, nonce))


def stacks_of(sections: Mapping[str, Section]) -> tuple[Stacked, ...]:
    """Return what :func:`read_stacks` does, of sections. Raises: FactsError."""
    reader = Reader(sections)
    storage = read_storage(reader, reader.optional("by-id", by_id.parse) or {})
    probed = read_content(reader).probed
    groups = {
        storage.find(path): group
        for path, group in (reader.optional("pvs", pvs.parse) or {}).items()
        if group
    }
    found = []
    for kname in sorted(storage.devices, key=natural):
        device = storage.devices[kname]
        probe = probed.get(kname) or probed.get(device.name)
        found.append(
            Stacked(
                key=kname,
                name=device.name,
                kind=_kind(device),
                size_bytes=device.size_bytes or 0,
                below=storage.parents.get(kname, ()),
                fstype=device.fstype or (probe.type if probe else ""),
                label=device.label or (probe.label if probe else ""),
                group=groups.get(kname, ""),
                mountpoints=device.mountpoints,
            )
        )
    return (*found, *_pools(reader, storage))


def _kind(device: BlockDevice) -> str:
    return "bcache" if device.kname.startswith("bcache") and device.type == "disk" else device.type


def _pools(reader: Reader, storage: Storage) -> list[Stacked]:
    pools = reader.optional("zpool", zpool.parse) or ()
    found = []
    for pool in pools:
        below = tuple(dict.fromkeys(kname for path in pool.devices if (kname := storage.find(path))))
        found.append(Stacked(f"{POOL}:{pool.name}", pool.name, POOL, below=below))
    return found
