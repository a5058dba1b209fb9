"""Drives that the kernel knows but does not present as disks."""

from __future__ import annotations

from common.wording import _
from nodes.collection.disks import HOST_MANAGED, NO_DISK, ZONED_TYPE
from nodes.collection.run_parsers import Reader
from nodes.collection.storage import Storage, natural
from nodes.parsers import sysfs_block
from nodes.parsers.sysfs_block import SysBlock


def warn_of_dead_drives(reader: Reader, storage: Storage) -> None:
    """Warn of drives without a size, which lsblk leaves out: a missing drive must be reported.

    Host-managed drives among them work, but not with this kernel.
    """
    for name in sorted(storage.kernel, key=natural):
        known = storage.kernel[name]
        if not _has_no_size(known):
            continue
        if _is_host_managed(known):
            _warn_of_no_disk(reader, known)
            continue
        reader.warn(
            _(
                "{drive} reports no size and is not listed: it is a failed drive, or a device without a medium. Check it "
                "if this machine should have one more disk."
            ),
            drive=_named(name, known),
        )
    without_device = reader.optional("no-block-device", sysfs_block.parse) or {}
    for name in sorted(without_device, key=natural):
        _warn_of_no_disk(reader, without_device[name])


def _has_no_size(known: SysBlock) -> bool:
    """Check for fixed hardware of zero bytes; a card reader or a virtual drive may be empty."""
    fixed = known.path and not known.removable and "/usb" not in known.path
    return bool(fixed and known.size_bytes == 0 and not NO_DISK.fullmatch(known.name))


def _is_host_managed(known: SysBlock) -> bool:
    return known.zoned == HOST_MANAGED or known.type == ZONED_TYPE


def _warn_of_no_disk(reader: Reader, known: SysBlock) -> None:
    reader.warn(
        _(
            "{drive} is a host-managed zoned drive, which this kernel does not present as a disk, so it is not listed. The "
            "platform cannot use zoned drives: add another drive if this machine should have one more disk."
        )
        if _is_host_managed(known)
        else _(
            "{drive} is an NVMe namespace that this kernel does not present as a disk (it has zones, or another command "
            "set), so it is not listed. Check it if this machine should have one more disk."
        ),
        drive=_named(known.name, known),
    )


def _named(name: str, known: SysBlock) -> str:
    return f"{name} ({known.model})" if known.model else name
