"""Which disks a role needs: R17."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from common.codes.registry import Level
from common.errors import Finding
from common.messages import Message, message, phrase
from zones.core.data_disks import by_drive, names, pieces, together, used_disks
from zones.core.rendering.vpool import advise_vpool, groups_of
from zones.core.rules.context import Context
from zones.core.rules.free_disks import in_the_way
from zones.core.rules.vpool import chosen_vpool
from zones.core.world import DiskView, NodeView


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the disks of one node, without the node."""

    said: Message
    level: Level = "error"


def _counts(disks: Iterable[DiskView]) -> tuple[int, int]:
    """Count drives as SSD and as HDD: pieces of one drive count once."""
    drives = by_drive(disks)
    ssd = sum(1 for group in drives if any(disk.is_ssd for disk in group))
    return ssd, len(drives) - ssd


def misfit(role: str, disks: tuple[DiskView, ...], unused: int = 0) -> Message | None:
    """Return why usable data disks do not fit the role; None when they do. ``unused``: more disks, not to be used."""
    ssd, hdd = _counts(disks)
    if role == "hyper-pair" and (ssd, hdd) not in ((0, 1), (0, 2), (1, 1)):
        return message("R17", "misfit_pair", role=role, has=_has(disks, unused))
    if role == "hyper-repl" and not ssd:
        return message("R17", "misfit_no_ssd", role=role, has=_has(disks, unused))
    if role == "hyper-repl" and ssd <= hdd:
        return message("R17", "misfit_few_ssds", role=role, has=_has(disks, unused))
    if role == "ks" and len(disks) != 1:
        has = message("R17", "has_disks", disks=len(disks))
        return message("R17", "misfit_ks", role=role, has=_and_unused(has, unused))
    return None


def _has(disks: tuple[DiskView, ...], unused: int) -> Message:
    ssd, hdd = _counts(disks)
    but = [message("R17", "are_pieces", disks=names(group)) for group in pieces(disks)]
    but += [message("R17", "of_no_use", disk=disk.name) for disk in disks if disk.zoned == "host-managed"]
    if but:
        return _and_unused(message("R17", "has_but", ssd=ssd, hdd=hdd, but=but), unused)
    return _and_unused(message("R17", "has", ssd=ssd, hdd=hdd), unused)


def _and_unused(has: Message, unused: int) -> Message:
    return message("R17", "and_unused", has=has, unused=unused) if unused else has


def disk_problems(
    role: str, node: NodeView, layout: str = "", *, erased: Collection[str] = (), runs: bool = False
) -> Iterator[Problem]:
    """Yield everything that prevents the role with these disks.

    ``layout`` of the vpool where a person chose one; ``erased``: names of disks that are erased before they are
    formatted; ``runs``: the machine is already in service, and nothing is formatted.
    """
    disks = used_disks(role, node)
    reason = misfit(role, node.usable_disks, len(node.data_disks) - len(node.usable_disks))
    if reason:
        yield Problem(reason)
    yield from _zones(disks)
    yield from _shared(role, disks, layout)
    yield from _names(node, disks)
    if not runs:
        yield from map(Problem, in_the_way(role, node, erased))


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
                message("R17", "of_node", node=named.label, problem=problem.said),
                *("roles", named.entry.address),
                level=problem.level,
                node=named.node.address,
            )


def _no_os_disk(role: str, node: NodeView) -> Iterator[Problem]:
    if node.os_disk is None and used_disks(role, node):
        yield Problem(message("R17", "no_os_disk"))


def _zones(disks: Iterable[DiskView]) -> Iterator[Problem]:
    """Report zoned drives: ZFS, ext4 and DRBD do not follow the write rules of zones."""
    for disk in disks:
        if disk.zoned == "host-managed":
            yield Problem(message("R17", "host_managed", disk=disk.name))
        elif disk.zoned == "host-aware":
            yield Problem(message("R17", "host_aware", disk=disk.name), "warning")


def _shared(role: str, disks: tuple[DiskView, ...], layout: str) -> Iterator[Problem]:
    """Report pieces of one drive among disks that must be able to replace each other."""
    shared = pieces(disks) if role != "ks" else []
    if not shared:
        return
    what = [together(group) for group in shared]
    if role == "hyper-pair":
        yield Problem(message("R17", "shared_of_pair", shared=what))
        return
    drives = tuple(disk.drive for disk in disks)
    taken = layout or advise_vpool(len(disks), drives).layout
    if taken != "stripe":
        # A choice that puts two of them into one group is refused as such (P02).
        if groups_of(taken, len(disks), drives) is not None:
            yield Problem(message("R17", "shared_apart", shared=what, layout=taken), "info")
    elif len(by_drive(disks)) > 1 and not layout:
        yield Problem(message("R17", "shared_unevenly", shared=what))
    else:
        yield Problem(message("R17", "shared_in_stripe", shared=what), "warning")


def _names(node: NodeView, disks: Iterable[DiskView]) -> Iterator[Problem]:
    """Report disks whose name in the settings file may mean another disk to the installation."""
    here = (*node.data_disks, *((node.os_disk,) if node.os_disk else ()))
    alike: dict[str, list[str]] = {}
    for disk in here:
        alike.setdefault(disk.reference, []).append(disk.name)
    used = tuple(disks)
    for reference in dict.fromkeys(disk.reference for disk in used):
        if len(alike[reference]) > 1:
            yield Problem(message("R17", "alike", disks=alike[reference], reference=reference))
    for disk in used:
        if len(alike[disk.reference]) > 1:
            continue
        if disk.doubt:
            yield Problem(
                message(
                    "R17", "doubtful_name", disk=disk.name, reference=disk.reference, doubt=phrase(disk.doubt)
                )
            )
        elif not disk.stable:
            yield Problem(message("R17", "no_lasting_name", disk=disk.name))
