"""Write events to the database: gapless numbers, whole batches, and the read position in the same transaction."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, JSONField
from django.db.models.functions import Now

from common.text import fold
from jobs.models import Event, Job, Step
from jobs.report_queue import Lines, RemoteProcess
from jobs.states import StepStatus, tell_news

# Fields of an Event, without its id, in the order of the tuples built here.
_COLUMNS = ("job_id", "seq", "ts", "node", "phase", "step", "stream", "level", "line")
_Row = tuple[int, int, datetime, str, str, str, str, str, str]


def write_items(
    job: Job, claim: str, items: Sequence[Lines | RemoteProcess], steps: Mapping[int, Step]
) -> set[int]:
    """Store the output of steps that are still ours, and what is about to run on their nodes.

    The new owner of a step that was taken over reads its lines again. Returns the steps (of those in ``items``) still
    ours.
    """
    if not items:
        return set()
    with transaction.atomic():
        # A locked step changes hands only after this transaction, together with its read position; steps are locked
        # first and then the job, as everywhere, so that there is no deadlock.
        here = Step.objects.filter(
            pk__in={item.step_pk for item in items}, claim=claim, status=StepStatus.RUNNING
        )
        mine = set(here.select_for_update().order_by("pk").values_list("pk", flat=True))
        kept = [item for item in items if item.step_pk in mine]
        count = sum(len(item.texts) for item in kept if isinstance(item, Lines))
        if count:
            last = _reserve(job, count) - count
            _insert(_rows(job, last, (item for item in kept if isinstance(item, Lines)), steps))
        _save_positions(kept, steps)
    return mine


def _reserve(job: Job, count: int) -> int:
    """Reserve ``count`` event numbers and return the last; the job's row is locked until the transaction ends."""
    Job.objects.filter(pk=job.pk).update(last_seq=F("last_seq") + count)
    tell_news()
    return Job.objects.values_list("last_seq", flat=True).get(pk=job.pk)


def _rows(job: Job, last: int, lines: Iterable[Lines], steps: Mapping[int, Step]) -> Iterator[_Row]:
    seq = last
    for item in lines:
        step = steps[item.step_pk]
        for text in item.texts:
            seq += 1
            yield (
                job.pk,
                seq,
                item.ts,
                step.address,
                step.phase,
                item.component,
                item.stream,
                item.level,
                text,
            )


def _insert(rows: Iterable[_Row]) -> None:
    """Insert all rows with the statement that is fastest on each database: COPY, or one prepared INSERT."""
    table = connection.ops.quote_name(Event._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(name) for name in _COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = io.StringIO("".join(_copy_line(row) for row in rows))
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", text)
        else:
            marks = ", ".join(["%s"] * len(_COLUMNS))
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 -- names of our own model
                [(*row[:2], connection.ops.adapt_datetimefield_value(row[2]), *row[3:]) for row in rows],
            )


def _copy_line(row: _Row) -> str:
    """Format a row for COPY: tabs between columns, backslash escapes (PostgreSQL, "COPY", File Formats)."""
    head = f"{row[0]}\t{row[1]}\t{row[2].isoformat()}\t"
    return head + "\t".join(map(_copy_text, row[3:])) + "\n"


def _copy_text(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\t" in text:
        text = text.replace("\t", "\\t")
    return text


def _save_positions(items: Iterable[Lines | RemoteProcess], steps: Mapping[int, Step]) -> None:
    read: dict[int, Step] = {}
    moved: dict[int, Step] = {}
    for item in items:
        step = steps[item.step_pk]
        if isinstance(item, RemoteProcess):
            step.remote = item.remote
            moved[step.pk] = step
            continue
        if item.cursor is not None:
            step.cursor[item.cursor[0]] = item.cursor[1]
            read[step.pk] = step
        if item.component and item.component != step.component:
            step.component = item.component
            moved[step.pk] = step
    if moved:
        _save(list(moved.values()), "component", "remote")
    if read:
        _save(list(read.values()), "cursor")


def _save(steps: Sequence[Step], *columns: str) -> None:
    """Store these columns of all steps in one plain statement.

    It runs with each batch of lines, where ``bulk_update`` would build hundreds of expressions.
    """
    parts, values = [], []
    for column in columns:
        is_json = isinstance(Step._meta.get_field(column), JSONField)
        cast = "::jsonb" if is_json and connection.vendor == "postgresql" else ""
        parts.append(f"{column} = CASE id {f'WHEN %s THEN %s{cast} ' * len(steps)}END")
        for step in steps:
            value = getattr(step, column)
            values += [step.pk, json.dumps(value) if is_json else value]
    table = connection.ops.quote_name(Step._meta.db_table)
    marks = ", ".join(["%s"] * len(steps))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {', '.join(parts)} WHERE id IN ({marks})",  # noqa: S608 -- no value in it
            [*values, *(step.pk for step in steps)],
        )


def log_event(job: Job, text: str, *, level: str = "info", step: Step | None = None) -> None:
    """Log a line from the engine itself."""
    with transaction.atomic():
        parts = list(fold(text))
        last = _reserve(job, len(parts)) - len(parts)
        Event.objects.bulk_create(
            Event(
                job=job,
                seq=last + number,
                ts=Now(),
                node=step.address if step else "",
                phase=step.phase if step else "",
                step=step.component if step else "",
                level=level,
                line=part,
            )
            for number, part in enumerate(parts, 1)
        )
