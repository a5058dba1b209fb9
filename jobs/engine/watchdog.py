"""The watchdog, a thread of the qcluster process: sends heartbeats, and takes over from dead workers."""

from __future__ import annotations

import logging
import os
import socket
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import db
from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django_q.models import OrmQ
from django_q.tasks import async_task

from common.messages import message
from jobs import lookups
from jobs.engine import claims, completion, queueing, take_over
from jobs.models import Job, Step, Worker
from jobs.states import JOB_ACTIVE, JobStatus, StepStatus

ROUND_S = 3.0
# A queue entry that was not taken up for this long is presumed lost.
NUDGE_AFTER_S = 10.0
# How often nodes with something left running are visited again: often for a day, then for as long as it takes.
ORPHANS_EVERY_S = 20.0
ORPHANS_FOR = timedelta(days=1)
ORPHANS_OLD_EVERY_S = 600.0
# How often workers that died more than a day ago are forgotten.
DEAD_EVERY_S = 600.0

logger = logging.getLogger(__name__)


class Watchdog(threading.Thread):
    """One per qcluster; any number of them may run, on any number of machines."""

    def __init__(self) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.worker_name = queueing.worker_name()
        self.ended = threading.Event()

    def run(self) -> None:
        """Run a round every few seconds until ``ended`` is set; a fault in one does not prevent the next."""
        while not self.ended.is_set():
            try:
                one_round(self.worker_name)
            except db.Error as error:
                # The database is away or busy: nothing is lost, the next round repeats it.
                logger.warning("watchdog: %s", error)
                db.connections.close_all()
            except Exception:
                # A bug of ours, whatever it is: without this thread no dead worker would be replaced, and this
                # worker would be taken for dead. The traceback is logged; rounds handle no secrets.
                logger.exception("watchdog: a round failed, the next one starts in %s s", ROUND_S)
            self.ended.wait(ROUND_S)
        try:
            Worker.objects.filter(name=self.worker_name).delete()
        except db.Error:
            logger.warning("watchdog: this worker is still listed; it will be shown as dead shortly")
        db.connections.close_all()


def one_round(worker_name: str) -> None:
    """Refresh the heartbeat, release expired leases, and requeue jobs that no worker works on."""
    found = _beat(worker_name)
    now = found.now
    if _is_due("dead", DEAD_EVERY_S, now):
        _done_at["dead"] = now
        Worker.objects.filter(heartbeat_at__lt=now - timedelta(days=1)).delete()
    if found.running:
        _take_over(now)
    if found.left:
        _visit_orphans(now)
    if found.active:
        _wake_neglected(now)


@dataclass(frozen=True, slots=True)
class Beat:
    """What there is to look at more closely: running steps, active jobs, steps that left something on a node."""

    now: datetime
    running: bool
    active: bool
    left: bool


def _beat(worker_name: str) -> Beat:
    """Refresh the heartbeat and look around: two queries, which are all that an idle worker makes."""
    own = Worker.objects.filter(name=worker_name)
    if not own.update(heartbeat_at=Now()):
        Worker.objects.create(
            name=worker_name, host=socket.gethostname(), pid=os.getpid(), heartbeat_at=claims.database_now()
        )
    around = own.annotate(
        now=Now(),
        running=Exists(_running()),
        active=Exists(Job.objects.filter(status__in=JOB_ACTIVE)),
        left=Exists(lookups.orphans()),
    )
    return Beat(*around.values_list("now", "running", "active", "left").get())


def _running() -> QuerySet[Step]:
    # As in the index step_open: SQLite recognises only the same text, without parameters.
    return Step.objects.filter(status=StepStatus.RUNNING).extra(where=["status IN ('pending', 'running')"])


def _take_over(now: datetime) -> None:
    released = take_over.release_expired(now)
    if released:
        logger.warning("watchdog: %s jobs lost a worker and are requeued", len(released))
        for job in Job.objects.filter(pk__in=released):
            _take_up(job, now)


def _wake_neglected(now: datetime) -> None:
    neglected = [job for job in _neglected(now) if not fail_overdue(job, now)]
    if not neglected:
        return
    if OrmQ.objects.filter(lock__lte=now).exists():
        # Entries wait for a free worker: more of them would not make it faster. The jobs are not forgotten.
        Job.objects.filter(pk__in=[job.pk for job in neglected]).update(nudged_at=now)
        return
    for job in neglected:
        if Job.objects.filter(pk=job.pk, nudged_at=job.nudged_at).update(nudged_at=now):
            try:
                _take_up(job, now)
            except db.Error:
                raise
            except Exception:
                # One job that is broken in an unforeseen way must not keep the ones after it in the list
                # from being taken up, round after round.
                logger.exception("watchdog: job %s could not be requeued", job.job_id)


def _take_up(job: Job, now: datetime) -> None:
    if job.status == JobStatus.CANCELLING:
        completion.cancel_pending(job)
    if not fail_overdue(job, now) and not completion.end_job_if_done(job):
        queueing.enqueue(job)


def fail_overdue(job: Job, now: datetime) -> bool:
    """End a job that no worker has touched for so long that it is not expected to continue by itself."""
    if job.paused_by and job.status == JobStatus.RUNNING:
        return False
    last = max(filter(None, (job.nudged_at, job.steps.aggregate(at=Max("heartbeat_at"))["at"])), default=now)
    if now - last <= timedelta(seconds=settings.INSTALLER_TAKEOVER_S):
        return False
    hours = settings.INSTALLER_TAKEOVER_S // 3600
    completion.fail_job(job, message("J24", hours=hours, job=job.job_id))
    return True


def _neglected(now: datetime) -> list[Job]:
    """Return active jobs without a running step that were last queued a while ago."""
    running = Step.objects.filter(job=OuterRef("pk"), status=StepStatus.RUNNING)
    quiet = Q(nudged_at=None) | Q(nudged_at__lt=now - timedelta(seconds=NUDGE_AFTER_S))
    left = Step.objects.filter(claims.half_done(), job=OuterRef("pk"), status=StepStatus.PENDING)
    # What a paused job has running on nodes is followed to its end; nothing else of it is started.
    held = ~Q(paused_by="") & Q(status=JobStatus.RUNNING) & ~Exists(left)
    return list(Job.objects.filter(quiet, ~held, ~Exists(running), status__in=JOB_ACTIVE)[:100])


def _visit_orphans(now: datetime) -> None:
    """Queue a visit to nodes on which an ended step may have left something running."""
    for every_s, since in ((ORPHANS_EVERY_S, now - ORPHANS_FOR), (ORPHANS_OLD_EVERY_S, None)):
        what = "orphans" if since else "old orphans"
        if _is_due(what, every_s, now) and lookups.orphans(since).exists():
            _done_at[what] = now
            async_task("jobs.tasks.end_orphans", since is None, now.timestamp(), task_name="end_orphans")


def _is_due(what: str, every_s: float, now: datetime) -> bool:
    last = _done_at.get(what)
    return last is None or last < now - timedelta(seconds=every_s)


_done_at: dict[str, datetime] = {}
