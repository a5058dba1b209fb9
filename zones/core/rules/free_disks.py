"""Disks that are formatted must be free: report early what component disk would stop for (R17), unless it is erased.

======  =====================================================================
P70     the section ``erase`` names something that this plan does not format
======  =====================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from common.errors import Finding
from common.messages import Message, message
from zones.core.data_disks import used_disks
from zones.core.documents.settings import EraseEntry
from zones.core.rules.context import Context
from zones.core.world import DiskView, NodeView

# What component disk leaves on the disks of each role: when repeated, it recognises that as its own.
_MADE = {"hyper-repl": {"gpt", "zfs_member"}, "hyper-pair": {"drbd"}, "ks": {"ext4"}}
_BEGUN = ("scaling", "scale_failed")


def not_free(role: str, node: NodeView) -> tuple[DiskView, ...]:
    """Return the disks for which component disk would stop: they are not empty, or they are in use.

    Where an installation began before, what it made itself does not prevent it.
    """
    if node.status == "active":
        return ()
    made: set[str] = _MADE.get(role, set()) if node.status in _BEGUN else set()
    return tuple(
        disk
        for disk in used_disks(role, node)
        if (disk.holds or disk.users) and not (made and set(disk.holds) <= made)
    )


def in_the_way(role: str, node: NodeView, erased: Collection[str] = ()) -> Iterator[Message]:
    """Yield what would stop component disk; ``erased``: names of disks that the plan erases first."""
    disks = not_free(role, node)
    used = [disk for disk in disks if disk.users]
    if used:
        commands = dict.fromkeys(command for disk in used for command in disk.releases)
        steps = [message("R17", "run_command", address=node.address, command=command) for command in commands]
        steps.append(message("R17", "collect_again", address=node.address))
        users = [user for disk in used for user in disk.users]
        yield message("R17", "in_use", users=users, steps=steps, keep=_keep(node, used[0]))
    full = [disk for disk in disks if disk.holds and disk.name not in erased]
    if full:
        held = [f"{disk.name} ({', '.join(disk.holds)})" for disk in full]
        names = [disk.name for disk in full]
        yield message(
            "R17", "not_empty", held=held, address=node.address, disks=names, keep=_keep(node, full[0])
        )


def _keep(node: NodeView, disk: DiskView) -> Message:
    return message("R17", "keep", address=node.address, disk=disk.name)


def erase_entries(ctx: Context) -> Iterator[Finding]:
    """Check that what the section ``erase`` names are disks that this plan formats."""
    nodes = {named.entry.address: named for named in ctx.named}
    for entry in ctx.settings.erase:
        named = nodes.get(entry.address)
        if named is None:
            yield _wrong(ctx, entry, message("P70", "unknown_node", address=entry.address))
        elif ctx.kind == "adopt":
            yield _wrong(ctx, entry, message("P70", "machines_run"))
        elif named.node is not None:
            found = [disk for disk in named.node.data_disks if disk.is_called(entry.disk)]
            used = used_disks(named.entry.role, named.node)
            if len(found) == 1 and found[0] in used:
                continue
            disk, names = entry.disk[:80], " ".join(disk.name for disk in used) or "none"
            yield _wrong(
                ctx,
                entry,
                message("P70", "not_formatted", disk=disk, node=named.label, disks=names)
                if found
                else message("P70", "no_data_disk", disk=disk, node=named.label, disks=names),
            )


def _wrong(ctx: Context, entry: EraseEntry, said: Message) -> Finding:
    return ctx.finding(said, "erase", entry.address, node=entry.address, line=entry.line)
