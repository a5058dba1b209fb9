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
_AT_ONCE = 200


def export_nodes(*, nodes: QuerySet[Node], format: str = "json") -> Iterator[str]:
    """Yield the file in pieces, so that memory stays flat: ``{"node_set": [...], "total_count": N}``, or CSV.

    ``nodes`` comes from :func:`nodes.describe.prefetched` or ``select``.
    """
    count = nodes.count()
    found = (
        shape for start in range(0, count, _AT_ONCE) for shape in nodes_json(nodes[start : start + _AT_ONCE])
    )
    return write_table(found) if format == "csv" else _json(found)


def _json(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the text of the document, a piece for each node."""
    count = 0
    yield '{\n"node_set": ['
    for node in nodes:
        yield (",\n" if count else "\n") + json.dumps(node, ensure_ascii=False)
        count += 1
    yield f'\n],\n"total_count": {count}\n}}\n'
