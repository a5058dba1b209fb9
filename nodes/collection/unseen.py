"""Drives that the kernel has and that nothing can be said of."""

from __future__ import annotations

from nodes.collection.disks import NO_DISK
from nodes.collection.reading import Reader
from nodes.collection.storage import Storage, natural
from nodes.parsers.sysfs_block import SysBlock


def warn_of_dead_drives(reader: Reader, storage: Storage) -> None:
    """A drive without a size is listed nowhere: lsblk leaves it out. That one is missing must not go unsaid."""
    for name in sorted(storage.kernel, key=natural):
        known = storage.kernel[name]
        if _has_no_size(known):
            model = f" ({known.model})" if known.model else ""
            reader.warn(
                f"{name}{model} reports no size and is not listed: a drive that has failed, or something without a "
                "medium. Look at it when this machine should have one disk more."
            )


def _has_no_size(known: SysBlock) -> bool:
    """Fixed hardware of no bytes; a card reader or a virtual drive is empty by its nature."""
    fixed = known.path and not known.removable and "/usb" not in known.path
    return bool(fixed and known.size_bytes == 0 and not NO_DISK.fullmatch(known.name))
