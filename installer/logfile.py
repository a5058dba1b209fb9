"""The log of a job as a file: the same lines on a terminal, in the browser and over REST."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from django.http import StreamingHttpResponse

from common.text import plain
from jobs.models import Job
from jobs.queries import all_events


def text_line(event: dict[str, Any]) -> str:
    """Render ``TIME NODE PHASE/STEP LEVEL line`` with its line end; the ordinary level is left out."""
    place = "/".join(part for part in (event["phase"], event["step"]) if part)
    mark = event["level"].upper() if event["level"] in ("warning", "error") else ""
    parts = (event["ts"], event["node"] or "installer", place, mark, event["line"])
    return plain(" ".join(part for part in parts if part)) + "\n"


def json_line(event: dict[str, Any]) -> str:
    """Render the event as JSON on its own line."""
    return json.dumps(event, ensure_ascii=False) + "\n"


# By syntax: how a line is written, the content type and the file name extension.
_SYNTAX: dict[str, tuple[Callable[[dict[str, Any]], str], str, str]] = {
    "text": (text_line, "text/plain", "log"),
    "jsonl": (json_line, "application/x-ndjson", "jsonl"),
}
SYNTAXES = tuple(_SYNTAX)


def log_file(job: Job, *, syntax: str = "text", **wanted: str) -> StreamingHttpResponse:
    """Stream all current lines; memory stays flat however long the log is.

    ``wanted``: node, phase and level as in :func:`jobs.queries.events`. Browsers display the file instead of saving it.
    """
    write, kind, ending = _SYNTAX[syntax]
    # Safe in a file name and in a header, whatever was requested.
    node = re.sub(r"[^0-9A-Za-z.]", "-", wanted.get("node", ""))
    name = f"{job.job_id}-{node}" if node else job.job_id
    answer = StreamingHttpResponse(
        (write(event) for event in all_events(job, **wanted)), content_type=f"{kind}; charset=utf-8"
    )
    answer["Content-Disposition"] = f'inline; filename="{name}.{ending}"'
    return answer
