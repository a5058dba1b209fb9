"""export_nodes: nodes with facts and corrections, for import_nodes of this or another console."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from nodes.describe import nodes_json
from nodes.models import Node
from nodes.transfer.table import write_table

FORMATS = ("json", "csv")
_AT_ONCE = 100
_encode = json.JSONEncoder(ensure_ascii=False).encode


def export_nodes(*, nodes: QuerySet[Node], format: str = "json") -> Iterator[str]:
    """Yield the file in pieces, so that memory stays flat: ``{"node_set": [...], "total_count": N}``, or CSV.

    Each node that there was at the beginning comes once, whatever is added or moves in the order meanwhile; one that is
    deleted meanwhile is left out, as in ``total_count``.
    """
    ids = list(nodes.prefetch_related(None).values_list("node_id", flat=True))
    batches = (_read(ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE))
    return write_table(batches) if format == "csv" else _json(batches)


def _read(ids: list[str]) -> list[dict[str, Any]]:
    """Return these nodes in this order."""
    found = {node["node_id"]: node for node in nodes_json(Node.objects.filter(node_id__in=ids))}
    return [found[node_id] for node_id in ids if node_id in found]


def _json(batches: Iterable[Iterable[Mapping[str, Any]]]) -> Iterator[str]:
    """Yield the text of the document, each node on a line."""
    count = 0
    yield '{\n"node_set": ['
    for batch in batches:
        lines = [_encode(node) for node in batch]
        if lines:
            yield (",\n" if count else "\n") + ",\n".join(lines)
        count += len(lines)
    yield f'\n],\n"total_count": {count}\n}}\n'
