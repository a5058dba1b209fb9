"""Which steps are next, and who has them: conditional updates only, by the database's clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Now

from jobs.models import Job, Step
from jobs.states import STEP_OPEN, StepStatus, move_steps


def database_now() -> datetime:
    """The database's clock: the one clock on which several worker machines agree."""
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
    """The position that is being worked on; None when every step has ended."""
    found = job.steps.filter(status__in=STEP_OPEN).aggregate(at=Min("position"))["at"]
    return cast("int | None", found)


def claim_steps(job: Job, position: int, claim: str, limit: int, timeouts: dict[str, int]) -> list[Step]:
    """Take up to ``limit`` pending steps of ``position``; each is taken by exactly one claimant."""
    if limit <= 0:
        return []
    pending = job.steps.filter(position=position, status=StepStatus.PENDING).order_by("id")
    now = database_now()
    chosen = list(pending.values_list("pk", "phase", "interrupted")[:limit])
    # A step that lost its worker goes on with the same attempt (and the same deadline): what it
    # began on the node is found by that number.
    lost = [pk for pk, _, interrupted in chosen if interrupted]
    if lost:
        _take(Step.objects.filter(pk__in=lost, interrupted=True), claim, now, {})
    for phase in {phase for _, phase, interrupted in chosen if not interrupted}:
        fresh = [pk for pk, its_phase, interrupted in chosen if its_phase == phase and not interrupted]
        deadline = now + timedelta(seconds=timeouts.get(phase, 1800))
        begun = {"attempts": F("attempts") + 1, "started_at": now, "deadline_at": deadline, "cursor": {}}
        _take(Step.objects.filter(pk__in=fresh, interrupted=False), claim, now, begun)
    taken = [pk for pk, _, _ in chosen]
    return list(Step.objects.filter(pk__in=taken, claim=claim, status=StepStatus.RUNNING).order_by("id"))


def _take(steps: QuerySet[Step], claim: str, now: datetime, fields: dict[str, Any]) -> None:
    """One conditional update: steps that another claimant takes at the same moment are not among them."""
    move_steps(
        steps,
        "claim",
        claim=claim,
        fence=F("fence") + 1,
        heartbeat_at=now,
        interrupted=False,
        error="",
        **fields,
    )


def heartbeat(claim: str, pks: Sequence[int]) -> set[int]:
    """Say that the steps are still worked on; gives those that are still ours."""
    mine = Step.objects.filter(pk__in=pks, claim=claim, status=StepStatus.RUNNING)
    mine.update(heartbeat_at=Now())
    return set(mine.values_list("pk", flat=True))


def release(claim: str, pks: Iterable[int]) -> int:
    """Give steps back: the next claimant continues the same attempt."""
    return move_steps(Step.objects.filter(pk__in=list(pks), claim=claim), "release", interrupted=True)


def release_expired(now: datetime) -> int:
    """Take steps away from workers that have not been heard of for a lease."""
    limit = now - timedelta(seconds=settings.INSTALLER_LEASE_S)
    silent = Step.objects.filter(Q(heartbeat_at__lt=limit) | Q(heartbeat_at=None), status=StepStatus.RUNNING)
    return move_steps(silent, "release", interrupted=True)
