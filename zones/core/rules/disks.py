"""Which disks a role needs: R17."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from common.codes.registry import Level
from common.errors import Finding
from zones.core.data_disks import by_drive, names, pieces, together, used_disks
from zones.core.rendering.vpool import advise_vpool, groups_of
from zones.core.rules.context import Context
from zones.core.rules.free_disks import in_the_way
from zones.core.rules.vpool import chosen_vpool
from zones.core.world import DiskView, NodeView

_EVEN = "correct disks to status 0 with modify_node_attributes until every drive gives as many as the others"
_COLLECT = "see with 'ls -l /dev/disk/by-id' why it has no link of its own, then collect the node again"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the disks of one node, without the node."""

    detail: str
    remedy: str
    level: Level = "error"


def _counts(disks: Iterable[DiskView]) -> tuple[int, int]:
    """Count drives as SSD and as HDD: pieces of one drive count once."""
    drives = by_drive(disks)
    ssd = sum(1 for group in drives if any(disk.is_ssd for disk in group))
    return ssd, len(drives) - ssd


def misfit(role: str, disks: tuple[DiskView, ...]) -> str:
    """Return why usable data disks do not fit the role; empty when they do."""
    ssd, hdd = _counts(disks)
    have = f"it has {ssd} SSD and {hdd} HDD"
    but = [f"{names(group)} are pieces of one drive" for group in pieces(disks)]
    but += [
        f"{disk.name} has host-managed zones: of no use here"
        for disk in disks
        if disk.zoned == "host-managed"
    ]
    if but:
        have += f" ({'; '.join(but)})"
    if role == "hyper-pair" and (ssd, hdd) not in ((0, 1), (0, 2), (1, 1)):
        return f"{role} needs 1 HDD, 2 HDDs, or 1 SSD and 1 HDD; {have}"
    if role == "hyper-repl" and not ssd:
        return f"{role} needs at least 1 SSD; {have}"
    if role == "hyper-repl" and ssd <= hdd:
        return f"{role} needs more SSDs than HDDs; {have}"
    if role == "ks" and len(disks) != 1:
        return f"{role} needs exactly 1 data disk; it has {len(disks)}"
    return ""


def disk_problems(
    role: str, node: NodeView, layout: str = "", *, erased: Collection[str] = (), runs: bool = False
) -> Iterator[Problem]:
    """Yield everything that prevents the role with these disks.

    ``layout`` of the vpool where a person chose one; ``erased``: names of disks that are erased before they are
    formatted; ``runs``: the machine is already in service, and nothing is formatted.
    """
    disks = used_disks(role, node)
    reason = misfit(role, node.usable_disks)
    if reason:
        unused = len(node.data_disks) - len(node.usable_disks)
        more = f" ({unused} not to be used)" if unused else ""
        remedy = "correct type or status of the disks with modify_node_attributes, or change the role"
        yield Problem(f"{reason}{more}", remedy)
    yield from _zones(disks)
    yield from _shared(role, disks, layout)
    yield from _names(node, disks)
    if not runs:
        yield from (Problem(*words) for words in in_the_way(role, node, erased))


def r17(ctx: Context) -> Iterable[Finding]:
    """Check that usable data disks fit the role, counted by drives: pieces of one drive are lost together.

    Pieces are namespaces and logical units. No two pieces of a drive lie in one mirror, raidz or pair, none has
    host-managed zones, all are free, and each has a name that stays with it when disks are plugged in or found in another
    order.
    """
    for named in ctx.named:
        if named.node is None:
            continue
        choice = chosen_vpool(ctx, named)
        problems = disk_problems(
            named.entry.role,
            named.node,
            choice.layout if choice else "",
            erased=[disk.name for disk in ctx.erased(named.node)],
            runs=ctx.kind == "adopt",
        )
        for problem in (*problems, *_no_os_disk(named.entry.role, named.node)):
            yield ctx.finding(
                "R17",
                f"{named.label}: {problem.detail}",
                problem.remedy,
                *("roles", named.entry.address),
                level=problem.level,
                node=named.node.address,
            )


def _no_os_disk(role: str, node: NodeView) -> Iterator[Problem]:
    if node.os_disk is None and used_disks(role, node):
        yield Problem(
            "collection did not find the disk under its root file system",
            "nothing is formatted on such a node: boot its installed system and collect it again",
        )


def _zones(disks: Iterable[DiskView]) -> Iterator[Problem]:
    """Report zoned drives: ZFS, ext4 and DRBD do not follow the write rules of zones."""
    for disk in disks:
        if disk.zoned == "host-managed":
            yield Problem(
                f"{disk.name} has host-managed zones (SMR, ZNS): ZFS, ext4 and DRBD cannot write there",
                "correct it to status 0 with modify_node_attributes, and put another drive in",
            )
        elif disk.zoned == "host-aware":
            yield Problem(
                f"{disk.name} has host-aware zones (SMR): it works, and is very slow when it is written at random",
                "use another drive where speed matters",
                "warning",
            )


def _shared(role: str, disks: tuple[DiskView, ...], layout: str) -> Iterator[Problem]:
    """Report pieces of one drive among disks that must be able to replace each other."""
    shared = pieces(disks) if role != "ks" else []
    if not shared:
        return
    what = "; ".join(together(group) for group in shared)
    if role == "hyper-pair":
        remedy = (
            "correct all but one of them to status 0 with modify_node_attributes, or put another drive in"
        )
        yield Problem(f"{what}; a hyper-pair keeps them as disks of their own", remedy)
        return
    drives = tuple(disk.drive for disk in disks)
    taken = layout or advise_vpool(len(disks), drives).layout
    if taken != "stripe":
        # A choice that puts two of them into one group is refused as such (P02).
        if groups_of(taken, len(disks), drives) is not None:
            yield Problem(f"{what}; no {taken} holds two of them", "nothing to do", "info")
    elif len(by_drive(disks)) > 1 and not layout:
        yield Problem(f"{what}; these disks cannot be laid out so that a drive may fail", _EVEN)
    else:
        remedy = "put more drives in where that must not be"
        yield Problem(f"{what}; the pool survives no failed drive", remedy, "warning")


def _names(node: NodeView, disks: Iterable[DiskView]) -> Iterator[Problem]:
    """Report disks whose name in the settings file may mean another disk to the installation."""
    here = (*node.data_disks, *((node.os_disk,) if node.os_disk else ()))
    alike: dict[str, list[str]] = {}
    for disk in here:
        alike.setdefault(disk.reference, []).append(disk.name)
    used = tuple(disks)
    for reference in dict.fromkeys(disk.reference for disk in used):
        if len(alike[reference]) > 1:
            yield Problem(
                f"{', '.join(alike[reference])} cannot be told apart, all are {reference}",
                "see why udev makes no links in /dev/disk/by-id for them, then collect the node again",
            )
    for disk in used:
        if len(alike[disk.reference]) > 1:
            continue
        if disk.doubt:
            yield Problem(
                f"{disk.name} is known as {disk.reference} only: {disk.doubt}",
                f"{_COLLECT}, or correct it to status 0",
            )
        elif not disk.stable:
            yield Problem(
                f"{disk.name} has no by-id, WWN or serial: nothing could tell it from another disk",
                "give it a serial (a virtual machine's disk: serial=), or correct it to status 0; then collect again",
            )
