"""Parents of lsblk rows that do not name them: from partition names, content and depth-first order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nodes.parsers.block import BlockDevice

_PARTITION = re.compile(r"(.*?[0-9])p([0-9]+)|(.*?[^0-9])([0-9]+)")

# What the device below must contain, by the type of the device above.
_CONTENT = {"lvm": ("LVM2_member",), "crypt": ("crypto_LUKS",), "mpath": ("mpath_member",)}
_RAID_CONTENT = ("linux_raid_member", "isw_raid_member", "ddf_raid_member")


def disk_of_partition(name: str) -> str:
    """Return ``sda`` for ``sda3``, ``nvme0n1`` for ``nvme0n1p4``, ``sdaa`` for ``sdaa1``; empty for other names."""
    match = _PARTITION.fullmatch(name)
    if match is None:
        return ""
    return match[1] or match[3] or ""


def with_guessed_parents(rows: Sequence[BlockDevice]) -> Iterator[BlockDevice]:
    """Yield ``rows`` (depth first, as lsblk prints them) with their parents."""
    known = {row.kname for row in rows}
    for index, row in enumerate(rows):
        parent = _parent(row, rows[max(0, index - 400) : index], known)
        yield replace(row, parents=(parent,)) if parent else row


def _parent(row: BlockDevice, before: Sequence[BlockDevice], known: set[str]) -> str:
    if row.type in ("disk", "rom", "loop") or not before:
        return ""
    if row.type == "part":
        whole = disk_of_partition(row.kname)
        return whole if whole in known else _latest(before, ("disk", "mpath", "raid", "md", "loop"))
    wanted = _RAID_CONTENT if row.type.startswith(("raid", "md")) else _CONTENT.get(row.type, ())
    for candidate in reversed(before):
        if candidate.fstype in wanted and candidate.kname != row.kname:
            return candidate.kname
        if candidate.type == "disk":
            break
    return before[-1].kname if before[-1].kname != row.kname else ""


def _latest(before: Sequence[BlockDevice], types: tuple[str, ...]) -> str:
    return next((row.kname for row in reversed(before) if row.type.startswith(types)), "")
