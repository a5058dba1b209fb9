"""Corrections of disks that are no longer found: they are kept, and a disk that may be one of these is not proposed for use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import prefetch_related_objects

from nodes.erasing.content import size_words
from nodes.facts import DiskFacts, NodeFacts
from nodes.matching import match, may_be
from nodes.models import Disk, DiskCorrection, Node

# How every sentence about them begins: they are made anew by each collection.
WAITING = "A correction waits for its disk: "
_MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class Placed:
    """One observed disk as it is stored: its row if it has one, and which absent disks it may be."""

    row: Disk | None
    disk: DiskFacts
    is_os: bool
    may_be: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the corrections of one node belong: the disks that are there, and those absent that have any."""

    disks: tuple[Placed, ...]
    waiting: tuple[Disk, ...]

    def sentences(self, node: Node) -> tuple[str, ...]:
        """Return what a person has to decide, or to know."""
        found = []
        for lost in self.waiting:
            names = [item.disk.name for item in self.disks if lost.pk in item.may_be]
            found.append(_sentence(node, lost, names))
        return tuple(sentence for sentence in found if sentence)


def place(known: Sequence[Disk], facts: NodeFacts, *, same_machine: bool = True) -> Placement:
    """Give each observed disk its row, and find the corrections that have no disk now.

    No query is needed when the disks have their corrections loaded. An observed disk that may be one that a person
    marked as not to be used is not proposed for use.
    """
    observed = ([facts.os_disk.disk] if facts.os_disk else []) + list(facts.data_disks)
    pairs = match(known, observed, by_name=same_machine)
    taken = {row.pk for row, _ in pairs if row}
    waiting = with_corrections(row for row in known if row.pk not in taken)
    placed = []
    for number, (row, disk) in enumerate(pairs):
        is_os = bool(facts.os_disk) and number == 0
        asked = () if is_os else tuple(lost for lost in waiting if _may_be(lost, row, disk))
        placed.append(Placed(row, _held(disk, asked), is_os, tuple(lost.pk for lost in asked)))
    return Placement(tuple(placed), waiting)


def with_corrections(rows: Iterable[Disk]) -> tuple[Disk, ...]:
    """Return those that have a correction."""
    found = list(rows)
    prefetch_related_objects(found, "corrections")
    return tuple(row for row in found if row.corrections.all())


def drop(lost: Disk) -> None:
    """Propose again the disks that were held only for an absent disk whose corrections were dropped."""
    node = lost.node
    disks = list(node.disks.prefetch_related("corrections"))
    waiting = with_corrections(row for row in disks if not row.present)
    for row in disks:
        held = row.present and lost.pk in row.may_be and row.status_reason.startswith(_HELD)
        if held and not _keeper(_waiting_for(row, waiting)):
            Disk.objects.filter(pk=row.pk).update(observed_status=1, status_reason="")
            # A correction made meanwhile answered this question, and is not a conflict with what is seen.
            row.corrections.filter(field="status").update(against=1)
    others = [warning for warning in node.warnings if not warning.startswith(WAITING)]
    for item in waiting:
        sentence = _sentence(node, item, [row.name for row in disks if row.present and item.pk in row.may_be])
        others += [sentence] if sentence else []
    Node.objects.filter(pk=node.pk).update(warnings=others)


def describe_corrections(disk: Disk) -> str:
    """Return ``not to be used (keep this disk; ann), type ssd (ann)``."""
    return ", ".join(
        f"{_value(item)} ({'; '.join(part for part in (item.reason, item.made_by) if part)})"
        for item in sorted(disk.corrections.all(), key=lambda item: item.field)
    )


_HELD = "may be "


def _may_be(lost: Disk, row: Disk | None, disk: DiskFacts) -> bool:
    """Check whether it may be the lost disk, which no disk that was known beside it can be."""
    return lost.pk in row.may_be if row else may_be(lost, disk)


def _waiting_for(row: Disk, waiting: Sequence[Disk]) -> list[Disk]:
    return [lost for lost in waiting if lost.pk in row.may_be]


def _keeper(waiting: Sequence[Disk]) -> Disk | None:
    """Return the first of them that is not to be used."""
    return next((lost for lost in waiting if _is_kept(lost)), None)


def _is_kept(lost: Disk) -> bool:
    found = lost.correction("status")
    return bool(found and found.value == 0)


def _held(disk: DiskFacts, asked: Sequence[Disk]) -> DiskFacts:
    keeper = _keeper(asked)
    if keeper is None or not disk.suggested_status:
        return disk
    reason = f"{_HELD}{_label(keeper)}, which has the correction {describe_corrections(keeper)}"
    return replace(disk, suggested_status=0, status_reason=reason[:255])


def _sentence(node: Node, lost: Disk, names: Sequence[str]) -> str:
    """Return the sentence; empty where nothing needs deciding: a type or size of a disk that was taken out."""
    kept = _is_kept(lost)
    if not names and not kept:
        return ""
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    candidates = f"{', '.join(names[:_MAX_NAMES])}{more}"
    held = " (not proposed for use until then)" if kept else ""
    may = (
        f"It may be {candidates}{held}: if it is, correct that disk in the same way; otherwise, correct it as needed. Then"
        if names
        else "It applies again when the disk is back. If the disk does not come back,"
    )
    fields = " ".join(sorted(item.field for item in lost.corrections.all()))
    return (
        f"{WAITING}{_label(lost)} was not found by the last collection; {describe_corrections(lost)}. {may} clear the "
        f"correction: page of the node, or modify_node_attributes -i {node.mgmt_address} -d '{lost.identity}' --clear {fields}"
    )


def _label(lost: Disk) -> str:
    name = lost.serial or lost.wwn
    return f"{lost.name} ({f'{name}, ' if name else ''}{size_words(lost.observed_size_bytes)})"


def _value(item: DiskCorrection) -> str:
    if item.field == "status":
        return "usable" if item.value else "not usable"
    return f"size {size_words(item.value)}" if item.field == "size_bytes" else f"type {item.value}"
