"""Whether disks may be erased: judged for the preview, and again on fresh facts at the moment of erasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nodes.erasing.content import DiskContent, size_words
from nodes.facts import DiskFacts, NodeFacts


@dataclass(frozen=True, slots=True)
class Target:
    """A disk as the preview showed it: ``name`` is only how a person says it."""

    name: str
    wwn: str
    serial: str
    size_bytes: int
    signatures: tuple[str, ...] = ()
    # What the preview said would be lost, line by line; None where it knew no more than the signatures.
    lost: tuple[str, ...] | None = None

    @property
    def label(self) -> str:
        """``sdb (serial S4F2…)``."""
        return f"{self.name} ({f'serial {self.serial}' if self.serial else f'WWN {self.wwn}'})"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``disks`` in the order of the targets; to be erased only when ``refusals`` is empty."""

    disks: tuple[DiskFacts, ...]
    refusals: tuple[str, ...]


def judge(targets: Sequence[Target], facts: NodeFacts, contents: Mapping[str, DiskContent]) -> Verdict:
    """Find each target again by WWN or serial, and by size, and say everything that speaks against erasing it."""
    if facts.os_disk is None:
        return Verdict((), ("the OS disk of this node is not known: boot its installed system first",))
    disks: list[DiskFacts] = []
    refusals: list[str] = []
    for target in targets:
        found = [disk for disk in (facts.os_disk.disk, *facts.data_disks) if _is(disk, target)]
        if len(found) != 1:
            refusals.append(_not_found(target, found, facts))
            continue
        disks.append(found[0])
        refusals += _against(target, found[0], facts, contents)
    return Verdict(tuple(disks), tuple(refusals))


def _is(disk: DiskFacts, target: Target) -> bool:
    """The same WWN, or the same serial where one of them has no WWN; and nothing that contradicts."""
    for ours, theirs in ((target.wwn, disk.wwn), (target.serial, disk.serial)):
        if ours and theirs and ours != theirs:
            return False
    return bool((target.wwn and target.wwn == disk.wwn) or (target.serial and target.serial == disk.serial))


def _not_found(target: Target, found: Sequence[DiskFacts], facts: NodeFacts) -> str:
    if found:
        names = ", ".join(disk.name for disk in found)
        return f"{target.label} cannot be told apart: {names} answer with the same identity"
    now = next((disk for disk in facts.data_disks if disk.name == target.name), None)
    there = f"; {now.name} is now serial {now.serial or now.wwn or 'unknown'}" if now else ""
    return f"{target.label} is not on this node any more{there}: collect it and look at a new preview"


def _against(
    target: Target, disk: DiskFacts, facts: NodeFacts, contents: Mapping[str, DiskContent]
) -> list[str]:
    assert facts.os_disk is not None
    found = []
    if disk is facts.os_disk.disk or disk.name in facts.os_disk.legs:
        found.append(f"{target.label} carries the operating system now")
    if disk.size_bytes != target.size_bytes:
        found.append(
            f"{target.label} has another size now: {size_words(target.size_bytes)} in the preview, "
            f"{size_words(disk.size_bytes)} on the node"
        )
    if disk.members and not disk.name.startswith("mpath") and disk.name in disk.members:
        found.append(f"{target.label} answers over several paths: set up multipath first")
    content = contents.get(disk.name)
    users = content.users if content else tuple(f"mounted on {point}" for point in disk.mountpoints)
    found += [f"{target.label} is in use: {user}" for user in users]
    new = [sign for sign in disk.signatures if sign not in target.signatures] or _more(target, disk, content)
    if new:
        found.append(
            f"{target.label} carries something that the preview did not show ({', '.join(new)}): "
            "collect the node and look at a new preview"
        )
    return found


def _more(target: Target, disk: DiskFacts, content: DiskContent | None) -> list[str]:
    """Lines of what lies on the disk now that the preview did not have; the disk's name may be another one by now."""
    if target.lost is None or content is None:
        return []
    shown = {line.removeprefix(target.name) for line in target.lost}
    return [line for line in content.lost if line.removeprefix(disk.name) not in shown]
