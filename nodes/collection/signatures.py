"""What is left on a disk: partition tables and file system, RAID, LVM and ZFS signatures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from common.wording import _
from nodes.collection.machine import without_root
from nodes.collection.run_parsers import Reader
from nodes.collection.storage import Storage, natural
from nodes.parsers import blkid
from nodes.parsers.blkid import Signature

_NO_DIRT = frozenset({"", "mpath_member"})
_BLKID_FOUND_NOTHING = 2


@dataclass(frozen=True, slots=True)
class Content:
    """The output of the probing tools, by device name."""

    probed: Mapping[str, Signature]
    wiped: Mapping[str, tuple[str, ...]]
    unread: tuple[str, ...] = ()


def read_content(reader: Reader) -> Content:
    """Read the output of blkid and wipefs; both are optional, since lsblk gets most of it from udev."""
    probed: Mapping[str, Signature] = {}
    section = reader.section("blkid")
    nothing = not section.stdout.strip() and section.exit_code in (0, _BLKID_FOUND_NOTHING)
    if not nothing:
        probed = reader.optional("blkid", blkid.parse) or {}
    wiped = reader.partial("wipefs", blkid.parse_wipefs) or {}
    return Content(probed, wiped, blkid.unread_by_wipefs(reader.section("wipefs").stdout))


def warn_of_unread(reader: Reader, content: Content, disks: Collection[str]) -> None:
    """Warn of unreadable ``disks``, which may not be clean; empty readers and silent paths are not among them."""
    unread = [name for name in content.unread if name in disks]
    # A user other than root can read none of them, and was warned of that once.
    if unread and not without_root(reader):
        reader.warn(
            _(
                "The contents of {disks} could not be read (a failing disk?): there may be data although no "
                "signature is shown."
            ),
            disks=unread,
        )


def signatures_of(
    storage: Storage, kname: str, members: tuple[str, ...], content: Content
) -> tuple[str, ...]:
    """Return the signatures of the disk and of its partitions; empty for a clean disk."""
    found: dict[str, None] = {}
    parts = storage.parts(kname)
    for name in (kname, *members, *sorted(parts, key=natural)):
        device = storage.devices[name]
        probe = content.probed.get(name) or content.probed.get(device.name) or Signature(name)
        table = (device.pttype, probe.pttype) if device.type != "part" else ()
        for sign in (*table, device.fstype, probe.type, *content.wiped.get(name, ())):
            found[sign] = None
    if "gpt" in found:
        found.pop("PMBR", None)
    signs = tuple(sign for sign in found if sign not in _NO_DIRT)
    return signs or (("partitions",) if parts else ())
