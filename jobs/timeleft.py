"""What the estimate of a job's time left is made from: its open steps, and what steps like them took before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from jobs import estimate, registry
from jobs.engine.claims import database_now
from jobs.engine.queueing import slices_for
from jobs.estimate import Stage, TimeLeft
from jobs.models import Job, Step
from jobs.states import JOB_PAUSABLE, StepStatus

# How far one looks back. Enough to know a phase, few enough to be asked for each second.
_JOBS = 5
_STEPS_OF_A_PHASE = 100


def time_left(job: Job, steps: Sequence[Step]) -> tuple[dict[str, TimeLeft], TimeLeft | None]:
    """By phase, and in all; nothing of what never ran before, nor of a job that is held or being cancelled.

    ``steps``: all of the job, in order. Two queries, or none.
    """
    if job.status not in JOB_PAUSABLE or job.paused_by:
        return {}, None
    stages = _stages(steps, database_now())
    by_phase = estimate.stages_left(stages, _earlier(job, stages), _at_once(job, stages))
    return by_phase, estimate.total(stages, by_phase)


def _stages(steps: Sequence[Step], now: datetime) -> list[Stage]:
    waiting: dict[tuple[int, str], int] = {}
    running: dict[tuple[int, str], list[float]] = {}
    for step in steps:
        key = (step.position, step.phase)
        if step.status == StepStatus.PENDING:
            waiting[key] = waiting.get(key, 0) + 1
        elif step.status == StepStatus.RUNNING:
            ran_s = (now - step.started_at).total_seconds() if step.started_at else 0.0
            running.setdefault(key, []).append(max(ran_s, 0.0))
    return [Stage(key[1], waiting.get(key, 0), running.get(key, ())) for key in sorted({*waiting, *running})]


def _earlier(job: Job, stages: Sequence[Stage]) -> dict[str, list[float]]:
    """Seconds by phase that steps took in jobs of this action before this one: the newest of them."""
    jobs = Job.objects.filter(action=job.action, pk__lt=job.pk).order_by("-pk").values("pk")[:_JOBS]
    # A second attempt finds done what the first one did: it says nothing about how long the phase takes.
    steps = Step.objects.filter(
        job__in=jobs,
        phase__in={stage.phase for stage in stages} - _differing(job),
        status=StepStatus.SUCCEEDED,
        attempts=1,
        started_at__isnull=False,
        finished_at__isnull=False,
    )
    nth = Window(RowNumber(), partition_by=F("phase"), order_by=F("pk").desc())
    newest = steps.annotate(nth=nth).filter(nth__lte=_STEPS_OF_A_PHASE).order_by()
    found: dict[str, list[float]] = {}
    for phase, begun, ended in newest.values_list("phase", "started_at", "finished_at"):
        if begun and ended:
            found.setdefault(phase, []).append(max((ended - begun).total_seconds(), 0.0))
    return found


def _differing(job: Job) -> set[str]:
    """Phases of which no run tells how long the next one takes."""
    if job.action not in registry.names():
        return set()
    return {phase.name for phase in registry.find(job.action).phases if phase.differs}


def _at_once(job: Job, stages: Sequence[Stage]) -> int:
    """As many as run now while others wait; before that, as many as would."""
    if stages and stages[0].waiting and stages[0].running_s:
        return len(stages[0].running_s)
    widest = max((stage.waiting + len(stage.running_s) for stage in stages), default=1)
    at_once = settings.INSTALLER_SSH_CONCURRENCY * slices_for(widest)
    return min(at_once, int(job.params.get("concurrency") or at_once))
