"""Estimate the remaining time of a job from the duration of the same phases in earlier jobs."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext, ngettext

from jobs import registry
from jobs.engine.claims import database_now
from jobs.engine.queueing import slices_for
from jobs.models import Job, Step
from jobs.states import JOB_PAUSABLE, StepStatus

# How far back to look. Enough to know a phase, few enough to be queried every second.
_JOBS = 5
_STEPS_OF_A_PHASE = 100


def time_left(job: Job, steps: Sequence[Step]) -> tuple[dict[str, TimeLeft], TimeLeft | None]:
    """Estimate by phase, and in total; nothing for phases that never ran, or for a paused or cancelling job.

    ``steps``: all steps of the job, in order. Two queries, or none.
    """
    if job.status not in JOB_PAUSABLE or job.paused_by:
        return {}, None
    stages = _stages(steps, database_now())
    by_phase = stages_left(stages, _earlier(job, stages), _at_once(job, stages))
    return by_phase, total(stages, by_phase)


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
    """Return the seconds, by phase, of the newest steps in earlier jobs of this action."""
    jobs = Job.objects.filter(action=job.action, pk__lt=job.pk).order_by("-pk").values("pk")[:_JOBS]
    # A second attempt finds part of the work done: it does not show how long the phase takes.
    steps = Step.objects.filter(
        job__in=jobs,
        phase__in={stage.phase for stage in stages} - registry.differing(job.action),
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


def _at_once(job: Job, stages: Sequence[Stage]) -> int:
    """Return how many steps run now while others wait; before that, how many would."""
    if stages and stages[0].waiting and stages[0].running_s:
        return len(stages[0].running_s)
    widest = max((stage.waiting + len(stage.running_s) for stage in stages), default=1)
    at_once = settings.INSTALLER_SSH_CONCURRENCY * slices_for(widest)
    return min(at_once, int(job.params.get("concurrency") or at_once))


@dataclass(frozen=True, slots=True)
class Stage:
    """Open steps of one phase that may run at once: how many wait, and how long each running one has been running."""

    phase: str
    waiting: int
    running_s: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """``seconds`` until the end; ``late``: running steps that have already taken longer than any before."""

    seconds: float
    late: int = 0

    def text(self) -> str:
        """Return ``about 14 min left``, no more exact than such an estimate can be."""
        if not self.late:
            return about(self.seconds)
        late = ngettext(
            "%(n)s step runs longer than in any earlier run",
            "%(n)s steps run longer than in any earlier run",
            self.late,
        ) % {"n": self.late}
        return late if self.seconds < 1 else f"{about(self.seconds)}, {late}"


def about(seconds: float) -> str:
    """Format as ``about 40 s left``, ``about 14 min left``, ``about 2 h 05 min left``."""
    if seconds < 55:
        return gettext("about %(seconds)s s left") % {"seconds": max(round(seconds / 10), 1) * 10}
    if seconds < 3570:
        return gettext("about %(minutes)s min left") % {"minutes": round(seconds / 60)}
    hours, minutes = divmod(round(seconds / 300) * 5, 60)
    return gettext("about %(hours)s h %(minutes)s min left") % {"hours": hours, "minutes": f"{minutes:02d}"}


def stage_left(stage: Stage, earlier_s: Sequence[float], at_once: int) -> TimeLeft:
    """Estimate when the last step of the stage ends; ``earlier_s``: durations of earlier steps of its phase, not empty.

    Nodes differ, and the slowest one ends a stage: the steps are spread over the earlier durations, from the
    shortest to the longest, instead of all taking the mean.
    """
    known = sorted(earlier_s)
    busy: list[float] = []
    late = 0
    for number, ran_s in enumerate(sorted(stage.running_s)):
        longer = [seconds for seconds in known if seconds > ran_s]
        late += not longer
        busy.append(_spread(longer, number, len(stage.running_s)) - ran_s if longer else 0.0)
    slots = busy + [0.0] * (max(at_once, 1) - len(busy))
    heapq.heapify(slots)
    for number in range(stage.waiting):
        heapq.heapreplace(slots, slots[0] + _spread(known, number, stage.waiting))
    return TimeLeft(max(slots), late)


def _spread(known: Sequence[float], number: int, count: int) -> float:
    """Return number ``number`` of ``count`` values spread evenly over ``known`` (sorted)."""
    return known[(2 * number + 1) * len(known) // (2 * count)]


def stages_left(
    stages: Sequence[Stage], earlier_s: Mapping[str, Sequence[float]], at_once: int
) -> dict[str, TimeLeft]:
    """Estimate by phase, over all its stages; phases without earlier durations are left out."""
    found: dict[str, TimeLeft] = {}
    for stage in stages:
        if earlier_s.get(stage.phase):
            left = stage_left(stage, earlier_s[stage.phase], at_once)
            before = found.get(stage.phase, TimeLeft(0.0))
            found[stage.phase] = TimeLeft(before.seconds + left.seconds, before.late + left.late)
    return found


def total(stages: Sequence[Stage], by_phase: Mapping[str, TimeLeft]) -> TimeLeft | None:
    """Add up the stages; None when a stage has no estimate, or nothing is left."""
    if not stages or any(stage.phase not in by_phase for stage in stages):
        return None
    return TimeLeft(
        sum(left.seconds for left in by_phase.values()), sum(left.late for left in by_phase.values())
    )
