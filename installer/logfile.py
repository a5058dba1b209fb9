"""The log of a job as a file: the same lines on a terminal, in the browser and over REST."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from django.http import StreamingHttpResponse

from common.text import plain
from jobs.models import Job
from jobs.queries import EventRow, event_batches


def text_lines(rows: Iterable[EventRow]) -> str:
    """Render ``TIME NODE PHASE/STEP LEVEL line`` for each event, with its line end; the ordinary level is left out."""
    lines = []
    for _seq, ts, node, phase, step, _stream, level, line in rows:
        place = f"{phase}/{step}" if phase and step else phase or step
        mark = level.upper() if level in ("warning", "error") else ""
        parts = (ts, node or "installer", place, mark, line)
        lines.append(" ".join([part for part in parts if part]))
    lines.append("")
    # At once: it looks at one character after the other, whatever line it is in.
    return plain("\n".join(lines))


class _Event(msgspec.Struct):
    """The shape of EVENT (jobs.queries): made and encoded in a tenth of the time of a dict."""

    seq: int
    ts: str
    node: str
    phase: str
    step: str
    stream: str
    level: str
    line: str


_encoder = msgspec.json.Encoder()


def json_lines(rows: Iterable[EventRow]) -> str:
    """Render each event as JSON on its own line."""
    return _encoder.encode_lines([_Event(*row) for row in rows]).decode()


def json_objects(rows: Iterable[EventRow]) -> str:
    """Render events as the inside of a JSON list."""
    return _encoder.encode([_Event(*row) for row in rows])[1:-1].decode()


# By syntax: how lines are written, the content type and the file name extension.
_SYNTAX: dict[str, tuple[Callable[[Iterable[EventRow]], str], str, str]] = {
    "text": (text_lines, "text/plain", "log"),
    "jsonl": (json_lines, "application/x-ndjson", "jsonl"),
}
SYNTAXES = tuple(_SYNTAX)


def log_file(job: Job, *, syntax: str = "text", node: str = "", **wanted: Any) -> StreamingHttpResponse:
    """Stream all current lines; memory stays flat however long the log is.

    Lines are selected as in :func:`jobs.queries.event_rows`. Browsers display the file instead of saving it.
    """
    write, kind, ending = _SYNTAX[syntax]
    # Safe in a file name and in a header, whatever was requested.
    part = re.sub(r"[^0-9A-Za-z.]", "-", node)
    name = f"{job.job_id}-{part}" if part else job.job_id
    answer = StreamingHttpResponse(
        map(write, event_batches(job, node=node, **wanted)),
        content_type=f"{kind}; charset=utf-8",
    )
    answer["Content-Disposition"] = f'inline; filename="{name}.{ending}"'
    return answer
