"""Which disks a role needs: R17."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jobs.errors import Finding
from zones.core.rules.context import Context
from zones.core.world import DiskView, NodeView


def _counts(disks: tuple[DiskView, ...]) -> tuple[int, int]:
    ssd = sum(1 for disk in disks if disk.is_ssd)
    return ssd, len(disks) - ssd


def misfit(role: str, disks: tuple[DiskView, ...]) -> str:
    """Why usable data disks do not fit the role; empty when they do."""
    ssd, hdd = _counts(disks)
    have = f"it has {ssd} SSD and {hdd} HDD"
    if role == "hyper-pair" and (ssd, hdd) not in ((0, 1), (0, 2), (1, 1)):
        return f"{role} needs 1 HDD, 2 HDDs, or 1 SSD and 1 HDD; {have}"
    if role == "hyper-repl" and not ssd:
        return f"{role} needs at least 1 SSD; {have}"
    if role == "hyper-repl" and ssd <= hdd:
        return f"{role} needs more SSDs than HDDs; {have}"
    if role == "ks" and len(disks) != 1:
        return f"{role} needs exactly 1 data disk; it has {len(disks)}"
    return ""


def used_disks(role: str, node: NodeView) -> tuple[DiskView, ...]:
    """The data disks that the installation formats on a node of that role."""
    if role == "hyper-repl":
        return tuple(disk for disk in node.usable_disks if disk.is_ssd)
    return node.usable_disks if role in ("hyper-pair", "ks") else ()


def r17(ctx: Context) -> Iterable[Finding]:
    """Usable data disks fit the role, are empty, and each is identified by more than its kernel name."""
    for named in ctx.named:
        node, role = named.node, named.entry.role
        if node is None:
            continue
        path = ("roles", named.entry.address)
        reason = misfit(role, node.usable_disks)
        if reason:
            unused = len(node.data_disks) - len(node.usable_disks)
            more = f" ({unused} not to be used)" if unused else ""
            remedy = "correct type or status of the disks with modify_node_attributes, or change the role"
            yield ctx.finding("R17", f"{named.label}: {reason}{more}", remedy, *path, node=node.address)
        if node.os_disk is None and used_disks(role, node):
            detail = f"{named.label}: collection did not find the disk under its root file system"
            remedy = "nothing is formatted on such a node: boot its installed system and collect it again"
            yield ctx.finding("R17", detail, remedy, *path, node=node.address)
        yield from _twins(ctx, named.label, node, role)
        yield from _unstable(ctx, named.label, node, role)
        yield from _not_empty(ctx, named.label, node, role)


def _twins(ctx: Context, label: str, node: NodeView, role: str) -> Iterator[Finding]:
    """Disks that the settings file could only name alike: the installation would take one for the other."""
    names: dict[str, list[str]] = {}
    for disk in (*node.data_disks, *((node.os_disk,) if node.os_disk else ())):
        names.setdefault(disk.reference, []).append(disk.name)
    for reference in dict.fromkeys(disk.reference for disk in used_disks(role, node)):
        if len(names[reference]) > 1:
            detail = f"{label}: {', '.join(names[reference])} cannot be told apart, all are {reference}"
            remedy = "see why udev makes no links in /dev/disk/by-id for them, then collect the node again"
            yield ctx.finding("R17", detail, remedy, "roles", node.address, node=node.address)


def _unstable(ctx: Context, label: str, node: NodeView, role: str) -> Iterator[Finding]:
    for disk in used_disks(role, node):
        if not disk.stable:
            detail = (
                f"{label}: {disk.name} has no by-id, WWN or serial: nothing could tell it from another disk"
            )
            remedy = "give it a serial (a virtual machine's disk: serial=), or correct it to status 0; then collect again"
            yield ctx.finding("R17", detail, remedy, "roles", node.address, node=node.address)


def _not_empty(ctx: Context, label: str, node: NodeView, role: str) -> Iterator[Finding]:
    """What zpool and mkfs refuse in the middle of the installation, and DRBD would overwrite."""
    full = [disk for disk in used_disks(role, node) if disk.holds]
    if full:
        what = "; ".join(f"{disk.name} ({', '.join(disk.holds)})" for disk in full)
        then = "is overwritten" if role == "hyper-pair" else "stops the installation of this node"
        names = " ".join(disk.name for disk in full)
        remedy = f"erase_data_disks -d {names} for it, then collect it again; a disk to be kept is corrected to status 0"
        yield ctx.finding(
            "R17",
            f"{label}: data disks are not empty: {what}; that {then}",
            remedy,
            "roles",
            node.address,
            level="warning",
            node=node.address,
        )
