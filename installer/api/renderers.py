"""Renderers: plain text, JSON lines; selected by ``Accept``, or by ``?format=`` where an endpoint has several."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer


class PlainText(BaseRenderer):
    """Plain text; data that is not text (OPTIONS) is rendered as JSON."""

    media_type = "text/plain"
    format = "txt"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        """Render the body."""
        return data if isinstance(data, str) else json.dumps(data)


class JsonLines(PlainText):
    """One JSON object per line."""

    media_type = "application/x-ndjson"
    format = "jsonl"


class JsonToo(JSONRenderer):
    """Renders refusals and OPTIONS of a plain text endpoint for clients that accept only JSON.

    ``?format=json`` would promise the response itself as JSON, so this renderer has no format name.
    """

    format = PlainText.format


class Formats(DefaultContentNegotiation):
    """Treats an unknown format as an invalid parameter, not as an unknown URL."""

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> Any:
        """Select the renderers of a format. Raises :class:`ValidationError`."""
        every = list(renderers)
        found = [renderer for renderer in every if renderer.format == format]
        if not found:
            names = dict.fromkeys(str(renderer.format) for renderer in every)
            raise ValidationError({"format": [f"use {' or '.join(names)}, or omit it"]})
        return found
