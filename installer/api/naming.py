"""Nodes named in requests: by address or by id, in the end addresses."""

from __future__ import annotations

from typing import Any

from jobs.errors import Finding, NotFound
from nodes.addresses import read_addresses
from nodes.models import Node


def take_addresses(values: dict[str, Any]) -> list[str]:
    """Take ``addresses`` and ``node_ids`` out of the values of a request; each node once, in order.

    Raises :class:`Refused` for words that are no addresses, :class:`NotFound` for unknown ids.
    """
    words, ids = values.pop("addresses", None) or [], values.pop("node_ids", None) or []
    found = read_addresses(words) if words else []
    known = dict(Node.objects.filter(node_id__in=ids).values_list("node_id", "mgmt_address")) if ids else {}
    unknown = [node_id for node_id in ids if node_id not in known]
    if unknown:
        raise NotFound(
            Finding("A02", f"there is no node {node_id[:40]}", "look at the list of nodes", field="node_ids")
            for node_id in unknown
        )
    return list(dict.fromkeys([*found, *(str(known[node_id]) for node_id in ids)]))
