"""The states of jobs and steps, and the only functions that assign them."""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy


class JobStatus(models.TextChoices):
    """States of a job."""

    QUEUED = "queued", gettext_lazy("Queued")
    RUNNING = "running", gettext_lazy("Running")
    CANCELLING = "cancelling", gettext_lazy("Cancelling")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")
    SUCCEEDED = "succeeded", gettext_lazy("Succeeded")
    FAILED = "failed", gettext_lazy("Failed")


# A worker may take these up; the engine itself ends each of them: a dead worker's steps expire after
# INSTALLER_LEASE_S and the next worker continues, so none of them lasts for ever.
JOB_ACTIVE = frozenset({JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.CANCELLING})
JOB_ENDED = frozenset({JobStatus.CANCELLED, JobStatus.SUCCEEDED, JobStatus.FAILED})
JOB_RESUMABLE = frozenset({JobStatus.CANCELLED, JobStatus.FAILED})
JOB_PAUSABLE = frozenset({JobStatus.QUEUED, JobStatus.RUNNING})


class StepStatus(models.TextChoices):
    """States of a step."""

    PENDING = "pending", gettext_lazy("Pending")
    RUNNING = "running", gettext_lazy("Running")
    SUCCEEDED = "succeeded", gettext_lazy("Succeeded")
    FAILED = "failed", gettext_lazy("Failed")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")
    SKIPPED = "skipped", gettext_lazy("Skipped")


STEP_OPEN = frozenset({StepStatus.PENDING, StepStatus.RUNNING})
STEP_ENDED = frozenset({StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.CANCELLED, StepStatus.SKIPPED})
STEP_RESUMABLE = frozenset({StepStatus.FAILED, StepStatus.CANCELLED, StepStatus.SKIPPED})

# event -> (from, to). RUNNING is a transient state: heartbeat in Step.heartbeat_at, failure target
# PENDING (taken over), or FAILED once Step.deadline_at has passed.
JOB_EVENTS: dict[str, tuple[frozenset[JobStatus], JobStatus]] = {
    "start": (frozenset({JobStatus.QUEUED}), JobStatus.RUNNING),
    "cancel": (frozenset({JobStatus.QUEUED, JobStatus.RUNNING}), JobStatus.CANCELLING),
    # Also from cancelling: a job cancelled when nothing was left to do has succeeded.
    "succeed": (frozenset({JobStatus.RUNNING, JobStatus.CANCELLING}), JobStatus.SUCCEEDED),
    "fail": (frozenset({JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.CANCELLING}), JobStatus.FAILED),
    "cancelled": (frozenset({JobStatus.CANCELLING}), JobStatus.CANCELLED),
    "resume": (JOB_RESUMABLE, JobStatus.QUEUED),
}
STEP_EVENTS: dict[str, tuple[frozenset[StepStatus], StepStatus]] = {
    "claim": (frozenset({StepStatus.PENDING}), StepStatus.RUNNING),
    "succeed": (frozenset({StepStatus.RUNNING}), StepStatus.SUCCEEDED),
    "fail": (frozenset({StepStatus.RUNNING}), StepStatus.FAILED),
    "release": (frozenset({StepStatus.RUNNING}), StepStatus.PENDING),
    "cancel": (STEP_OPEN, StepStatus.CANCELLED),
    "skip": (frozenset({StepStatus.PENDING}), StepStatus.SKIPPED),
    "resume": (STEP_RESUMABLE, StepStatus.PENDING),
    "repeat": (STEP_ENDED, StepStatus.PENDING),
}


# Every listener of jobs.notifications is told on this channel of PostgreSQL.
NEWS_CHANNEL = "installer_job"


def tell_news() -> None:
    """Tell those who wait that a job has news, when the transaction that makes them is committed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {NEWS_CHANNEL}")


def move_job(jobs: QuerySet[Any], event: str, **fields: Any) -> int:
    """Run ``UPDATE … WHERE status IN (from)``; return how many jobs moved (0 when another process was faster)."""
    sources, target = JOB_EVENTS[event]
    if target in JOB_ENDED:
        fields.setdefault("finished_at", Now())
    moved = jobs.filter(status__in=sources).update(status=target, **fields)
    if moved:
        tell_news()
    return moved


def move_steps(steps: QuerySet[Any], event: str, **fields: Any) -> int:
    """Move steps in the same way. Ended steps get their end time, and lose their claim."""
    sources, target = STEP_EVENTS[event]
    if target in STEP_ENDED:
        fields.setdefault("finished_at", Now())
    if target != StepStatus.RUNNING:
        fields.setdefault("claim", "")
    return steps.filter(status__in=sources).update(status=target, **fields)
