"""Layout of the ZFS pool ``vpool`` on hyper-repl nodes: advice with its reason, and checks of another choice.

======  =============================================================
P01     ``stripe`` over several drives was chosen without a reason
P02     a layout that the number of disks, or of drives, does not allow
======  =============================================================

What counts is drives: disks that are pieces of one (namespaces, logical units) are lost together, so no two of them
lie in one mirror or raidz. ``drives`` names the drive of each disk in the order of the disks, empty where it is one by
itself; left out, every disk is. The words after the pool's name are those of zpool-create(8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.errors import Finding
from common.messages import message
from zones.core.data_disks import used_disks
from zones.core.documents.settings import VPOOL_LAYOUTS as LAYOUTS
from zones.core.world import NodeView

Groups = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class VpoolChoice:
    """The layout that a person chose; ``stripe`` over several drives needs the reason."""

    layout: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VpoolAdvice:
    """``layout`` and why."""

    layout: str
    reason: str


def advise_vpool(count: int, drives: Sequence[str] = ()) -> VpoolAdvice:
    """Advise what fits ``count`` SSDs; a reference that an engineer may change.

    Raises:
        ValueError: there is no disk.
    """
    if count < 1:
        raise ValueError("a vpool needs at least one SSD")
    on = count_drives(count, drives)
    if on < count:
        return _advise_pieces(count, drives, on)
    if count == 1:
        return VpoolAdvice("stripe", "one SSD leaves no choice; a failed disk loses its data")
    if count == 2:
        return VpoolAdvice("mirror", "two SSDs: either may fail")
    if count % 2 == 0:
        return VpoolAdvice(
            "mirror", f"{count} SSDs in mirrored pairs: one of each pair may fail, fast to rebuild"
        )
    return VpoolAdvice("raidz", f"{count} SSDs cannot be paired: any one may fail, one disk's space is spent")


def _advise_pieces(count: int, drives: Sequence[str], on: int) -> VpoolAdvice:
    if on == 1:
        return VpoolAdvice("stripe", f"{count} pieces of one drive leave no choice; a failed drive loses all")
    which = "either drive" if on == 2 else "any one drive"
    reasons = {
        "mirror": f"{count} disks on {on} drives in pairs over two drives each: {which} may fail",
        "raidz": f"{count} disks on {on} drives, each group over all drives: {which} may fail",
    }
    for layout in ("mirror", "raidz") if on % 2 == 0 else ("raidz", "mirror"):
        if groups_of(layout, count, drives) is not None:
            return VpoolAdvice(layout, reasons[layout])
    return VpoolAdvice("stripe", f"{count} disks on {on} drives cannot be laid out so that a drive may fail")


def count_drives(count: int, drives: Sequence[str] = ()) -> int:
    """Count the drives that ``count`` disks are on."""
    return len(set(_keys(count, drives)))


def groups_of(layout: str, count: int, drives: Sequence[str] = ()) -> Groups | None:
    """Return the positions of the disks in each mirror or raidz; None where one would hold two pieces of one drive."""
    keys = _keys(count, drives)
    if layout == "stripe":
        return tuple((number,) for number in range(count))
    found = _pairs(keys) if layout == "mirror" else _rows(keys)
    apart = found and all(len({keys[number] for number in group}) == len(group) for group in found)
    return found if apart else None


def _pairs(keys: Sequence[str]) -> Groups:
    """Pair neighbours, unless two of one drive would be: then each disk with the one half of all disks further on."""
    half = len(keys) // 2
    if len(keys) % 2:
        return ()
    neighbours = tuple((number, number + 1) for number in range(0, len(keys), 2))
    if all(keys[one] != keys[other] for one, other in neighbours):
        return neighbours
    # By drive: no drive has more than half of the disks, or else they cannot be paired.
    ordered = sorted(
        range(len(keys)), key=lambda number: (-keys.count(keys[number]), keys.index(keys[number]), number)
    )
    return tuple(sorted((ordered[number], ordered[number + half]) for number in range(half)))


def _rows(keys: Sequence[str]) -> Groups:
    """Put all disks into one group; where all drives give equally many, one group for each of their pieces."""
    pieces = [[number for number, key in enumerate(keys) if key == drive] for drive in dict.fromkeys(keys)]
    if len(pieces) < 3 or len({len(numbers) for numbers in pieces}) > 1:
        return ()
    return tuple(zip(*pieces, strict=True))


def _keys(count: int, drives: Sequence[str]) -> list[str]:
    named = (*drives, *[""] * (count - len(drives)))
    return [drive or f"/{number}" for number, drive in enumerate(named)]


def vpool_vdevs(layout: str, disks: tuple[str, ...], drives: Sequence[str] = ()) -> str:
    """Return the vdev words of ``zpool create vpool``: ``mirror A B mirror C D``.

    Raises:
        ValueError: the layout would put two pieces of one drive into one group, or cannot have so many disks.
    """
    if layout == "stripe":
        return " ".join(disks)
    groups = groups_of(layout, len(disks), drives)
    if groups is None:
        raise ValueError(f"{layout} does not go with these {len(disks)} disks")
    return " ".join(" ".join((layout, *(disks[number] for number in group))) for group in groups)


def vpool_settings(node: NodeView, choice: VpoolChoice | None) -> Iterator[tuple[str, str]]:
    """Yield what the settings file of a hyper-repl node says about its pool; ``choice``: None for the advised layout."""
    disks = used_disks("hyper-repl", node)
    references, drives = tuple(disk.reference for disk in disks), tuple(disk.drive for disk in disks)
    advice = advise_vpool(len(disks), drives)
    if choice is None:
        layout, reason = advice.layout, advice.reason
    elif choice.layout == advice.layout:
        layout, reason = choice.layout, choice.reason or advice.reason
    else:
        layout, reason = (
            choice.layout,
            choice.reason or f"chosen without a reason; {advice.layout} is advised",
        )
    yield "vpool_layout", layout
    yield "vpool_vdevs", vpool_vdevs(layout, references, drives)
    yield "vpool_reason", reason


def can_be_laid_out(node: NodeView, layout: str) -> bool:
    """Return whether the SSDs of the node can have that layout."""
    disks = used_disks("hyper-repl", node)
    return bool(disks) and groups_of(layout, len(disks), tuple(disk.drive for disk in disks)) is not None


def kept_vpool(node: NodeView) -> VpoolChoice | None:
    """Return the layout of a pool in service, where another one is advised for the same disks; else None."""
    pool, disks = node.pool, used_disks("hyper-repl", node)
    if pool is None or pool.disks != tuple(disk.reference for disk in disks):
        return None
    advised = disks and advise_vpool(len(disks), tuple(disk.drive for disk in disks)).layout
    if pool.layout in ("", advised) or not can_be_laid_out(node, pool.layout):
        return None
    return VpoolChoice(pool.layout, pool.reason)


def check_vpool(
    address: str, hostname: str, count: int, choice: VpoolChoice, drives: Sequence[str] = ()
) -> list[Finding]:
    """Check a layout that was chosen for ``count`` SSDs of one node.

    The settings file of the zone and an edit of the node's own file are checked here alike.
    """
    on = count_drives(count, drives)
    allowed = {
        "stripe": count >= 1,
        "mirror": groups_of("mirror", count, drives) is not None,
        "raidz": groups_of("raidz", count, drives) is not None,
    }
    if not allowed.get(choice.layout, False):
        possible, layout = [layout for layout in LAYOUTS if allowed[layout]], choice.layout[:30]
        said = (
            message(
                "P02",
                "too_few_drives",
                hostname=hostname,
                layout=layout,
                ssds=count,
                drives=on,
                possible=possible,
            )
            if on < count
            else message(
                "P02", "too_few_ssds", hostname=hostname, layout=layout, ssds=count, possible=possible
            )
        )
        return [Finding(said, field=f"vpool.{address}.layout", node=address)]
    if choice.layout == "stripe" and on > 1 and not choice.reason.strip():
        return [
            Finding(
                message("P01", "", hostname=hostname, ssds=count),
                field=f"vpool.{address}.layout",
                node=address,
            )
        ]
    return []
