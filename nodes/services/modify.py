"""modify_node_attributes: corrections of observed values, stored separately from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, prefetch_related_objects

from common import audit
from common.actor import Actor
from common.errors import Difference, Finding, Outdated, Refused
from common.messages import Message, message, phrase, with_reason
from common.models import AuditEntry
from common.pasted import refuse_pasted
from common.wording import _
from nodes import absent_disks
from nodes.models import CORRECTABLE, Disk, DiskCorrection, DiskType, Node
from nodes.services.lookups import nodes_at

MAX_SIZE_BYTES = 10**18


def modify_disks(
    *,
    addresses: Sequence[str],
    disk: str,
    actor: Actor,
    type: str | None = None,
    size_bytes: int | None = None,
    status: int | None = None,
    clear: Sequence[str] = (),
    reason: str = "",
    seen: Mapping[str, str] | None = None,
    seen_at: datetime | None = None,
    dry_run: bool = False,
) -> list[Disk]:
    """Correct (or with ``clear`` stop correcting) the disk of that name on each node; all or none.

    A disk that is no longer found is named by its ``identity``: its corrections can only be cleared.

    ``seen`` is ``known_by`` of the disk that the person reviewed, by address: a node whose disk of that name is a
    different one now is refused. ``seen_at`` is when its corrections were viewed: where another person corrected one
    of these fields since then, or cleared its correction, that is shown and nothing is changed (:class:`Outdated`, P79).
    Without ``seen_at`` nothing was reviewed: any other person's correction that this would undo is shown. A person's
    own correction is simply replaced. ``dry_run`` only shows the result, even where it replaces what was not reviewed.
    Returns the disks; ``replaced`` of each holds what another person had corrected there. Setting a value again that is
    already corrected renews it against the present observation, which settles a conflict. Raises :class:`Refused`.
    """
    values = {"type": type, "size_bytes": size_bytes, "status": status}
    changes = {field: value for field, value in values.items() if value is not None}
    _check(changes, clear)
    with transaction.atomic():
        disks = _disks(addresses, disk.removeprefix("/dev/"))
        _refuse_absent(disks, changes)
        _refuse_others(disks, seen or {})
        wanted = {**changes, **dict.fromkeys(clear)}
        if seen_at or not dry_run:
            _refuse_unseen(disks, wanted, actor, seen_at)
        before = [_effective(item) for item in disks]
        for item in disks:
            item.replaced = tuple(_replaced(item, wanted, actor))
        dropped = [_dropped(item, clear) for item in disks]
        _store(disks, changes, clear, actor, reason)
        for item, values_before, gone in zip(disks, before, dropped, strict=True):
            given = {"reason": reason, "set": changes, "cleared": list(clear)}
            _record(item, actor, before=values_before, **given, **gone)
        for item in disks:
            if not item.present:
                absent_disks.drop(item)
        if dry_run:
            transaction.set_rollback(True)
    return disks


def _record(disk: Disk, actor: Actor, **values: Any) -> None:
    audit.record(
        actor,
        "modify_node_attributes",
        disk.node.node_id,
        disk=disk.name,
        identity=disk.identity,
        after=_effective(disk),
        replaced=list(disk.replaced),
        **values,
    )


def _check(changes: dict[str, Any], clear: Sequence[str]) -> None:
    findings = [*_against_values(changes), *_against_clearing(changes, clear)]
    if not changes and not clear:
        findings.append(Finding(message("N10")))
    if findings:
        raise Refused(findings)


def _against_values(changes: dict[str, Any]) -> Iterator[Finding]:
    """Yield findings for values that no disk has."""
    if "type" in changes and changes["type"] not in DiskType.values:
        yield Finding(message("N11", type=changes["type"], types=DiskType.values), field="type")
    if "status" in changes and changes["status"] not in (0, 1):
        yield Finding(message("N12", status=changes["status"]), field="status")
    if "size_bytes" in changes and not 0 < changes["size_bytes"] <= MAX_SIZE_BYTES:
        yield Finding(message("N13"), field="size_bytes")


def _against_clearing(changes: dict[str, Any], clear: Sequence[str]) -> Iterator[Finding]:
    """Yield findings for fields that cannot be cleared, or are also set."""
    for field in clear:
        if field not in CORRECTABLE:
            yield Finding(message("N14", field=field[:40], fields=CORRECTABLE), field="clear")
        elif field in changes:
            yield Finding(message("N15", field=field), field="clear")


def _disks(addresses: Sequence[str], name: str) -> list[Disk]:
    nodes = nodes_at(addresses)
    # A collection of these nodes waits until the corrections are stored.
    list(Node.objects.select_for_update().filter(pk__in=[node.pk for node in nodes]).values_list("pk"))
    absent = Q(present=False, identity=name, corrections__isnull=False)
    rows = Disk.objects.filter(Q(present=True, name=name) | absent, node__in=nodes).distinct()
    found = {item.node_id: item for item in rows.select_related("node").prefetch_related("corrections")}
    missing = [node for node in nodes if node.pk not in found]
    if missing:
        refuse_pasted([name], field="disk")
        raise Refused(
            Finding(message("N16", "unknown", node=node, disk=name[:40]), node=str(node.mgmt_address))
            for node in missing
        )
    return [found[node.pk] for node in nodes]


def _refuse_absent(disks: Sequence[Disk], changes: Mapping[str, Any]) -> None:
    """Raise :class:`Refused` for each disk that is no longer found and would get a new correction."""
    if changes and not all(disk.present for disk in disks):
        raise Refused(
            Finding(
                message("N75", disk=disk.name, identity=disk.identity, node=disk.node),
                node=str(disk.node.mgmt_address),
                field="disk",
            )
            for disk in disks
            if not disk.present
        )


def _refuse_others(disks: Sequence[Disk], seen: Mapping[str, str]) -> None:
    """Raise :class:`Refused` for each node whose disk is not the one that was reviewed."""
    by_address = {str(disk.node.mgmt_address): disk for disk in disks}
    findings = [
        Finding(message("N17", address=address[:64]), field="seen")
        for address in seen
        if address not in by_address
    ]
    findings += [
        Finding(
            message(
                "N18",
                disk=disk.name,
                node=disk.node,
                now=disk.known_by,
                before=seen[address][:400] or "unknown",
                address=address,
            ),
            node=address,
            field="seen",
        )
        for address, disk in by_address.items()
        if seen.get(address, disk.known_by) != disk.known_by
    ]
    if findings:
        raise Refused(findings)


@dataclass(frozen=True, slots=True)
class _Word:
    """The last correction of a field by another person, and when; ``value`` is None where a correction was cleared."""

    disk: Disk
    field: str
    value: Any
    at: datetime
    sentence: Message
    against_somebody: bool = True


def _refuse_unseen(
    disks: Sequence[Disk], wanted: Mapping[str, Any], actor: Actor, seen_at: datetime | None
) -> None:
    """Raise :class:`Outdated` with other people's corrections of these fields that the person has not seen."""
    words = [*_corrected(disks, wanted, actor), *_cleared(disks, wanted, actor)]
    if seen_at is None:
        unseen = [word for word in words if word.against_somebody and word.value != wanted[word.field]]
    else:
        unseen = [word for word in words if word.at > seen_at]
    if not unseen:
        return
    said = tuple(word.sentence for word in unseen)
    nodes = sorted({str(word.disk.node) for word in unseen})
    newest = max(word.at for word in unseen).isoformat().replace("+00:00", "Z")
    raise Outdated(
        [
            Finding(
                message("P79", "corrected_since", nodes=nodes[:5], said=said[0], newest=newest)
                if seen_at
                else message("P79", "corrected", nodes=nodes[:5], said=said[0], newest=newest),
                field="seen_at",
            )
        ],
        Difference(said),
    )


def _corrected(disks: Sequence[Disk], fields: Collection[str], actor: Actor) -> Iterator[_Word]:
    """Yield the corrections of these fields that another person made."""
    for disk in disks:
        for item in disk.corrections.all():
            if item.field in fields and item.made_by not in actor.names:
                sentence = phrase(
                    _("{who} corrected {field} of {disk} of {node} to {value} at {at:datetime}"),
                    who=item.made_by,
                    field=item.field,
                    disk=disk.name,
                    node=disk.node,
                    value=item.value,
                    at=item.made_at,
                )
                yield _Word(disk, item.field, item.value, item.made_at, with_reason(sentence, item.reason))


def _cleared(disks: Sequence[Disk], wanted: Mapping[str, Any], actor: Actor) -> Iterator[_Word]:
    """Yield fields to be set whose correction another person cleared, with none since: only the audit has it.

    A person who clears their own correction leaves nothing behind that could be overruled.
    """
    open_fields = {
        (disk.node.node_id, disk.identity, field): disk
        for disk in disks
        for field, value in wanted.items()
        if value is not None and disk.correction(field) is None
    }
    if not open_fields:
        return
    subjects = {node_id for node_id, _, _ in open_fields}
    entries = AuditEntry.objects.filter(
        verb="modify_node_attributes", subject__in=subjects, detail__has_key="dropped"
    )
    for entry in entries:  # the newest first
        for item in entry.detail["dropped"]:
            disk = open_fields.pop((entry.subject, entry.detail["identity"], item["field"]), None)
            if disk is None or entry.actor in actor.names:
                continue
            sentence = phrase(
                _(
                    "{who} cleared {field} of {disk} of {node} at {at:datetime}, which {by} had corrected to {value}"
                ),
                who=entry.actor,
                field=item["field"],
                disk=disk.name,
                node=disk.node,
                at=entry.at,
                by=item["by"],
                value=item["value"],
            )
            said = with_reason(sentence, entry.reason)
            yield _Word(disk, item["field"], None, entry.at, said, item["by"] != entry.actor)


def _dropped(disk: Disk, clear: Collection[str]) -> dict[str, Any]:
    """Return for the audit the corrections that are cleared, with their authors and values."""
    found = [
        {"field": item.field, "value": item.value, "by": item.made_by}
        for item in disk.corrections.all()
        if item.field in clear
    ]
    return {"dropped": found} if found else {}


def _replaced(disk: Disk, changes: Mapping[str, Any], actor: Actor) -> Iterator[Message]:
    """Yield other people's corrections of these fields that this would replace, as two may work on one machine."""
    said = _("{field} of {disk} of {node}: {who} corrected it to {value} at {at:minute}")
    because = _("{field} of {disk} of {node}: {who} corrected it to {value} at {at:minute} ({reason})")
    for field, value in changes.items():
        item = disk.correction(field)
        if item and item.made_by not in actor.names and item.value != value:
            yield phrase(
                because if item.reason else said,
                field=field,
                disk=disk.name,
                node=disk.node,
                who=item.made_by,
                value=item.value,
                at=item.made_at.isoformat(),
                reason=item.reason,
            )


def _effective(disk: Disk) -> dict[str, Any]:
    return {field: disk.effective(field) for field in CORRECTABLE}


def _store(
    disks: Sequence[Disk], changes: dict[str, Any], clear: Sequence[str], actor: Actor, reason: str
) -> None:
    """Store the corrections, in a few queries for any number of disks; the disks have them loaded afterwards."""
    DiskCorrection.objects.bulk_create(
        [
            DiskCorrection(
                disk=disk,
                field=field,
                value=value,
                against=disk.observed(field),
                reason=reason,
                made_by=actor.name,
                made_via=actor.via,
            )
            for disk in disks
            for field, value in changes.items()
        ],
        update_conflicts=True,
        unique_fields=["disk", "field"],
        update_fields=["value", "against", "reason", "made_by", "made_via", "made_at"],
    )
    DiskCorrection.objects.filter(disk__in=disks, field__in=clear).delete()
    for disk in disks:
        disk._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    prefetch_related_objects(disks, "corrections")
