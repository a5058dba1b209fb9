"""Queue a job by its primary key, measure the queue, and check whether this worker has to stop."""

from __future__ import annotations

import multiprocessing
import os
import socket
import uuid
from math import ceil

from django.conf import settings
from django.db.models.functions import Now
from django_q.models import OrmQ

from jobs.models import Job

_worker = {"name": ""}
# Created before the worker processes are forked, so that all of them see it.
_STOPPING = multiprocessing.get_context("fork").Event()


def stopping() -> bool:
    """Check whether the qcluster of this process was asked to stop: slices then give way."""
    return _STOPPING.is_set()


def stop() -> None:
    """Make slices give way; the qcluster command calls it when it is asked to stop."""
    _STOPPING.set()


def worker_name() -> str:
    """Return the name of the qcluster that this process belongs to, unique over all machines."""
    return _worker["name"] or f"{socket.gethostname()[:80]}-{os.getpid()}"


def name_worker() -> None:
    """Set the name of this qcluster before it forks, so that its processes share it."""
    _worker["name"] = f"{socket.gethostname()[:80]}-{os.getpid()}"


def new_claim() -> str:
    """Return a new claim for the steps of a slice: the worker's name, and a part that is never used again."""
    return f"{worker_name()}/{uuid.uuid4().hex}"


def worker_of(claim: str) -> str:
    """Return the name of the worker that made the claim."""
    return claim.rpartition("/")[0]


def depth() -> int:
    """Count the entries in the queue, handed out or not."""
    return int(OrmQ.objects.count())


def enqueue(job: Job, slices: int = 1) -> None:
    """Ask the workers to look at the job. More or fewer entries than needed do no harm."""
    # It loads what only the few verbs need that begin a job.
    from django_q.tasks import async_task

    Job.objects.filter(pk=job.pk).update(nudged_at=Now())
    for _ in range(slices):
        async_task("jobs.tasks.run_slice", job.pk, task_name=f"{job.action} {job.job_id}"[:100])


def slices_for(nodes: int) -> int:
    """Return how many workers are worth waking for this number of nodes."""
    return max(1, min(4, ceil(nodes / settings.INSTALLER_SSH_CONCURRENCY)))
