"""Release the steps of silent workers, so that the next worker continues them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from common import audit
from common.actor import SYSTEM
from jobs.engine.event_writer import log_event
from jobs.engine.queueing import worker_of
from jobs.models import Job, Step
from jobs.states import StepStatus, move_steps

Key = TypeVar("Key", bound=Hashable)
# The verb in the audit trail; its detail names the steps that were taken away.
TAKE_OVER = "take_over"
_NAMED = 5


def release_expired(now: datetime, silent_s: int | None = None) -> set[int]:
    """Take steps away from workers that have been silent for a lease; return the primary keys of their jobs.

    ``silent_s``: the silence to use instead, when no worker is known to be alive. The workers that lost steps are
    recorded in the audit trail, and in the log of each job.
    """
    limit_s = settings.INSTALLER_LEASE_S if silent_s is None else silent_s
    limit = now - timedelta(seconds=limit_s)
    silent = Step.objects.filter(Q(heartbeat_at__lt=limit) | Q(heartbeat_at=None), status=StepStatus.RUNNING)
    with transaction.atomic():
        # Rows that another transaction is changing are not silent; skipping them avoids a deadlock.
        skip = connection.features.has_select_for_update_skip_locked
        found = list(silent.select_for_update(skip_locked=skip))
        if found:
            move_steps(Step.objects.filter(pk__in=[step.pk for step in found]), "release", interrupted=True)
        for name, steps in _grouped(found, lambda step: worker_of(step.claim)).items():
            nodes = sorted({step.address for step in steps if step.address})
            audit.record(SYSTEM, TAKE_OVER, name, nodes=nodes, steps=[step.pk for step in steps])
    # After the transaction: a log line waits for the job's row, and no steps may be locked meanwhile.
    return _tell_jobs(found, limit_s)


def _tell_jobs(taken: Sequence[Step], silent_s: int) -> set[int]:
    """Log a line in each job for each worker that lost steps of it; return the primary keys of the jobs."""
    jobs = Job.objects.in_bulk({step.job_id for step in taken})
    for (pk, name), steps in _grouped(taken, lambda step: (step.job_id, worker_of(step.claim))).items():
        nodes = ", ".join(sorted({step.address or "the installer" for step in steps})[:_NAMED])
        more = ", …" if len(steps) > _NAMED else ""
        text = (
            f"worker {name or 'unknown'} has not responded for {silent_s} s: "
            f"the next worker continues its steps on {nodes}{more}"
        )
        log_event(jobs[pk], text, level="warning")
    return set(jobs)


def _grouped(steps: Iterable[Step], key: Callable[[Step], Key]) -> dict[Key, list[Step]]:
    found: dict[Key, list[Step]] = {}
    for step in steps:
        found.setdefault(key(step), []).append(step)
    return found
