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
    """``TIME NODE PHASE/STEP LEVEL line``, with its end; a level that is not worth a word is left out."""
    place = "/".join(part for part in (event["phase"], event["step"]) if part)
    mark = event["level"].upper() if event["level"] in ("warning", "error") else ""
    parts = (event["ts"], event["node"] or "installer", place, mark, event["line"])
    return plain(" ".join(part for part in parts if part)) + "\n"


def json_line(event: dict[str, Any]) -> str:
    """The event as JSON on a line of its own."""
    return json.dumps(event, ensure_ascii=False) + "\n"


# By syntax: how a line is written, the type of the file and the end of its name.
_SYNTAX: dict[str, tuple[Callable[[dict[str, Any]], str], str, str]] = {
    "text": (text_line, "text/plain", "log"),
    "jsonl": (json_line, "application/x-ndjson", "jsonl"),
}
SYNTAXES = tuple(_SYNTAX)


def log_file(job: Job, *, syntax: str = "text", **wanted: str) -> StreamingHttpResponse:
    """Every line there is now, streamed: memory stays flat however long the log is.

    ``wanted``: node, phase and level as in :func:`jobs.queries.events`. Shown by a browser rather than saved.
    """
    write, kind, ending = _SYNTAX[syntax]
    # A name for a file and for a header, whatever was asked for.
    node = re.sub(r"[^0-9A-Za-z.]", "-", wanted.get("node", ""))
    name = f"{job.job_id}-{node}" if node else job.job_id
    answer = StreamingHttpResponse(
        (write(event) for event in all_events(job, **wanted)), content_type=f"{kind}; charset=utf-8"
    )
    answer["Content-Disposition"] = f'inline; filename="{name}.{ending}"'
    return answer
