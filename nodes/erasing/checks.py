"""Decide whether disks may be erased: for the preview, and again on fresh facts at the moment of erasing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common.messages import Message, message
from nodes.erasing.content import DiskContent, size_words
from nodes.facts import DiskFacts, NodeFacts


@dataclass(frozen=True, slots=True)
class Target:
    """A disk as the preview showed it: ``name`` is only for people."""

    name: str
    wwn: str
    serial: str
    size_bytes: int
    signatures: tuple[str, ...] = ()
    by_id: str = ""
    model: str = ""
    # What the preview listed as lost, line by line; None where it knew only the signatures.
    lost: tuple[str, ...] | None = None

    @property
    def label(self) -> str:
        """Return ``sdb (serial S4F2…)``."""
        return f"{self.name} ({f'serial {self.serial}' if self.serial else f'WWN {self.wwn}'})"


def target_of(disk: Mapping[str, Any]) -> Target:
    """Build the target from a disk of a preview."""
    return Target(
        name=disk["name"],
        wwn=disk["wwn"],
        serial=disk["serial"],
        size_bytes=disk["size_bytes"],
        by_id=disk.get("by_id", ""),
        model=disk["model"],
        signatures=tuple(disk["signatures"]),
        lost=tuple(disk["lost"]) if disk.get("content_known") else None,
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """``disks`` in the order of the targets, with all that identified them; erased only when ``refusals`` is empty."""

    disks: tuple[DiskFacts, ...]
    refusals: tuple[Message, ...]


def judge(targets: Sequence[Target], facts: NodeFacts, contents: Mapping[str, DiskContent]) -> Verdict:
    """Find each target again and return every objection to erasing it.

    WWN, serial, link and model that were known and are seen now must all agree, and a WWN or serial must be among them.
    """
    if facts.os_disk is None:
        return Verdict((), (message("N65", "no_os_disk"),))
    disks: list[DiskFacts] = []
    refusals: list[Message] = []
    for target in targets:
        every = (facts.os_disk.disk, *facts.data_disks)
        found = [
            disk for disk in every if _confirmed(disk, target) and not _contradictions(disk, target, every)
        ]
        if len(found) != 1:
            refusals.append(_not_found(target, found, every))
            continue
        disks.append(_as_known(found[0], target))
        refusals += _against(target, found[0], facts, contents)
    return Verdict(tuple(disks), tuple(refusals))


def _confirmed(disk: DiskFacts, target: Target) -> bool:
    return bool((target.wwn and target.wwn == disk.wwn) or (target.serial and target.serial == disk.serial))


def _contradictions(disk: DiskFacts, target: Target, every: Sequence[DiskFacts]) -> list[Message]:
    """Return what was known of the target and differs on ``disk``, with both values."""
    found = []
    if _differ(target.wwn, disk.wwn):
        found.append(message("N65", "wwn", now=disk.wwn, then=target.wwn))
    if _differ(target.serial, disk.serial):
        found.append(message("N65", "serial", now=disk.serial, then=target.serial))
    if _differ(target.model, disk.model):
        found.append(message("N65", "model", now=disk.model, then=target.model))
    # A disk has several links and facts name the best one: it matters only when it leads to another disk.
    others = [item.name for item in every if item.by_id == target.by_id and item is not disk]
    if others and target.by_id and disk.by_id != target.by_id:
        found.append(message("N65", "link", link=target.by_id, name=others[0]))
    return found


def _differ(then: str, now: str) -> bool:
    return bool(then and now and then != now)


def _as_known(disk: DiskFacts, target: Target) -> DiskFacts:
    """Return the disk with its earlier identifiers: the node compares each with what it reads itself."""
    known = {key: getattr(target, key) or getattr(disk, key) for key in ("wwn", "serial", "by_id", "model")}
    return replace(disk, **known)


def _not_found(target: Target, found: Sequence[DiskFacts], every: Sequence[DiskFacts]) -> Message:
    if found:
        return message("N65", "same", disk=target.label, names=[disk.name for disk in found])
    partly = [
        message("N65", "other", name=disk.name, reasons=reasons)
        for disk in every
        if _confirmed(disk, target) or (target.by_id and disk.by_id == target.by_id)
        if (reasons := _contradictions(disk, target, every))
    ]
    now = next((disk for disk in every if disk.name == target.name), None)
    if not partly and now:
        serial = now.serial or now.wwn
        partly = [
            message("N65", "now", name=now.name, serial=serial)
            if serial
            else message("N65", "now_unknown", name=now.name)
        ]
    if not partly:
        return message("N65", "gone", disk=target.label)
    return message("N65", "gone_though", disk=target.label, there=partly)


def _against(
    target: Target, disk: DiskFacts, facts: NodeFacts, contents: Mapping[str, DiskContent]
) -> list[Message]:
    assert facts.os_disk is not None
    found = []
    if disk is facts.os_disk.disk or disk.name in facts.os_disk.legs:
        found.append(message("N65", "os", disk=target.label))
    if disk.size_bytes != target.size_bytes:
        then, now = size_words(target.size_bytes), size_words(disk.size_bytes)
        found.append(message("N65", "size", disk=target.label, then=then, now=now))
    if disk.members and not disk.name.startswith("mpath") and disk.name in disk.members:
        found.append(message("N65", "paths", disk=target.label))
    content = contents.get(disk.name)
    users = content.users if content else tuple(f"mounted on {point}" for point in disk.mountpoints)
    found += [message("N65", "in_use", disk=target.label, user=user) for user in users]
    new = [sign for sign in disk.signatures if sign not in target.signatures] or _more(target, disk, content)
    if new:
        found.append(message("N65", "more", disk=target.label, new=new))
    return found


def _more(target: Target, disk: DiskFacts, content: DiskContent | None) -> list[str]:
    """Return lines for what is on the disk now but not in the preview; the disk may have a new name by now."""
    if target.lost is None or content is None:
        return []
    shown = {line.removeprefix(target.name) for line in target.lost}
    return [line for line in content.lost if line.removeprefix(disk.name) not in shown]
