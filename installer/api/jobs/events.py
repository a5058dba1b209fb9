"""Log lines after a sequence number: at once, as soon as there are any, or as a stream; and lines around one."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from installer import long_poll, slots
from installer.api.jobs.recent_lines import Lines, recent_lines
from installer.logfile import json_objects
from jobs.models import Job
from jobs.notifications import Watch
from jobs.queries import event_batches, event_rows, is_searched, line_pages
from jobs.states import JOB_ENDED

# An answer with more lines is streamed.
STREAMED_LINES = 1000
# Filters that look at more lines than this hold a thread for long.
SCANNED_LINES = 200_000


def answer(
    request: HttpRequest,
    job: Job,
    *,
    token: int | None,
    after: int,
    limit: int,
    wait: float,
    around: int | None = None,
    pages: int | None = None,
    **wanted: Any,
) -> HttpResponseBase:
    """Answer with the lines there are, or put the request aside. ``job`` was read before any line.

    ``around`` takes lines before and after that number instead, ``pages`` adds where each page of so many lines begins.

    Every line up to ``job.last_seq`` can be seen by the query that follows, and no line comes after the status of the
    end.
    """
    if any(wanted.values()) and job.last_seq - after > SCANNED_LINES:
        slots.hold(request)
    if around is not None or pages is not None:
        return _looked_up(job, after, limit, around, pages, wanted)
    held = long_poll.wait_of(request) if wait else None
    before = held.watch if held else None
    seen = max(after, before.seen) if before else after
    if not wait and min(limit, job.last_seq - seen) > STREAMED_LINES:
        slots.hold(request)
        pieces = _streamed(job, after=seen, limit=limit, **wanted)
        return StreamingHttpResponse(pieces, content_type="application/json")
    lines = _lines(job, seen, limit, wanted, shared=held is not None)
    seen = _position(job, lines.last or seen, full=lines.number == limit)
    nothing = (
        not lines.number and job.status not in JOB_ENDED and (before is None or before.status == job.status)
    )
    if nothing and held and held.may_wait():
        watch = Watch(job.pk, job.status, seen, wanted)
        return long_poll.put_aside(request, held, watch, wait_s=wait, token=token)
    body = f'{{"events":[{lines.objects}{_end(seen, job)}'
    return HttpResponse(body, content_type="application/json")


def _looked_up(
    job: Job, after: int, limit: int, around: int | None, pages: int | None, wanted: dict[str, Any]
) -> HttpResponse:
    """Answer with the lines around a number, or after one, up to the last line that the job had when it was read."""
    begin, end, places = after, job.last_seq + 1, ""
    if pages is not None:
        found = line_pages(job, pages, **wanted)
        index = {
            "size": pages,
            "first": [first for first, _, _ in found],
            "matching": sum(count for _, _, count in found),
            "all": job.last_seq,
        }
        places = f'"pages":{json.dumps(index, separators=(",", ":"))},'
        if around is not None:
            # Few lines may match among many: they are not looked for again where none is.
            low, end = _near(found, around, limit, pages)
            begin = max(after, low)
    rows = []
    if around is not None:
        rows = event_rows(job, after=begin, before=min(around, end), limit=limit // 2, newest=True, **wanted)
        after = max(after, begin, around - 1)
    if left := limit - len(rows):
        rows += event_rows(job, after=after, before=end, limit=left, **wanted)
    seen = job.last_seq if around is not None or len(rows) < limit else rows[-1][0]
    body = f'{{{places}"events":[{json_objects(rows)}{_end(seen, job)}'
    return HttpResponse(body, content_type="application/json")


def _near(found: Sequence[tuple[int, int, int]], around: int, limit: int, size: int) -> tuple[int, int]:
    """Return between which numbers, both exclusive, the lines of ``limit`` around a number are."""
    if not found:
        return 0, 0
    here = bisect_right(found, around, key=lambda page: page[0]) - 1
    reach = limit // size + 1
    return found[max(here - reach, 0)][0] - 1, found[min(max(here, 0) + reach, len(found) - 1)][1] + 1


def _lines(job: Job, after: int, limit: int, wanted: dict[str, Any], *, shared: bool) -> Lines:
    if job.last_seq <= after:
        return Lines("", 0, 0)
    shared = shared and not is_searched(wanted)
    found = recent_lines(job, after=after, limit=limit, **wanted) if shared else None
    if found is not None:
        return found
    rows = event_rows(job, after=after, limit=limit, **wanted)
    return Lines(json_objects(rows), len(rows), rows[-1][0] if rows else 0)


def _position(job: Job, last: int, *, full: bool) -> int:
    """Return where to go on: behind the last line, and behind those that the filters left out."""
    return last if full else max(job.last_seq, last)


def _streamed(job: Job, *, after: int, limit: int, **wanted: Any) -> Iterator[str]:
    """Yield the document in pieces: one that breaks off is not valid JSON."""
    count, seen = 0, after
    yield '{"events":['
    for rows in event_batches(job, after=after, limit=limit, **wanted):
        yield ("," if count else "") + json_objects(rows)
        count += len(rows)
        seen = rows[-1][0]
    yield _end(_position(job, seen, full=count == limit), job)


def _end(seen: int, job: Job) -> str:
    return f'],"last_seq":{seen},"status":{json.dumps(job.status)}}}'
