"""Beside the cluster, in the qcluster process: says that it lives, and takes over what dead workers left."""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import datetime, timedelta

from django import db
from django.db.models import Exists, OuterRef, Q
from django_q.models import OrmQ

from jobs.engine import claims, endings, queueing
from jobs.models import Job, Step, Worker
from jobs.states import JOB_ACTIVE, STEP_OPEN, JobStatus, StepStatus

ROUND_S = 3.0
# A queue entry that was not taken up for this long is presumed lost.
NUDGE_AFTER_S = 10.0
ALIVE_S = 15.0

logger = logging.getLogger(__name__)


class Watchdog(threading.Thread):
    """One per qcluster; any number of them may run, on any number of machines."""

    def __init__(self) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.worker_name = f"{socket.gethostname()}-{os.getpid()}"
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                one_round(self.worker_name)
            except db.Error as error:
                # The database is away or busy: nothing is lost, the next round says it again.
                logger.warning("watchdog: %s", error)
                db.connections.close_all()
            self.ended.wait(ROUND_S)
        Worker.objects.filter(name=self.worker_name).delete()
        db.connections.close_all()


def one_round(worker_name: str) -> None:
    """Heartbeat, expired leases, and jobs that nobody works on."""
    now = claims.database_now()
    Worker.objects.update_or_create(
        name=worker_name, defaults={"host": socket.gethostname(), "pid": os.getpid(), "heartbeat_at": now}
    )
    Worker.objects.filter(heartbeat_at__lt=now - timedelta(days=1)).delete()
    released = claims.release_expired(now)
    if released:
        logger.warning("watchdog: %s steps lost their worker and are taken up again", released)
    if OrmQ.objects.filter(lock__lte=now).exists():
        return  # entries wait for a free worker: more of them would not make it faster
    for job in _neglected(now):
        if Job.objects.filter(pk=job.pk, nudged_at=job.nudged_at).update(nudged_at=now):
            if job.status == JobStatus.CANCELLING:
                endings.cancel_pending(job)
            if not endings.end_job_if_done(job):
                queueing.enqueue(job)


def _neglected(now: datetime) -> list[Job]:
    """Active jobs on which no step is running, that were last nudged a while ago."""
    running = Step.objects.filter(job=OuterRef("pk"), status=StepStatus.RUNNING)
    quiet = Q(nudged_at=None, created_at__lt=now - timedelta(seconds=NUDGE_AFTER_S)) | Q(
        nudged_at__lt=now - timedelta(seconds=NUDGE_AFTER_S)
    )
    return list(Job.objects.filter(quiet, ~Exists(running), status__in=JOB_ACTIVE)[:100])


def alive(now: datetime | None = None) -> int:
    """How many workers have been heard of lately."""
    now = now or claims.database_now()
    return Worker.objects.filter(heartbeat_at__gte=now - timedelta(seconds=ALIVE_S)).count()


def open_steps() -> int:
    """Steps that wait or run, of all jobs."""
    return Step.objects.filter(status__in=STEP_OPEN, job__status__in=JOB_ACTIVE).count()
