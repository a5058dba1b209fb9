"""reparse_nodes: parse the stored output of nodes again with the current parsers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from common import audit
from common.actor import Actor
from nodes import save_facts
from nodes.collection.stored_output import read_again
from nodes.facts import NodeFacts
from nodes.models import Collection, Node
from nodes.parsers.errors import FactsError
from nodes.services.busy_check import refuse_if_busy
from nodes.services.collect import check_states
from nodes.services.collections import unpack
from nodes.services.lookups import nodes_at
from nodes.states import move_nodes


@dataclass(frozen=True, slots=True)
class Reparsed:
    """The result for one node: the collection that was parsed, what differs now, or why nothing was parsed."""

    node: Node
    collection: int | None
    changes: tuple[dict[str, Any], ...] = ()
    error: str = ""


def reparse_nodes(
    *, addresses: Sequence[str], actor: Actor, dry_run: bool = False, force: bool = False
) -> list[Reparsed]:
    """Parse the newest stored output of each node again, and store the resulting facts.

    ``dry_run`` only reports what would change. Corrections stay, and so does the time of the collection.
    Raises :class:`Refused` for nodes in service without ``force``, :class:`Busy` when a job works on one.
    """
    nodes = nodes_at(addresses)
    check_states(nodes, force or dry_run)
    if not dry_run:
        refuse_if_busy(nodes)
    found = [_reparse(node, actor, dry_run) for node in nodes]
    if not dry_run:
        save_facts.forget_old(Node.objects.filter(pk__in=[node.pk for node in nodes]))
        done = [item.node.node_id for item in found if item.collection]
        audit.record(actor, "reparse_nodes", f"{len(done)} nodes", nodes=done)
    return found


def _reparse(node: Node, actor: Actor, dry_run: bool) -> Reparsed:
    kept = _candidates(node)
    if not kept:
        return Reparsed(node, None, error=gettext("no output of this node is stored: collect it"))
    first_error = ""
    for row in kept:
        try:
            raw = unpack(row)
            # What is stored is in English, whatever language the one who parses it reads.
            with translation.override(None):
                facts = read_again(raw, str(node.mgmt_address))
        except FactsError as error:
            first_error = first_error or str(error)
            continue
        return Reparsed(node, row.pk, tuple(_store(node, facts, row, raw, actor, dry_run)))
    return Reparsed(node, None, error=first_error)


def _candidates(node: Node) -> list[Collection]:
    """Return the newest first: output that could not be parsed yet, down to the one that the stored facts come from.

    Nothing from before an import: what was imported is newer than that.
    """
    rows = []
    for row in Collection.objects.filter(node=node).order_by("-id"):
        if row.raw:
            rows.append(row)
        if not row.error:
            break
    return rows


def _store(
    node: Node, facts: NodeFacts, row: Collection, raw: bytes, actor: Actor, dry_run: bool
) -> list[dict[str, Any]]:
    with transaction.atomic():
        fresh = Node.objects.select_for_update().get(pk=node.pk)
        changes = save_facts.save_facts(
            fresh,
            facts,
            by=actor.name,
            job_id=row.job_id,
            raw=raw,
            source="reparse",
            seen_at=_said_at(row, fresh),
        )
        if dry_run:
            transaction.set_rollback(True)
        elif row.error:
            # What could not be parsed can be parsed now: the node need not be collected again for it.
            move_nodes(Node.objects.filter(pk=node.pk, status="collect_failed"), "collected", error="")
    return changes


def _said_at(row: Collection, node: Node) -> datetime | None:
    """Return when the machine reported it; output that was parsed again earlier has no later time for that."""
    return node.collected_at if row.source == "reparse" else row.at
