"""reparse_nodes: parse the stored output of nodes again with the current parsers."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from common import audit
from common.actor import Actor
from common.errors import NotFound
from nodes import save_facts
from nodes.collection.kept_output import read_again
from nodes.facts import NodeFacts
from nodes.models import Collection, Node
from nodes.parsers.errors import FactsError
from nodes.services.busy_check import refuse_if_busy
from nodes.services.collect import check_states, collect_words
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
        return Reparsed(node, None, error="nothing that this node said is kept: collect it")
    first_error = ""
    for row in kept:
        try:
            raw = unpack(row)
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


def unpack(row: Collection) -> bytes:
    """Return the node's output in that collection; empty when none is kept. Raises: FactsError when it is damaged."""
    try:
        return zlib.decompress(row.raw) if row.raw else b""
    except zlib.error:
        raise FactsError(f"collection {row.pk} is damaged in the database: collect the node again") from None


def collections_of(*, address: str) -> list[Collection]:
    """Return the collections of the node, newest first. Raises :class:`NotFound`."""
    return list(Collection.objects.filter(node=nodes_at([address])[0]).order_by("-id").defer("raw"))


def raw_output(*, address: str, number: int | None = None) -> tuple[Collection, bytes]:
    """Return the node's output in the collection of that number, or in the newest that has kept any.

    Raises :class:`NotFound`.
    """
    [node] = nodes_at([address])
    rows = Collection.objects.filter(node=node).exclude(raw=b"").order_by("-id")
    row = (rows.filter(pk=number) if number is not None else rows).first()
    which = f" under number {number}" if number is not None else ""
    if row is None:
        raise NotFound.because(
            "N40",
            f"no output of {address} is kept{which}",
            _others(node, rows),
            node=address,
        )
    try:
        return row, unpack(row)
    except FactsError as error:
        others = _others(node, rows.exclude(pk=row.pk))
        raise NotFound.because("N40", str(error), others, node=address) from None


def _others(node: Node, rows: QuerySet[Collection]) -> str:
    """Return which collections to ask for instead."""
    numbers = ", ".join(str(pk) for pk in rows.values_list("pk", flat=True))
    return f"output is kept of number {numbers}" if numbers else f"collect the node: {collect_words(node)}"
