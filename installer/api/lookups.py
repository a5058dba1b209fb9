"""Resolving what a request names: nodes by address or id (returned as addresses), and the version that was viewed."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from common.errors import Finding, NotFound, Refused
from common.messages import message
from common.text import plain
from nodes.addresses import read_addresses
from nodes.models import Node


def take_seen(request: Request, values: dict[str, Any]) -> str:
    """Pop the version that was viewed: ``content_hash``, or the ETag named in ``If-Match``.

    Raises :class:`Refused` when they name different versions, or when ``If-Match`` names several or any (``*``).
    """
    given: str = values.pop("content_hash", "") or ""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        return given
    # What follows the hash in the ETag of a plan changes with its status, too.
    tag = header.removeprefix("W/").strip('"').partition(".")[0]
    if tag == "*" or "," in tag or (given and given != tag):
        raise Refused.because(message("P76", "if_match", header=plain(header)[:200]), field="content_hash")
    return tag


def take_addresses(values: dict[str, Any]) -> list[str]:
    """Pop ``addresses`` and ``node_ids`` from the values of a request; return each node once, in order.

    Raises :class:`Refused` for words that are not addresses, :class:`NotFound` for unknown ids.
    """
    words, ids = values.pop("addresses", None) or [], values.pop("node_ids", None) or []
    found = read_addresses(words) if words else []
    known = dict(Node.objects.filter(node_id__in=ids).values_list("node_id", "mgmt_address")) if ids else {}
    unknown = [node_id for node_id in ids if node_id not in known]
    if unknown:
        raise NotFound(Finding(message("W02", node=node_id[:40]), field="node_ids") for node_id in unknown)
    return list(dict.fromkeys([*found, *(str(known[node_id]) for node_id in ids)]))
