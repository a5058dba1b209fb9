"""Events into the database: gapless numbers, whole batches, and the reading position in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import F

from jobs.context import Line
from jobs.models import Event, Job, Step
from jobs.states import StepStatus
from jobs.text import fold


def write_lines(job: Job, claim: str, lines: Sequence[Line], steps: Mapping[int, Step]) -> None:
    """Store the lines of steps that are still ours; a step that was taken over writes its own again."""
    if not lines:
        return
    with transaction.atomic():
        # The row lock of the job orders the writers; a step cannot change hands between the check
        # and the insert because whoever takes it over writes its events behind the same lock.
        last = _reserve(job, 0)
        mine = set(
            Step.objects.filter(
                pk__in={line.step_pk for line in lines}, claim=claim, status=StepStatus.RUNNING
            ).values_list("pk", flat=True)
        )
        kept = [line for line in lines if line.step_pk in mine]
        if not kept:
            return
        _reserve(job, len(kept))
        Event.objects.bulk_create(
            [_event(job, last + number, line, steps[line.step_pk]) for number, line in enumerate(kept, 1)],
            batch_size=500,
        )
        _save_positions(kept, steps)


def _reserve(job: Job, count: int) -> int:
    Job.objects.filter(pk=job.pk).update(last_seq=F("last_seq") + count)
    return Job.objects.values_list("last_seq", flat=True).get(pk=job.pk)


def _event(job: Job, seq: int, line: Line, step: Step) -> Event:
    return Event(
        job=job,
        seq=seq,
        ts=line.ts,
        node=step.address,
        phase=step.phase,
        step=line.component,
        stream=line.stream,
        level=line.level,
        line=line.text,
    )


def _save_positions(lines: Sequence[Line], steps: Mapping[int, Step]) -> None:
    changed: dict[int, Step] = {}
    for line in lines:
        step = steps[line.step_pk]
        if line.cursor is not None:
            step.cursor[line.cursor[0]] = line.cursor[1]
            changed[step.pk] = step
        if line.component and line.component != step.component:
            step.component = line.component
            changed[step.pk] = step
    if changed:
        Step.objects.bulk_update(changed.values(), ["cursor", "component"])


def say(job: Job, text: str, *, level: str = "info", step: Step | None = None) -> None:
    """One line by the engine itself."""
    with transaction.atomic():
        parts = list(fold(text))
        last = _reserve(job, len(parts)) - len(parts)
        Event.objects.bulk_create(
            Event(
                job=job,
                seq=last + number,
                ts=datetime.now(UTC),
                node=step.address if step else "",
                phase=step.phase if step else "",
                step=step.component if step else "",
                level=level,
                line=part,
            )
            for number, part in enumerate(parts, 1)
        )
