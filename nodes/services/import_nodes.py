"""import_nodes: an export or a spreadsheet, stored as a collection of each node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from common import audit
from common.actor import Actor
from common.errors import Refused
from common.messages import Message, message, phrase
from common.ssh.types import fingerprint
from common.wording import _
from jobs.queries import stamp
from nodes import save_facts
from nodes.matching import match
from nodes.models import Disk, DiskCorrection, Node
from nodes.services.busy_check import refuse_if_busy
from nodes.services.collect import check_states
from nodes.states import COLLECTABLE, move_nodes
from nodes.transfer.document import AbsentDisk, Correction, ImportedNode
from nodes.transfer.read_file import read_document

# Times in files have milliseconds, those in the database microseconds.
_FILE_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Imported:
    """What happened (or would happen) to one node: ``new``, ``changed`` or ``same``."""

    address: str
    what: str
    changes: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def import_nodes(
    *, data: bytes, actor: Actor, file: str = "", dry_run: bool = False, force: bool = False
) -> list[Imported]:
    """Add the file's nodes and store its facts as a collection (source ``import``): all of it or nothing.

    Corrections in the file become corrections here; corrections made here and not in the file stay.
    ``dry_run`` only reports what would be new and what would change. Raises :class:`Refused` with all that
    is wrong in the file, or for nodes in service without ``force``; :class:`Busy` when a job works on one.
    """
    wanted = read_document(data, file)
    try:
        return _import_all(wanted, actor, file, dry_run, force)
    except IntegrityError:
        raise Refused.because(message("N05", "imported_meanwhile"), file=file) from None


def _import_all(
    wanted: Sequence[ImportedNode], actor: Actor, file: str, dry_run: bool, force: bool
) -> list[Imported]:
    with transaction.atomic():
        addresses = [item.address for item in wanted]
        known = {
            str(node.mgmt_address): node
            for node in Node.objects.select_for_update().filter(mgmt_address__in=addresses)
        }
        told = [known[item.address] for item in wanted if item.address in known and item.facts]
        check_states(told, force or dry_run)
        if not dry_run:
            refuse_if_busy(told)
        done = [_import(item, known.get(item.address), actor) for item in wanted]
        if dry_run:
            transaction.set_rollback(True)
        else:
            save_facts.forget_old(Node.objects.filter(mgmt_address__in=addresses))
            changed = [item.address for item in done if item.what != "same"]
            audit.record(actor, "import_nodes", f"{len(done)} nodes", file=file[:255], nodes=changed)
    return done


def _import(item: ImportedNode, node: Node | None, actor: Actor) -> Imported:
    new = node is None
    if node is None:
        node = Node.objects.create(mgmt_address=item.address, ssh_port=item.port, ssh_user=item.user)
    changes: list[dict[str, Any]] = []
    if new:
        changes += [
            {"what": name, "before": None, "after": getattr(node, name)} for name in ("ssh_port", "ssh_user")
        ]
    notes: list[str] = []
    changes += _pin(node, item.host_key, actor, notes)
    if item.facts:
        if node.collected_at and item.collected_at and item.collected_at < node.collected_at - _FILE_TICK:
            older = _("the file is older than the last collection here ({at:minute})")
            notes.append(phrase(older, at=node.collected_at.isoformat()))
        changes += _correct(node, _absent(node, item.absent), actor, notes)
        changes += save_facts.save_facts(
            node, item.facts, by=actor.name, source="import", seen_at=item.collected_at
        )
        here = Node.objects.filter(pk=node.pk)
        if node.status in COLLECTABLE:
            move_nodes(here, "collect")
            move_nodes(here, "collected", error="")
        changes += _correct(node, _named(node, item.corrections), actor, notes)
    what = "new" if new else "changed" if changes else "same"
    return Imported(item.address, what, tuple(changes), tuple(notes))


def _pin(node: Node, host_key: str, actor: Actor, notes: list[str]) -> list[dict[str, Any]]:
    """Take the host key from the file where none is pinned here; a file never replaces a pinned one."""
    if not host_key or host_key == node.host_key:
        return []
    shown = fingerprint(host_key)
    if node.host_key:
        pinned = _(
            "the host key stays {key} (pinned by {who}), but the file has {shown}: compare the key on the node's console, "
            "then run establish_ssh --replace-host-key {address}"
        )
        known = _(
            "the host key stays {key}, but the file has {shown}: compare the key on the node's console, then run "
            "establish_ssh --replace-host-key {address}"
        )
        note = phrase(
            pinned if node.host_key_pinned_by else known,
            key=node.host_key_fingerprint,
            who=node.host_key_pinned_by,
            shown=shown,
            address=node.mgmt_address,
        )
        notes.append(note)
        return []
    Node.objects.filter(pk=node.pk).update(
        host_key=host_key,
        host_key_fingerprint=shown,
        host_key_pinned_by=actor.name[:150],
        host_key_pinned_at=Now(),
    )
    audit.record(actor, "pin_host_key", node.node_id, reason="from an imported file", before="", after=shown)
    node.refresh_from_db(
        fields=["host_key", "host_key_fingerprint", "host_key_pinned_by", "host_key_pinned_at"]
    )
    return [{"what": "host key", "before": None, "after": shown}]


def _absent(node: Node, absent: Sequence[AbsentDisk]) -> list[tuple[Disk, Correction]]:
    """Return the corrections of disks that the file's collection had not seen, each with its disk here."""
    if not absent:
        return []
    known = list(node.disks.prefetch_related("corrections"))
    disks = [item.disk for item in absent]
    # One that was absent before is looked up first: it may have nothing but its name.
    lost = match([row for row in known if not row.present], disks)
    there = match([row for row in known if row.present], disks, by_name=False)
    rows = [
        row or other or save_facts.add_absent(node, disk)
        for (row, disk), (other, _) in zip(lost, there, strict=True)
    ]
    return [(row, said) for row, item in zip(rows, absent, strict=True) for said in item.corrections]


def _named(node: Node, corrections: Sequence[Correction]) -> list[tuple[Disk, Correction]]:
    """Return each correction with the disk of its name, which the facts of the same file have brought."""
    if not corrections:
        return []
    disks = {
        disk.name: disk
        for disk in Disk.objects.filter(node=node, present=True).prefetch_related("corrections")
    }
    return [(disks[item.disk], item) for item in corrections]


def _correct(
    node: Node, corrections: Sequence[tuple[Disk, Correction]], actor: Actor, notes: list[str]
) -> list[dict[str, Any]]:
    changes = []
    for disk, item in corrections:
        before = disk.correction(item.field)
        if before and (before.value, before.against, before.reason) == (
            item.value,
            item.against,
            item.reason,
        ):
            continue
        if before and item.at and item.at < before.made_at - _FILE_TICK:
            stays = _(
                "{field} of {disk} stays {before}: {who} corrected it at {at:minute}, after the file was written"
            )
            notes.append(_note(stays, disk, item, before))
            continue
        if before and item.at is None:
            replaced = _(
                "{field} of {disk}: {value} replaces {before}, the correction of {who} at {at:minute}; the file does "
                "not say when its own correction was made"
            )
            notes.append(_note(replaced, disk, item, before))
        _store(disk, item, actor)
        changes.append(_told(node, disk, item, before, actor))
    return changes


def _note(template: str, disk: Disk, item: Correction, before: DiskCorrection) -> Message:
    return phrase(
        template,
        field=item.field,
        disk=disk.name,
        value=item.value,
        before=before.value,
        who=before.made_by,
        at=before.made_at.isoformat(),
    )


def _store(disk: Disk, item: Correction, actor: Actor) -> None:
    DiskCorrection.objects.update_or_create(
        disk=disk,
        field=item.field,
        defaults={
            "value": item.value,
            "against": item.against,
            "reason": item.reason,
            "made_by": actor.name,
            "made_via": actor.via,
        },
    )


def _told(
    node: Node, disk: Disk, item: Correction, before: DiskCorrection | None, actor: Actor
) -> dict[str, Any]:
    """Record the change in the audit, with its first author according to the file, and return it in words."""
    audit.record(
        actor,
        "modify_node_attributes",
        node.node_id,
        reason=item.reason,
        disk=disk.name,
        identity=disk.identity,
        set={item.field: item.value},
        before={"value": before.value, "by": before.made_by} if before else None,
        imported={"by": item.by, "at": stamp(item.at)},
    )
    return {
        "what": f"correction of {item.field} of {disk.name}",
        "before": before.value if before else None,
        "after": item.value,
    }
