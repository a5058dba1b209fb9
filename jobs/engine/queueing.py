"""The broker's part: it carries the number of a job, nothing else; and whether this worker is to stop."""

from __future__ import annotations

import multiprocessing
from math import ceil

from django.conf import settings
from django_q.tasks import async_task

from jobs.models import Job

# Made before the worker processes are forked, so that all of them see it.
_STOPPING = multiprocessing.get_context("fork").Event()


def stopping() -> bool:
    """The qcluster of this process was told to end: slices give way."""
    return _STOPPING.is_set()


def stop() -> None:
    """Called by the qcluster command when it is told to end."""
    _STOPPING.set()


def enqueue(job: Job, slices: int = 1) -> None:
    """Ask the workers to look at the job. More or fewer entries than needed do no harm."""
    for _ in range(slices):
        async_task("jobs.tasks.run_slice", job.pk, task_name=f"{job.action} {job.job_id}"[:100])


def slices_for(nodes: int) -> int:
    """How many workers are worth waking for so many nodes."""
    return max(1, min(4, ceil(nodes / settings.INSTALLER_SSH_CONCURRENCY)))
