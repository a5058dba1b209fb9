"""The section ``vpool`` of a settings file: layouts that a person chose for the ZFS pools of hyper-repl nodes.

======  =====================================================================
P01     ``stripe`` over several drives was chosen without a reason
P02     a layout that the number of disks, or of drives, does not allow
P03     the section names something that is not a hyper-repl node of the file
======  =====================================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from common.errors import Finding
from common.messages import Message, message
from zones.core.data_disks import used_disks
from zones.core.documents.settings import VpoolEntry
from zones.core.rendering.vpool import VpoolChoice, check_vpool, kept_vpool
from zones.core.rules.context import Context, Named


def chosen_vpool(ctx: Context, named: Named) -> VpoolChoice | None:
    """Return the layout that the file chooses for the node, else that of its pool in service; None for the advised one."""
    entry = ctx.settings.vpool.get(named.entry.address)
    if named.entry.role != "hyper-repl":
        return None
    if entry is not None:
        return VpoolChoice(entry.layout, entry.reason)
    return kept_vpool(named.node) if named.node else None


def vpool_entries(ctx: Context) -> Iterator[Finding]:
    """Check that each entry names a hyper-repl node of the file, and a layout that its disks allow."""
    nodes = {named.entry.address: named for named in ctx.named}
    for entry in ctx.settings.vpool.values():
        named = nodes.get(entry.address)
        if named is None:
            yield _wrong(ctx, entry, message("P03", "unknown_node", address=entry.address))
        elif named.entry.role != "hyper-repl":
            yield _wrong(ctx, entry, message("P03", "other_role", node=named.label, role=named.entry.role))
        elif named.node is not None:
            yield from _layout(ctx, entry, named)


def _wrong(ctx: Context, entry: VpoolEntry, said: Message) -> Finding:
    return ctx.finding(said, "vpool", entry.address, node=entry.address, line=entry.line)


def _layout(ctx: Context, entry: VpoolEntry, named: Named) -> Iterator[Finding]:
    """Yield P01 and P02; without a usable SSD there is nothing to lay out, and R17 says so."""
    disks = used_disks("hyper-repl", named.node) if named.node else ()
    if not disks or named.node is None:
        return
    drives = tuple(disk.drive for disk in disks)
    choice = VpoolChoice(entry.layout, entry.reason)
    for item in check_vpool(entry.address, named.node.hostname, len(disks), choice, drives):
        line = ctx.settings.line("vpool", entry.address, "layout") or entry.line
        yield replace(item, file=ctx.settings.name, line=line)
