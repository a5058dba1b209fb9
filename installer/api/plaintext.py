"""Text as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer


class PlainText(BaseRenderer):
    """Text as it is; what is no text (OPTIONS) is JSON."""

    media_type = "text/plain"
    format = "txt"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        """The body."""
        return data if isinstance(data, str) else json.dumps(data)


class JsonLines(PlainText):
    """One JSON object a line."""

    media_type = "application/x-ndjson"
    format = "jsonl"


class JsonToo(JSONRenderer):
    """Refusals and OPTIONS of an endpoint whose answer is text, for clients that accept only JSON.

    ``?format=json`` would promise the answer itself as JSON, so this one has no name of its own.
    """

    format = PlainText.format
