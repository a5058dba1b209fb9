"""A slice: one worker process claims steps of a job, runs them on threads and writes what they say.

The thread that calls :func:`run_slice` is the only one here that touches the database. It ends after
``SLICE_S`` at the latest; what runs on the nodes goes on, and the next slice follows it there.
"""

from __future__ import annotations

import queue
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django import db
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from jobs import registry
from jobs.context import Line, Outcome, StepContext, StepFailed, StepStopped
from jobs.engine import claims, endings, queueing
from jobs.engine.writer import say, write_lines
from jobs.errors import Failed, VerbError
from jobs.models import Job, JobSecret, Step
from jobs.secrets import Secret, unseal
from jobs.states import JOB_ACTIVE, JobStatus, move_job

SLICE_S = 600.0
FLUSH_S = 0.2
HEARTBEAT_S = 3.0
LOOK_S = 2.0
MAX_BATCH = 2000


def run_slice(job_pk: int) -> None:
    """Work on a job until nothing is left to claim. Delivered twice, it finds nothing and returns."""
    job = Job.objects.filter(pk=job_pk, status__in=JOB_ACTIVE).first()
    if job is None:
        return
    try:
        action = registry.find(job.action)
    except KeyError:
        endings.fail_job(
            job, f"this console does not know the action {job.action}: upgrade the worker, then resume"
        )
        return
    if not _start(job, action):
        return
    _Slice(job, action).run()


def _start(job: Job, action: registry.Action) -> bool:
    if job.status != JobStatus.QUEUED:
        return True
    try:
        with transaction.atomic():
            if move_job(Job.objects.filter(pk=job.pk), "start", started_at=job.started_at or Now()):
                action.started(job)
                say(job, f"{job.action} started by {job.created_by}")
    except VerbError as refusal:
        endings.fail_job(job, str(refusal))
        return False
    return True


class _Slice:
    def __init__(self, job: Job, action: registry.Action) -> None:
        self.job = job
        self.action = action
        self.claim = str(uuid.uuid4())
        self.outbox: queue.SimpleQueue[Line | Outcome] = queue.SimpleQueue()
        self.steps: dict[int, Step] = {}
        self.contexts: dict[int, StepContext] = {}
        self.secrets = self._secrets()
        self.limit = min(settings.INSTALLER_SSH_CONCURRENCY, int(job.params.get("concurrency") or 10_000))
        self.ahead = min((phase.ahead for phase in action.phases), default=0)
        self.ends_at = time.monotonic() + SLICE_S
        self.beat_at = 0.0
        # When to look for steps to claim: at once, after an ending, and now and then.
        self.look_at = 0.0

    def run(self) -> None:
        pool = ThreadPoolExecutor(max_workers=self.limit, thread_name_prefix=self.job.job_id)
        try:
            while self._round(pool):
                pass
        except BaseException:
            # Also django-q2's TimeoutException, a SystemExit: leave the steps to the next slice now
            # instead of after a lease.
            self._stop_all("detached")
            claims.release(self.claim, self.contexts)
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _round(self, pool: ThreadPoolExecutor) -> bool:
        self.job.refresh_from_db(fields=["status", "cancel_now", "params"])
        self._obey()
        claimed = self._claim(pool) if self._may_claim() else False
        self._drain()
        self._beat()
        if self.contexts or claimed:
            return True
        if self._giving_way():
            queueing.enqueue(self.job)
            return False
        if endings.end_job_if_done(self.job):
            return False
        # Somebody else's slice still works on this position and goes on from there; or the position
        # has just ended and the next one is ours to begin.
        position = claims.current_position(self.job)
        return position is not None and self.job.steps.filter(position=position, status="pending").exists()

    def _giving_way(self) -> bool:
        return queueing.stopping() or time.monotonic() > self.ends_at

    def _may_claim(self) -> bool:
        if self.job.status != JobStatus.RUNNING or self._giving_way():
            return False
        if len(self.contexts) >= self.limit + self.ahead // 2:
            return False
        return not self.contexts or time.monotonic() >= self.look_at

    def _obey(self) -> None:
        if self.job.status == JobStatus.CANCELLING:
            endings.cancel_pending(self.job)
            for context in self.contexts.values():
                context.stop("cancelled", kill=self.job.cancel_now)
        elif self._giving_way():
            self._stop_all("detached")

    def _stop_all(self, reason: str) -> None:
        for context in self.contexts.values():
            context.stop(reason)

    def _claim(self, pool: ThreadPoolExecutor) -> bool:
        self.look_at = time.monotonic() + LOOK_S
        position = claims.current_position(self.job)
        if position is None:
            return False
        endings.skip_blocked(self.job, position)
        timeouts = {phase.name: phase.timeout_s for phase in self.action.phases}
        free = self.limit + self.ahead - len(self.contexts)
        steps = claims.claim_steps(self.job, position, self.claim, free, timeouts)
        if not steps:
            return False
        phase = self.action.phase(steps[0].phase)
        payloads = self._prepare(phase, steps)
        now = claims.database_now()
        for step in steps:
            left = (step.deadline_at - now).total_seconds() if step.deadline_at else phase.timeout_s
            context = self._context(step, left)
            self.steps[step.pk] = step
            self.contexts[step.pk] = context
            pool.submit(_run_step, phase, context, payloads.get(step.target))
        return True

    def _prepare(self, phase: registry.Phase, steps: list[Step]) -> dict[str, Any]:
        try:
            with transaction.atomic():
                return dict(phase.prepare(self.job, steps))
        except VerbError as refusal:
            return {step.target: refusal for step in steps}
        except (db.OperationalError, db.InterfaceError):
            raise
        except Exception as surprise:
            fault = Failed(f"{phase.name} could not be prepared: {type(surprise).__name__}: {surprise}")
            return {step.target: fault for step in steps}

    def _context(self, step: Step, left_s: float) -> StepContext:
        return StepContext(
            step_pk=step.pk,
            job_id=self.job.job_id,
            phase=step.phase,
            target=step.target,
            address=step.address,
            attempt=step.attempts,
            fence=step.fence,
            params=self.job.params,
            outbox=self.outbox,
            cursor=dict(step.cursor),
            secrets=self.secrets,
            deadline=time.monotonic() + left_s,
        )

    def _secrets(self) -> dict[str, Secret]:
        row = JobSecret.objects.filter(job=self.job).first()
        return unseal(row.sealed) if row else {}

    def _drain(self) -> None:
        """Take what the threads said for a moment, lines before the outcome that follows them."""
        lines: list[Line] = []
        outcomes: list[Outcome] = []
        until = time.monotonic() + FLUSH_S
        while len(lines) < MAX_BATCH and (left := until - time.monotonic()) > 0:
            try:
                item = self.outbox.get(timeout=left)
            except queue.Empty:
                break
            if isinstance(item, Line):
                lines.append(item)
            else:
                outcomes.append(item)
                until = min(until, time.monotonic() + 0.02)
        write_lines(self.job, self.claim, lines, self.steps)
        for outcome in outcomes:
            self._end(outcome)

    def _end(self, outcome: Outcome) -> None:
        step = self.steps[outcome.step_pk]
        self.contexts.pop(outcome.step_pk, None)
        self.look_at = 0.0
        phase = self.action.phase(step.phase)
        if outcome.stopped == "cancelled":
            endings.cancel_step(step)
        elif outcome.stopped:
            claims.release(self.claim, [step.pk])
        else:
            endings.end_step(self.job, step, phase, result=outcome.result, error=outcome.error)

    def _beat(self) -> None:
        if not self.contexts or time.monotonic() < self.beat_at:
            return
        self.beat_at = time.monotonic() + HEARTBEAT_S
        mine = claims.heartbeat(self.claim, list(self.contexts))
        for pk, context in self.contexts.items():
            if pk not in mine:
                context.stop("lost")


def _run_step(phase: registry.Phase, context: StepContext, payload: Any) -> None:
    """On a thread of its own: run the handler and say how it ended, whatever happens."""
    try:
        if isinstance(payload, VerbError):
            raise StepFailed(str(payload))
        context.checkpoint()
        outcome = Outcome(context.step_pk, result=phase.run(context, payload))
    except StepStopped as stop:
        outcome = Outcome(context.step_pk, stopped=stop.reason)
    except (StepFailed, VerbError) as failure:
        outcome = Outcome(context.step_pk, error=str(failure), result=getattr(failure, "evidence", None))
    except Exception as surprise:
        # A fault of ours. Its text only: a traceback could carry a secret into the log.
        text = f"the console itself failed in {phase.name}: {type(surprise).__name__}: {surprise}; please report it"
        context.log(text, level="error")
        outcome = Outcome(context.step_pk, error=text)
    context.outbox.put(outcome)
