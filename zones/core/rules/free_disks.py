"""Disks that are formatted must be free: report early what component disk would stop for (R17), unless it is erased.

======  =====================================================================
P70     the section ``erase`` names something that this plan does not format
======  =====================================================================
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator

from common.errors import Finding
from zones.core.data_disks import used_disks
from zones.core.documents.settings import EraseEntry
from zones.core.rules.context import Context
from zones.core.world import DiskView, NodeView

# What component disk leaves on the disks of each role: when repeated, it recognises that as its own.
_MADE = {"hyper-repl": {"gpt", "zfs_member"}, "hyper-pair": {"drbd"}, "ks": {"ext4"}}
_BEGUN = ("scaling", "scale_failed")


def not_free(role: str, node: NodeView) -> tuple[DiskView, ...]:
    """Return the disks for which component disk would stop: they are not empty, or they are in use.

    Where an installation began before, what it made itself is no reason to stop.
    """
    if node.status == "active":
        return ()
    made: set[str] = _MADE.get(role, set()) if node.status in _BEGUN else set()
    return tuple(
        disk
        for disk in used_disks(role, node)
        if (disk.holds or disk.users) and not (made and set(disk.holds) <= made)
    )


def in_the_way(role: str, node: NodeView, erased: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield what would stop component disk, and what to do; ``erased``: names of disks that the plan erases first."""
    disks = not_free(role, node)
    used = [disk for disk in disks if disk.users]
    if used:
        commands = dict.fromkeys(command for disk in used for command in disk.releases)
        steps = [f"exec_nodes {node.address} {shlex.quote(command)}" for command in commands]
        yield (
            f"data disks are in use: {'; '.join(user for disk in used for user in disk.users)}",
            f"let go of them: {'; '.join([*steps, f'collect_nodes -i {node.address}'])}; {_keep(node, used[0])}",
        )
    full = [disk for disk in disks if disk.holds and disk.name not in erased]
    if full:
        what = "; ".join(f"{disk.name} ({', '.join(disk.holds)})" for disk in full)
        names = [disk.name for disk in full]
        yield (
            f"data disks are not empty: {what}",
            f"let this plan erase them: erase: {{{node.address}: [{', '.join(names)}]}} in the settings file; "
            f"or erase_data_disks -d {' '.join(names)} -i {node.address}; {_keep(node, full[0])}",
        )


def _keep(node: NodeView, disk: DiskView) -> str:
    return f"a disk to be kept is left out: modify_node_attributes -i {node.address} -d {disk.name} -s 0"


def erase_entries(ctx: Context) -> Iterator[Finding]:
    """Check that what the section ``erase`` names are disks that this plan formats."""
    nodes = {named.entry.address: named for named in ctx.named}
    for entry in ctx.settings.erase:
        named = nodes.get(entry.address)
        if named is None:
            yield _wrong(ctx, entry, f"{entry.address} is no node of this file", "take it out of erase")
        elif ctx.kind == "adopt":
            yield _wrong(ctx, entry, "nothing is erased where machines run already", "take erase out")
        elif named.node is not None:
            found = [disk for disk in named.node.data_disks if disk.is_called(entry.disk)]
            used = used_disks(named.entry.role, named.node)
            if len(found) == 1 and found[0] in used:
                continue
            what = "is no disk that the installation formats" if found else "is no data disk"
            names = " ".join(disk.name for disk in used) or "none"
            detail = f"{entry.disk[:80]!r} {what} of {named.label}"
            yield _wrong(ctx, entry, detail, f"disks that are formatted there: {names}")


def _wrong(ctx: Context, entry: EraseEntry, detail: str, remedy: str) -> Finding:
    path = ("erase", entry.address)
    return ctx.finding("P70", f"erase: {detail}", remedy, *path, node=entry.address, line=entry.line)
