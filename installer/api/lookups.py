"""What requests name: nodes by address or by id (in the end addresses), and the version that was looked at."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from common.errors import Finding, NotFound, Refused
from common.text import plain
from nodes.addresses import read_addresses
from nodes.models import Node


def take_seen(request: Request, values: dict[str, Any]) -> str:
    """Take what was looked at out of the values: ``content_hash``, or the ETag that ``If-Match`` names.

    Raises :class:`Refused` when they name two things, or ``If-Match`` names several or anything (``*``).
    """
    given: str = values.pop("content_hash", "") or ""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        return given
    tag = header.removeprefix("W/").strip('"')
    if tag == "*" or "," in tag or (given and given != tag):
        raise Refused.because(
            "P76",
            f"If-Match {plain(header)[:200]} does not name one version that was looked at",
            "give the ETag of the answer that was looked at, or content_hash alone",
            field="content_hash",
        )
    return tag


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
            Finding("W02", f"there is no node {node_id[:40]}", "look at the list of nodes", field="node_ids")
            for node_id in unknown
        )
    return list(dict.fromkeys([*found, *(str(known[node_id]) for node_id in ids)]))
