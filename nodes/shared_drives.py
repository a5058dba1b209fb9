"""Which disks are parts of one drive, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from common.wording import _, worded


def beside(name: str, drives: Mapping[str, str]) -> list[str]:
    """Return the other disks on the drive of this one; ``drives`` of a machine by name of the disk."""
    own = drives.get(name)
    return [other for other, drive in drives.items() if own and drive == own and other != name]


def on_drives(drives: Sequence[str]) -> str:
    """Return ``on 2 drives`` when the disks are parts of fewer drives than there are disks; else empty."""
    known = [drive for drive in drives if drive]
    number = len(drives) - len(known) + len(set(known))
    return "" if number == len(drives) else worded(_("on {n:drive|drives}"), {"n": number})
