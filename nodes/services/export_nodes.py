"""export_nodes: nodes with facts and corrections, for import_nodes of this or another console."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from nodes.describe import nodes_json
from nodes.models import Node
from nodes.transfer.jsontext import write_json
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
    return write_table(found) if format == "csv" else write_json(found)
