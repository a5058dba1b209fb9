"""Claim the next steps for a worker: conditional updates only, by the database's clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import cast

from django.db import connection, transaction
from django.db.models import Case, DateTimeField, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Now

from jobs import registry
from jobs.context import GRACE_S
from jobs.models import Job, Step
from jobs.states import STEP_OPEN, StepStatus, move_steps


def database_now() -> datetime:
    """Return the time of the database: the one clock on which several worker machines agree."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement_timestamp()"
            if connection.vendor == "postgresql"
            else "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"
        )
        value = cursor.fetchone()[0]
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value + "+00:00")


def current_position(job: Job) -> int | None:
    """Return the position that is being worked on; None when every step has ended."""
    found = job.steps.filter(status__in=STEP_OPEN).aggregate(at=Min("position"))["at"]
    return cast("int | None", found)


def claim_steps(
    job: Job, position: int, claim: str, limit: int, timeouts: dict[str, int], at_once: int | None = None
) -> list[Step]:
    """Take up to ``limit`` pending steps of ``position``; each is taken by exactly one claimant.

    ``at_once``: the limit of the job's running steps, over all workers. Of a paused job, only steps that already run on
    their node are taken.
    """
    pending = job.steps.filter(position=position, status=StepStatus.PENDING)
    if job.paused_by:
        pending = half_done_steps(job).filter(position=position)
    with transaction.atomic():
        if at_once is not None:
            # One claimant of a job at a time counts and takes: together they stay within the limit.
            Job.objects.select_for_update().get(pk=job.pk)
            limit = min(limit, at_once - job.steps.filter(status=StepStatus.RUNNING).count())
        return _take(pending, claim, limit, timeouts)


def claim_half_done(job: Job, claim: str, limit: int) -> list[Step]:
    """Take steps of a job being cancelled whose worker died and left something on the node."""
    with transaction.atomic():
        return _take(half_done_steps(job), claim, limit, {})


def half_done() -> Q:
    """Select steps that lost their worker while running: something may run on the node, or must be undone there."""
    return Q(interrupted=True) & (~Q(remote={}) | Q(phase__in=registry.undoable()))


def half_done_steps(job: Job) -> QuerySet[Step]:
    """Return the steps without a worker that need work before their cancelled job is over."""
    return job.steps.filter(half_done(), status=StepStatus.PENDING)


def _take(pending: QuerySet[Step], claim: str, limit: int, timeouts: dict[str, int]) -> list[Step]:
    if limit <= 0:
        return []
    locked = pending.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    found = list(locked.order_by("id").values_list("pk", "phase")[:limit])
    if not found:
        return []
    now = database_now()
    phases = {phase for _, phase in found}
    due = [
        When(phase=phase, then=Value(now + timedelta(seconds=timeouts.get(phase, 1800)))) for phase in phases
    ]
    again = When(interrupted=True, then=Greatest(F("deadline_at"), Value(now + timedelta(seconds=GRACE_S))))
    # A step that lost its worker continues the same attempt (with nearly the same deadline): that number
    # finds what it started on the node.
    move_steps(
        pending.model.objects.filter(pk__in=[pk for pk, _ in found]),
        "claim",
        claim=claim,
        fence=F("fence") + 1,
        heartbeat_at=now,
        error="",
        attempts=Case(When(interrupted=True, then=F("attempts")), default=F("attempts") + 1),
        started_at=Case(When(interrupted=True, then=F("started_at")), default=Value(now)),
        deadline_at=Case(again, *due, output_field=DateTimeField()),
        interrupted=False,
    )
    return list(Step.objects.filter(pk__in=[pk for pk, _ in found], claim=claim).order_by("id"))


def heartbeat(claim: str, pks: Sequence[int]) -> set[int]:
    """Refresh the heartbeat of the steps; return those that are still ours."""
    mine = Step.objects.filter(pk__in=pks, claim=claim, status=StepStatus.RUNNING)
    mine.update(heartbeat_at=Now())
    return set(mine.values_list("pk", flat=True))


def release(claim: str, pks: Iterable[int]) -> int:
    """Give steps back: the next claimant continues the same attempt."""
    return move_steps(Step.objects.filter(pk__in=list(pks), claim=claim), "release", interrupted=True)


def release_all(claim: str) -> int:
    """Give back every step of a claimant, including those it has claimed but not started."""
    return move_steps(Step.objects.filter(claim=claim), "release", interrupted=True)
