"""get_collection: the stored collections of a node, with their raw output."""

from __future__ import annotations

import zlib

from django.db.models import QuerySet

from common.errors import NotFound
from common.messages import Message, message
from nodes.models import Collection, Node
from nodes.parsers.errors import FactsError
from nodes.services.collect import force_words
from nodes.services.lookups import nodes_at


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
    if row is None:
        others = _others(node, rows)
        raise NotFound.because(
            message("N40", "none", address=address, others=others)
            if number is None
            else message("N40", "none_of_the_number", address=address, number=number, others=others),
            node=address,
        )
    try:
        return row, unpack(row)
    except FactsError as error:
        others = _others(node, rows.exclude(pk=row.pk))
        raise NotFound.because(message("N40", "damaged", reason=error, others=others), node=address) from None


def unpack(row: Collection) -> bytes:
    """Return the node's output in that collection; empty when none is kept. Raises: FactsError when it is damaged."""
    try:
        return zlib.decompress(row.raw) if row.raw else b""
    except zlib.error:
        raise FactsError(message("N63", "damaged", number=row.pk)) from None


def _others(node: Node, rows: QuerySet[Collection]) -> Message:
    """Return which collections to ask for instead."""
    numbers = list(rows.values_list("pk", flat=True))
    if numbers:
        return message("N40", "other_numbers", numbers=numbers)
    return message("N40", "collect_it", address=node.mgmt_address, force=force_words(node))
