"""The block devices of one machine as a graph: their layers, and the whole disks at the bottom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from common.messages import message
from common.wording import _
from nodes.collection.run_parsers import Reader
from nodes.parsers import lsblk_json, lsblk_pairs, lsblk_tree, mdstat, sysfs_block
from nodes.parsers.block import BlockDevice
from nodes.parsers.sysfs_block import SysBlock
from nodes.parsers.text import device_name

CACHED = re.compile(r"(?:intel)?cas[0-9]+-[0-9]+")  # Open CAS and Intel CAS
# Sub-volumes of lvmcache(7) that hold the cache, not the data: pool_cdata, pool_cmeta, fast_cvol, fast_cvol-cdata, …
_CACHE_VOLUME = re.compile(r".*_c(?:data|meta|vol|pool)(?:[-_].*)?")
_BCACHE = re.compile(r"bcache[0-9]+")
# bcache keeps its own block before the data; a larger difference means another device.
_BCACHE_HEAD_BYTES = 16 * 1024 * 1024
_HCTL = re.compile(r"([0-9]+:[0-9]+:[0-9]+):([0-9]+)")
_LETTERS = re.compile(r"(sd|vd|xvd|hd)([a-z]+)([0-9]*)")


@dataclass(frozen=True)
class Storage:
    """Devices by kernel name, what the kernel adds about each, and the edges downwards (``parents``)."""

    devices: Mapping[str, BlockDevice]
    kernel: Mapping[str, SysBlock]
    parents: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]

    def stands_for_others(self, kname: str) -> bool:
        """Check whether the device is used in place of those below: a LUN over several paths, a cached disk."""
        known = self.kernel.get(kname)
        device = self.devices.get(kname)
        is_lun = (device and device.type == "mpath") or (known and known.dm_uuid.startswith("mpath-"))
        return bool(is_lun or CACHED.fullmatch(kname))

    def wholes(self, kname: str) -> tuple[str, ...]:
        """Return the kernel names of the whole disks (or their substitutes) under the device; itself when it is one."""
        return self._under(kname, self.parents)

    def data_wholes(self, kname: str) -> tuple[str, ...]:
        """Return those of :meth:`wholes` that carry the data itself, not only a cache of it."""
        below = {name: self._data_parents(name) for name in self.parents}
        return self._under(kname, below)

    def _data_parents(self, kname: str) -> tuple[str, ...]:
        below = self.parents[kname]
        data = [name for name in below if not _CACHE_VOLUME.fullmatch(self.devices[name].name)]
        if _BCACHE.fullmatch(kname):
            data = [name for name in data if self._is_backing(kname, name)]
        return tuple(data) or below

    def _is_backing(self, bcache: str, below: str) -> bool:
        """Check whether the bcache device gives access to what is on ``below``: from the kernel, else by the sizes."""
        known = self.kernel.get(bcache)
        if known and known.backing:
            return known.backing == below
        more = (self.devices[below].size_bytes or 0) - (self.devices[bcache].size_bytes or 0)
        return 0 <= more <= _BCACHE_HEAD_BYTES

    def _under(self, kname: str, parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        seen: set[str] = set()
        pending = [kname]
        while pending:
            current = pending.pop()
            if current in seen or current not in self.devices:
                continue
            seen.add(current)
            below = parents.get(current, ())
            whole = not below or self.stands_for_others(current)
            if whole:
                found[current] = None
            pending.extend(() if whole else below)
        return tuple(sorted(found, key=natural))

    def above(self, kname: str) -> tuple[str, ...]:
        """Return everything that lies on the device, at any distance, without the device itself."""
        found: dict[str, None] = {}
        pending = list(self.children.get(kname, ()))
        while pending:
            current = pending.pop()
            if current not in found and current != kname:
                found[current] = None
                pending.extend(self.children.get(current, ()))
        return tuple(sorted(found, key=natural))

    def parts(self, kname: str) -> tuple[str, ...]:
        """Return the partitions on the disk; for a LUN without mapped ones, those that the kernel sees on a path."""
        for name in (kname, *self.parents.get(kname, ())):
            found = tuple(above for above in self.above(name) if self.devices[above].type == "part")
            if found or not self.stands_for_others(kname):
                return found
        return ()

    def find(self, path: str) -> str:
        """Find the kernel name of ``/dev/mapper/vg-root``, ``/dev/disk/by-…/…``, ``/dev/md/0`` or ``sda1``; else empty."""
        name = device_name(path)
        if name in self.devices:
            return name
        last = name.rpartition("/")[2]
        if last in self.aliases:
            return self.aliases[last]
        by_uuid = name.startswith("disk/by-uuid/")
        for device in self.devices.values():
            if device.name in (name, name.removeprefix("md/")) or (by_uuid and device.uuid == last):
                return device.kname
        return ""


def target_of(storage: Storage, kname: str) -> str:
    """Return the SCSI target (host, channel and number) of a disk; empty when it is not known."""
    return _address(storage, kname)[0]


def unit_of(storage: Storage, kname: str) -> str:
    """Return the number of the SCSI logical unit that a disk is; empty when it is not known."""
    return _address(storage, kname)[1]


def _address(storage: Storage, kname: str) -> tuple[str, str]:
    device, kernel = storage.devices[kname], storage.kernel.get(kname)
    match = _HCTL.fullmatch(device.hctl) or _HCTL.fullmatch(kernel.path.rpartition("/")[2] if kernel else "")
    return (match[1], match[2]) if match else ("", "")


def natural(name: str) -> tuple[str, int, str, tuple[int, ...]]:
    """Return a sort key under which sdb comes before sdaa, and nvme2n1 before nvme10n1."""
    numbers = tuple(int(digits[:18]) for digits in re.findall(r"[0-9]+", name))
    match = _LETTERS.fullmatch(name)
    if match:
        return match[1], len(match[2]), match[2], numbers
    return re.sub(r"[0-9]+", "#", name), 0, "", numbers


def read_storage(reader: Reader, links: Mapping[str, tuple[str, ...]]) -> Storage:
    """Build the graph; ``links`` are names in /dev/disk/by-id by kernel name.

    Raises: CollectionError without lsblk, ParseError when its output is rubbish.
    """
    kernel = reader.optional("sysfs-block", sysfs_block.parse) or {}
    arrays = reader.optional("mdstat", mdstat.parse) or ()
    devices = {item.kname: _completed(item, kernel.get(item.kname)) for item in _rows(reader)}
    extra: dict[str, tuple[str, ...]] = {name: item.slaves for name, item in kernel.items()}
    for array in arrays:
        extra[array.name] = extra.get(array.name, ()) + array.members
    parents = {
        kname: tuple(dict.fromkeys(_known((*item.parents, *extra.get(kname, ())), kname, devices)))
        for kname, item in devices.items()
    }
    aliases = {link: kname for kname, names in links.items() for link in names if kname in devices}
    return Storage(devices, kernel, parents, _turned(parents), aliases)


def _rows(reader: Reader) -> tuple[BlockDevice, ...]:
    if reader.section("lsblk-json").status == "ok":
        return reader.needed("lsblk-json", lsblk_json.parse, message("N63", "no_lsblk", section="lsblk-json"))
    if reader.section("lsblk-pairs").status == "ok":
        return reader.needed(
            "lsblk-pairs", lsblk_pairs.parse, message("N63", "no_lsblk", section="lsblk-pairs")
        )
    if reader.section("lsblk-tree").status == "ok":
        reader.warn(_("lsblk is too old to report models, serials and transports: check the disks by hand."))
        return reader.needed("lsblk-tree", lsblk_tree.parse, message("N63", "no_lsblk", section="lsblk-tree"))
    return reader.needed("lsblk-json", lsblk_json.parse, message("N63", "no_lsblk", section="lsblk-json"))


def _completed(item: BlockDevice, known: SysBlock | None) -> BlockDevice:
    """Fill the gaps of old lsblk versions in a row from the kernel's own attributes."""
    if known is None:
        return item
    return replace(
        item,
        size_bytes=item.size_bytes if item.size_bytes is not None else known.size_bytes,
        removable=item.removable if item.removable is not None else known.removable,
        rotational=item.rotational if item.rotational is not None else known.rotational,
        read_only=item.read_only if item.read_only is not None else known.read_only,
        model=item.model or known.model,
        vendor=item.vendor or ("" if known.vendor.startswith("0x") else known.vendor),
        serial=item.serial or known.serial,
    )


def _known(names: Iterable[str], own: str, devices: Mapping[str, BlockDevice]) -> Iterable[str]:
    return (name for name in names if name in devices and name != own)


def _turned(parents: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    turned: dict[str, list[str]] = {}
    for child, below in parents.items():
        for parent in below:
            turned.setdefault(parent, []).append(child)
    return {parent: tuple(children) for parent, children in turned.items()}
