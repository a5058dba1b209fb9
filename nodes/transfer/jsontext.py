"""Nodes as JSON, in the shape of ``describe_nodes --format json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def write_json(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the text of the document, a piece for each node."""
    count = 0
    yield '{\n"node_set": ['
    for node in nodes:
        yield (",\n" if count else "\n") + json.dumps(node, ensure_ascii=False)
        count += 1
    yield f'\n],\n"total_count": {count}\n}}\n'
