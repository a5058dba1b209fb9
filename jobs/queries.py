"""Build the JSON of get_status and get_log."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Count, Func, Q, QuerySet, TextField

from common import disk_space
from common.compiled_query import CompiledQuery, Given
from common.messages import code_of
from common.models import AuditEntry
from common.row_digest import digest, rows_digest
from jobs.eta import TimeLeft, time_left
from jobs.models import SEVERE, Event, Job, Step
from jobs.states import JOB_ACTIVE, STEP_ENDED, StepStatus

# A line of a log as a tuple of these fields; ``ts`` is text.
EVENT_FIELDS = ("seq", "ts", "node", "phase", "step", "stream", "level", "line")
EventRow = tuple[Any, ...]
_AT_ONCE = 1000
# Above the number of any line.
LAST = 2**63 - 1
# The worst state of a node's steps is the node's state, worst first.
_RANK = (
    StepStatus.FAILED,
    StepStatus.CANCELLED,
    StepStatus.RUNNING,
    StepStatus.SKIPPED,
    StepStatus.PENDING,
    StepStatus.SUCCEEDED,
)


def job_status(job: Job) -> dict[str, Any]:
    """Return the shape of ``get_status --format json``: three queries at most, however many nodes, and a disk check."""
    steps = list(job.steps.order_by("position", "id"))
    left_by_phase, left = time_left(job, steps)
    paused_by = job.paused_by if job.status in JOB_ACTIVE else ""
    done = sum(step.status == StepStatus.SUCCEEDED for step in steps)
    current = next((step for step in steps if step.status not in STEP_ENDED), None)
    shown = current or (steps[-1] if steps else None)
    return {
        "job_id": job.job_id,
        "action": job.action,
        "zone_id": job.zone_id,
        "status": job.status,
        "phase": shown.phase if shown else "",
        "progress": {"done": done, "total": len(steps)},
        "time_left": _left(left) if left else None,
        "phases": _phases(steps, left_by_phase),
        "nodes": _nodes(steps),
        "error": job.error,
        "error_code": code_of(job.error),
        "paused_by": paused_by,
        "paused_at": stamp(_paused_at(job)) if paused_by else None,
        "waits_for": disk_space.sentence() if job.status in JOB_ACTIVE else "",
        "created_by": job.created_by,
        "created_at": stamp(job.created_at),
        "started_at": stamp(job.started_at),
        "finished_at": stamp(job.finished_at),
        "idle_s": job.idle_s,
    }


_STEP = ("phase", "target", "address", "status", "component", "attempts", "error", "started_at")
# How old an estimate may be that is not computed anew: it changes continuously while steps run.
ESTIMATE_S = 10


def job_version(job: Job) -> str:
    """Return a digest of all that :func:`job_status` is made of, without making it; three queries at most.

    While steps are open, the estimate of the time left changes continuously: the digest then is another one every
    :data:`ESTIMATE_S` seconds.
    """
    columns = [
        getattr(job, field.attname) for field in Job._meta.concrete_fields if field.name not in _NOT_SHOWN
    ]
    steps = rows_digest(job.steps.order_by("position", "id").values_list(*_STEP))
    active = job.status in JOB_ACTIVE
    estimated = int(time.time() // ESTIMATE_S) if active and not job.paused_by else 0
    paused_at = _paused_at(job) if active and job.paused_by else None
    return digest((columns, steps, estimated, paused_at, disk_space.sentence() if active else ""))


_NOT_SHOWN = ("last_seq", "nudged_at")


def progress_of(jobs: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return how many steps of each job succeeded, and how many it has, by primary key; one query."""
    succeeded = Count("pk", filter=Q(status=StepStatus.SUCCEEDED))
    found = (
        Step.objects.filter(job__in=jobs)
        .order_by()
        .values("job_id")
        .annotate(done=succeeded, total=Count("pk"))
    )
    return {row["job_id"]: (row["done"], row["total"]) for row in found}


def _paused_at(job: Job) -> datetime | None:
    """Look up when the job was paused: the audit trail has the time, the job only the name."""
    entries = AuditEntry.objects.filter(subject=job.job_id, verb="pause_job").order_by("-id")
    return entries.values_list("at", flat=True).first()


def _left(left: TimeLeft) -> dict[str, Any]:
    return {"seconds": round(left.seconds), "late": left.late, "text": left.text()}


def _phases(steps: list[Step], left: dict[str, TimeLeft]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for step in steps:
        row = found.setdefault(
            step.phase, {"phase": step.phase, "done": 0, "failed": 0, "running": 0, "total": 0}
        )
        row["time_left"] = _left(left[step.phase]) if step.phase in left else None
        row["total"] += 1
        row["done"] += step.status == StepStatus.SUCCEEDED
        row["running"] += step.status == StepStatus.RUNNING
        row["failed"] += step.status in (StepStatus.FAILED, StepStatus.CANCELLED, StepStatus.SKIPPED)
    return list(found.values())


def _nodes(steps: list[Step]) -> list[dict[str, Any]]:
    by_node: dict[str, list[Step]] = {}
    for step in steps:
        if step.target:
            by_node.setdefault(step.target, []).append(step)
    return [_node(target, mine) for target, mine in by_node.items()]


def _node(target: str, steps: list[Step]) -> dict[str, Any]:
    """Return a node: its state is that of its worst step, its phase and component are where it is, or stopped."""
    begun = [
        step for step in steps if step.status != StepStatus.PENDING and step.status != StepStatus.SKIPPED
    ]
    worst = min(steps, key=lambda step: _RANK.index(StepStatus(step.status)))
    shown = worst if worst.status in _RANK[:3] else (begun[-1] if begun else steps[0])
    state = worst.status
    if state == StepStatus.PENDING and begun:
        state = StepStatus.RUNNING
    return {
        "node_id": target,
        "mgmt_address": shown.address,
        "status": str(state),
        "phase": shown.phase,
        "step": shown.component,
        "attempts": max(step.attempts for step in steps),
        "error": shown.error,
        "error_code": code_of(shown.error),
        "phases": {step.phase: step.status for step in steps},
    }


LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class _Filters:
    """Which filters a query of lines has, and in which direction it goes: one compiled query for each."""

    level: str = ""
    node: bool = False
    phase: bool = False
    text: bool = False
    since: bool = False
    until: bool = False
    backwards: bool = False


def is_searched(wanted: Mapping[str, Any]) -> bool:
    """Return whether lines are selected by what only the database compares: their text, or their time."""
    return any(wanted.get(name) for name in ("text", "since", "until"))


def _filters(wanted: Mapping[str, Any], *, backwards: bool = False) -> _Filters:
    level = wanted.get("level", "")
    # Queries are kept: only known levels, however many texts are sent.
    known = level if level in LEVELS else ""
    named = {name: bool(wanted.get(name)) for name in ("node", "phase", "text", "since", "until")}
    return _Filters(level=known, backwards=backwards, **named)


def _values(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as the driver takes them."""
    values = dict(wanted)
    if text := wanted.get("text"):
        escaped = re.sub(r"([\\%_])", r"\\\1", text)
        values["text"] = f"%{escaped}%"
    for name in ("since", "until"):
        if moment := wanted.get(name):
            values[name] = connection.ops.adapt_datetimefield_value(moment)
    return values


class _Contains(Func):
    """Whether a line contains a text, in capital or small letters; SQLite knows those of ASCII only."""

    template = "%(expressions)s ESCAPE '\\'"
    arg_joiner = " LIKE "
    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Return SQL for PostgreSQL."""
        return self.as_sql(compiler, connection, arg_joiner=" ILIKE ")


def _select(filters: _Filters) -> QuerySet[Event]:
    """Select lines of ``job`` between the numbers ``after`` and ``before``, both exclusive."""
    found = Event.objects.filter(job=Given("job"), seq__gt=Given("after"), seq__lt=Given("before"))
    if filters.node:
        found = found.filter(node=Given("node"))
    if filters.phase:
        found = found.filter(phase=Given("phase"))
    if filters.level:
        levels = levels_from(filters.level)
        found = found.filter(level__in=levels)
        if set(levels) <= SEVERE:
            # As in the index event_severe: SQLite recognises only the same text, without parameters.
            found = found.extra(where=["level IN ('warning', 'error')"])
    if filters.text:
        found = found.filter(_Contains("line", Given("text")))
    if filters.since:
        found = found.filter(ts__gte=Given("since"))
    if filters.until:
        found = found.filter(ts__lt=Given("until"))
    return found.order_by("-seq" if filters.backwards else "seq")


class _UtcText(Func):
    """A time as text, in UTC whatever the session's time zone is. SQLite has no other times."""

    # The cast also keeps the driver of SQLite from reading it.
    template = "CAST(%(expressions)s AS text)"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Return SQL for PostgreSQL."""
        return self.as_sql(compiler, connection, template="(%(expressions)s AT TIME ZONE 'UTC')::text")


@cache
def _lines(filters: _Filters) -> CompiledQuery:
    """Return the query of :func:`event_rows` with these filters. Times are text: as objects they cost more than all else."""
    columns = ["at" if name == "ts" else name for name in EVENT_FIELDS]
    return CompiledQuery(lambda: _select(filters).annotate(at=_UtcText("ts")).values_list(*columns))


def event_rows(
    job: Job, *, after: int = 0, before: int = LAST, limit: int = 1000, newest: bool = False, **wanted: Any
) -> list[EventRow]:
    """Return lines between the numbers ``after`` and ``before`` (exclusive), in order, as tuples of ``EVENT_FIELDS``.

    One query. The first ``limit`` of them, or with ``newest`` the last. ``wanted`` selects by ``node``, ``phase``,
    ``level`` (this or a more severe one), ``text`` (contained in the line), ``since`` and ``until`` (moments, the second
    exclusive).
    """
    query = _lines(_filters(wanted, backwards=newest))
    found = query.rows(job=job.pk, after=after, before=before, limit=limit, **_values(wanted))
    rows: list[EventRow] = []
    moment, text = "", ""
    for seq, at, node, phase, step, stream, level, line in reversed(found) if newest else found:
        # Lines that arrived together have the same time.
        if at != moment:
            moment, text = at, _stamp_of(at)
        rows.append((seq, text, node, phase, step, stream, level, line))
    return rows


@cache
def _numbers(filters: _Filters) -> CompiledQuery:
    return CompiledQuery(lambda: _select(filters).values_list("seq"))


def line_pages(job: Job, size: int, **wanted: Any) -> list[tuple[int, int, int]]:
    """Return for each ``size`` lines that pass the filters the numbers of the first and the last, and how many they are.

    Lines after ``job.last_seq`` are left out. One query; none without filters, as numbers have no gaps.
    """
    if not any(wanted.values()):
        ends = ((first, min(first + size - 1, job.last_seq)) for first in range(1, job.last_seq + 1, size))
        return [(first, last, last - first + 1) for first, last in ends]
    values = {"job": job.pk, "after": 0, "before": job.last_seq + 1, **_values(wanted)}
    return _numbers(_filters(wanted)).wrapped(_PAGES.format(size=int(size)), **values)


_PAGES = (
    "SELECT MIN(seq), MAX(seq), COUNT(*)"
    " FROM (SELECT seq, (ROW_NUMBER() OVER (ORDER BY seq) - 1) / {size} AS page FROM ({{}}) AS found) AS numbered"
    " GROUP BY page ORDER BY page"
)


def _stamp_of(moment: str) -> str:
    """Return :func:`stamp` of a time as databases write it: ``2026-03-04 01:02:03.02``."""
    whole, _, part = moment.partition(".")
    return f"{whole[:10]}T{whole[11:]}.{part:0<3.3}Z"


def events(job: Job, **wanted: Any) -> list[dict[str, Any]]:
    """Return the lines of :func:`event_rows` in the shape of EVENT."""
    return [event(row) for row in event_rows(job, **wanted)]


def event(row: EventRow) -> dict[str, Any]:
    """Return the shape of EVENT."""
    return dict(zip(EVENT_FIELDS, row, strict=True))


def event_batches(
    job: Job, *, after: int = 0, limit: int | None = None, **wanted: Any
) -> Iterator[list[EventRow]]:
    """Yield the lines that there are now, ``limit`` at most, a thousand at a time, so that memory stays flat.

    Lines that a running job adds after the call are left out. Raises :class:`Job.DoesNotExist` when the job, and its
    lines with it, is deleted meanwhile: what was read until then must not pass for all of it.
    """
    last = Job.objects.values_list("last_seq", flat=True).get(pk=job.pk)
    left = last if limit is None else limit
    while after < last and left > 0:
        rows = event_rows(job, after=after, limit=min(left, _AT_ONCE), **wanted)
        kept = [row for row in rows if row[0] <= last]
        if not kept:
            break
        yield kept
        after = kept[-1][0]
        left -= len(kept)
    Job.objects.values_list("pk").get(pk=job.pk)


def levels_from(level: str) -> list[str]:
    """Return ``level`` and every more severe level."""
    return list(LEVELS[LEVELS.index(level) :] if level in LEVELS else LEVELS)


def stamp(moment: datetime | None) -> str | None:
    """Format as RFC 3339 in UTC."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
