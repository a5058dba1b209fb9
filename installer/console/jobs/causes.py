"""Why nodes of a job failed, in the words of a page: each equal error once, with the nodes that have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from common.codes import CODES
from common.messages import Message
from common.wording import Part
from installer.console.verb_links import link_to

# Stands where equal errors name their own node.
_ANY_NODE = "…"


def causes(status: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the errors of :func:`jobs.queries.job_status`: ``detail`` and ``remedy`` in pieces, and the ``nodes``.

    ``names``: host names by public id. Errors that differ only in the address or the name of their node are equal.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for node in status["nodes"]:
        error = node["error"]
        if not error:
            continue
        own = [name for name in (node["mgmt_address"], names.get(node["node_id"], "")) if name]
        text = _without(str(error), own)
        key = (node["error_code"], text)
        cause = found.get(key)
        if cause is None:
            cause = found[key] = {"key": f"{key[0]} {text}", "nodes": [], **_pieces(error), "own": own}
        cause["nodes"].append(node["node_id"])
    return [_shared(cause) for cause in found.values()]


def _without(text: str, own: Iterable[str]) -> str:
    for name in own:
        text = text.replace(name, _ANY_NODE)
    return text


def _shared(cause: dict[str, Any]) -> dict[str, Any]:
    """Take the name of the first node out of an error that several have."""
    own = cause.pop("own")
    if len(cause["nodes"]) > 1:
        for piece in (*cause["detail"], *cause["remedy"]):
            piece["text"] = _without(piece["text"], own)
    return cause


def _pieces(error: str) -> dict[str, list[dict[str, Any]]]:
    if not isinstance(error, Message):
        return {"detail": [{"text": str(error)}], "remedy": []}
    head: list[dict[str, Any]] = []
    if error.code in CODES:
        head = [{"text": error.code, "url": reverse("code", args=[error.code]), "code": True}, {"text": " "}]
    remedy = [_piece(part) for part in error.remedy_on_page()] if error.remedy else []
    return {"detail": head + [_piece(part) for part in error.parts("detail")], "remedy": remedy}


def _piece(part: Part) -> dict[str, Any]:
    link = link_to(part.text) if part.command else None
    if link:
        return {"text": str(link.label), "url": link.url, "title": part.text}
    return {"text": part.text, "command": True} if part.command else {"text": part.text}
