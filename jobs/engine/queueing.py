"""The broker's part: it carries the number of a job, nothing else; and whether this worker is to stop."""

from __future__ import annotations

import multiprocessing
import os
import socket
import uuid
from math import ceil

from django.conf import settings
from django.db.models.functions import Now
from django_q.models import OrmQ
from django_q.tasks import async_task

from jobs.models import Job

_worker = {"name": ""}
# Made before the worker processes are forked, so that all of them see it.
_STOPPING = multiprocessing.get_context("fork").Event()


def stopping() -> bool:
    """The qcluster of this process was told to end: slices give way."""
    return _STOPPING.is_set()


def stop() -> None:
    """Called by the qcluster command when it is told to end."""
    _STOPPING.set()


def worker_name() -> str:
    """The qcluster that this process belongs to, on whichever machine."""
    return _worker["name"] or f"{socket.gethostname()[:80]}-{os.getpid()}"


def name_worker() -> None:
    """Called by the qcluster before it forks: its processes speak in its name."""
    _worker["name"] = f"{socket.gethostname()[:80]}-{os.getpid()}"


def new_claim() -> str:
    """What a slice writes into the steps that it takes: whose they are, and a part that never comes again."""
    return f"{worker_name()}/{uuid.uuid4().hex}"


def worker_of(claim: str) -> str:
    """The name of the worker that made the claim."""
    return claim.rpartition("/")[0]


def depth() -> int:
    """Entries in the queue, handed out or not."""
    return int(OrmQ.objects.count())


def enqueue(job: Job, slices: int = 1) -> None:
    """Ask the workers to look at the job. More or fewer entries than needed do no harm."""
    Job.objects.filter(pk=job.pk).update(nudged_at=Now())
    for _ in range(slices):
        async_task("jobs.tasks.run_slice", job.pk, task_name=f"{job.action} {job.job_id}"[:100])


def slices_for(nodes: int) -> int:
    """How many workers are worth waking for so many nodes."""
    return max(1, min(4, ceil(nodes / settings.INSTALLER_SSH_CONCURRENCY)))
