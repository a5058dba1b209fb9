"""Files offered by both REST and the console."""

from __future__ import annotations

from itertools import chain

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from nodes.models import Node
from nodes.services.export_nodes import export_nodes

_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def nodes_file(nodes: QuerySet[Node], kind: str, *, to_desk: bool = False) -> StreamingHttpResponse:
    """Return a download for ``import_nodes``; ``kind`` is one of the formats of ``export_nodes``.

    ``to_desk``: it will be opened in a spreadsheet; without the byte order mark Excel does not read it as UTF-8.
    """
    mark = ["\ufeff"] if to_desk and kind == "csv" else []
    return StreamingHttpResponse(
        chain(mark, export_nodes(nodes=nodes, format=kind)),
        content_type=_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="nodes.{kind}"'},
    )
