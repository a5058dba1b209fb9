"""Renderers: plain text, JSON lines; selected by ``Accept``, or by ``?format=`` where an endpoint has several."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


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


def _plain(value: Any) -> Any:
    """Return what the encoder knows, in place of a value that it does not know."""
    # Text that is marked as safe for HTML, or that refuses a request, is of a class of its own.
    return str.__str__(value) if isinstance(value, str) else JSONEncoder().default(value)


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


class Json(JSONRenderer):
    """JSON as the framework writes it, in a tenth of the time."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Render the body."""
        if data is not None and self.get_indent(accepted_media_type or "", renderer_context or {}) is None:
            try:
                return _ENCODER.encode(data)
            except (TypeError, ValueError, OverflowError):
                # A key that is no text, for one: the framework's encoder takes more.
                pass
        return bytes(super().render(data, accepted_media_type, renderer_context))


class JsonToo(Json):
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
