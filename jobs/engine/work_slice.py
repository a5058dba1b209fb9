"""A slice: one worker process claims steps of a job, runs them on threads and writes their reports.

The thread that calls :func:`run_slice` is the only one here that touches the database. It ends after
``SLICE_S`` at the latest; what runs on the nodes goes on, and the next slice follows it there.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from django import db
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from common.errors import Failed, VerbError
from common.messages import Message, message
from common.secrets import Secret, unseal
from common.text import described
from jobs import liveness, registry
from jobs.context import StepContext
from jobs.engine import claims, completion, queueing, watchdog
from jobs.engine.event_writer import log_event
from jobs.engine.report_writer import ReportWriter
from jobs.engine.runner import run_step, undo_step
from jobs.models import Event, Job, JobSecret, Step
from jobs.states import JOB_ACTIVE, JobStatus, move_job

SLICE_S = 600.0
HEARTBEAT_S = 3.0
LOOK_S = 2.0


def run_slice(job_pk: int) -> None:
    """Work on a job until nothing is left to claim. When delivered twice, it finds nothing and returns."""
    job = Job.objects.filter(pk=job_pk, status__in=JOB_ACTIVE).first()
    if job is None or watchdog.fail_overdue(job, claims.database_now()):
        return
    try:
        action = registry.find(job.action)
        secrets = _secrets(job)
    except KeyError:
        _unfit(job, message("J23", "action", action=job.action))
        return
    except ValueError:
        _unfit(job, message("J28"))
        return
    if not _start(job, action):
        return
    Slice(job, action, secrets).run()


def _unfit(job: Job, why: Message) -> None:
    """Leave a job that this worker cannot do to the others; fail it when no live worker can do it either."""
    here = queueing.worker_name()
    others = liveness.others_alive(here)
    said = Event.objects.filter(job=job, node="", level="warning")
    if all(said.filter(line__startswith=_left_by(name)).exists() for name in others):
        completion.fail_job(job, why)
    elif not said.filter(line__startswith=_left_by(here)).exists():
        log_event(job, _left_by(here) + why, level="warning")


def _left_by(worker_name: str) -> str:
    return f"left to other workers by {worker_name}: "


def _secrets(job: Job) -> dict[str, Secret]:
    row = JobSecret.objects.filter(job=job).first()
    return unseal(row.sealed) if row else {}


def _start(job: Job, action: registry.Action) -> bool:
    if job.status != JobStatus.QUEUED:
        return True
    try:
        with transaction.atomic():
            if move_job(Job.objects.filter(pk=job.pk), "start", started_at=job.started_at or Now()):
                action.started(job)
                log_event(job, f"{job.action} started by {job.created_by}")
    except VerbError as refusal:
        completion.fail_job(job, completion.storable(refusal.message))
        return False
    except (db.OperationalError, db.InterfaceError):
        raise
    except Exception as surprise:
        failed = message("J22", "start", action=job.action, reason=described(surprise))
        completion.fail_job(job, completion.storable(failed))
        return False
    return True


class Slice:
    """One claimant's work on one job."""

    def __init__(self, job: Job, action: registry.Action, secrets: dict[str, Secret]) -> None:
        self.job = job
        self.action = action
        self.claim = queueing.new_claim()
        self.secrets = secrets
        self.at_once = int(job.params.get("concurrency") or 0) or None
        self.limit = min(settings.INSTALLER_SSH_CONCURRENCY, self.at_once or 10_000)
        self.timeouts = {phase.name: phase.timeout_s for phase in action.phases}
        self.contexts: dict[int, StepContext] = {}
        # Steps held ready besides those that run; never when a person has limited how many may run at once.
        self.ahead = 0 if self.at_once else min((phase.ahead for phase in action.phases), default=0)
        self.writer = ReportWriter(job, action, self.claim, self.contexts, patient=bool(self.ahead))
        self.ends_at = time.monotonic() + SLICE_S
        self.beat_at = 0.0
        # When to look for steps to claim: at once, after an ending, and now and then.
        self.look_at = 0.0
        # The last look left nothing pending at this position: an ending gives nothing more to claim.
        self.all_claimed = False

    def run(self) -> None:
        """Work until there is nothing to claim, or this slice has to give way."""
        pool = ThreadPoolExecutor(max_workers=self.limit, thread_name_prefix=self.job.job_id)
        try:
            while self._round(pool):
                pass
        except BaseException:
            # Also django-q2's TimeoutException, a SystemExit: leave the steps to the next slice now
            # instead of after a lease.
            self._stop_all("detached")
            claims.release_all(self.claim)
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _round(self, pool: ThreadPoolExecutor) -> bool:
        self.job.refresh_from_db(fields=["status", "cancel_now", "params", "paused_by", "resumed_at"])
        self._obey()
        claimed = self._claim(pool) if self._may_claim() else False
        if self.writer.take() and not self.all_claimed:
            self.look_at = 0.0
        self._beat()
        if self.contexts or claimed:
            return True
        if self._giving_way():
            queueing.enqueue(self.job)
            return False
        # Queued: it has ended and was resumed meanwhile. Its own entry starts it, perhaps in this very process.
        if completion.end_job_if_done(self.job) or self.job.paused_by or self.job.status == JobStatus.QUEUED:
            return False
        # Another slice still works on this position and continues from there; or the position
        # has just ended and the next one is ours to begin.
        position = claims.current_position(self.job)
        return position is not None and self.job.steps.filter(position=position, status="pending").exists()

    def _giving_way(self) -> bool:
        return queueing.stopping() or time.monotonic() > self.ends_at

    def _may_claim(self) -> bool:
        if self._giving_way() or len(self.contexts) >= self.limit + self.ahead // 2:
            return False
        return not self.contexts or time.monotonic() >= self.look_at

    def _obey(self) -> None:
        if self._giving_way():
            self._stop_all("detached")
        elif self.job.status == JobStatus.CANCELLING:
            completion.cancel_pending(self.job)
            for context in self.contexts.values():
                context.stop("cancelled", kill=self.job.cancel_now)

    def _stop_all(self, reason: str) -> None:
        for context in self.contexts.values():
            context.stop(reason)

    def _claim(self, pool: ThreadPoolExecutor) -> bool:
        self.look_at = time.monotonic() + LOOK_S
        room = self.limit + self.ahead - len(self.contexts)
        if self.job.status == JobStatus.CANCELLING:
            return self._claim_half_done(pool, room)
        position = claims.current_position(self.job) if self.job.status == JobStatus.RUNNING else None
        if position is None:
            return False
        if not self.job.paused_by:
            completion.skip_blocked(self.job, position)
        steps = claims.claim_steps(self.job, position, self.claim, room, self.timeouts, self.at_once)
        self.all_claimed = len(steps) < room and not self.at_once
        if not steps:
            return False
        phase = self.action.phase_or_unknown(steps[0].phase)
        payloads = self._prepare(phase, steps)
        for step, context in self._contexts(steps):
            pool.submit(run_step, phase, context, payloads.get(step.target))
        return True

    def _claim_half_done(self, pool: ThreadPoolExecutor, room: int) -> bool:
        steps = claims.claim_half_done(self.job, self.claim, room)
        for step, context in self._contexts(steps):
            phase = self.action.phase_or_unknown(step.phase)
            payload = self._prepare(phase, [step]).get(step.target) if phase.undo else None
            context.stop("cancelled", kill=self.job.cancel_now)
            pool.submit(undo_step, phase, context, step.remote, payload)
        return bool(steps)

    def _prepare(self, phase: registry.Phase, steps: list[Step]) -> dict[str, Any]:
        try:
            with transaction.atomic():
                return dict(phase.prepare(self.job, steps))
        except VerbError as refusal:
            return {step.target: refusal for step in steps}
        except (db.OperationalError, db.InterfaceError):
            raise
        except Exception as surprise:
            fault = Failed(message("J22", "prepare", phase=phase.name, reason=described(surprise)))
            return {step.target: fault for step in steps}

    def _contexts(self, steps: list[Step]) -> list[tuple[Step, StepContext]]:
        now = claims.database_now() if steps else datetime.now(UTC)
        offset_s = (now - datetime.now(UTC)).total_seconds()
        made = []
        for step in steps:
            left_s = (step.deadline_at - now).total_seconds() if step.deadline_at else 0.0
            context = self._context(step, left_s, offset_s)
            self.writer.steps[step.pk] = step
            self.contexts[step.pk] = context
            made.append((step, context))
        return made

    def _context(self, step: Step, left_s: float, offset_s: float) -> StepContext:
        return StepContext(
            step_pk=step.pk,
            job_id=self.job.job_id,
            phase=step.phase,
            target=step.target,
            address=step.address,
            attempt=step.attempts,
            fence=step.fence,
            fresh_from=step.fresh_from,
            params=self.job.params,
            reports=self.writer.reports,
            cursor=dict(step.cursor),
            secrets=self.secrets,
            deadline=time.monotonic() + left_s,
            ran_s=_ran_s(step),
            lease_until=time.monotonic() + settings.INSTALLER_LEASE_S,
            clock_offset_s=offset_s,
        )

    def _beat(self) -> None:
        if not self.contexts or time.monotonic() < self.beat_at:
            return
        begun = time.monotonic()
        self.beat_at = begun + HEARTBEAT_S
        mine = claims.heartbeat(self.claim, list(self.contexts))
        for pk, context in self.contexts.items():
            if pk in mine:
                # Counted from before the query: the answer may have taken long.
                context.lease_until = begun + settings.INSTALLER_LEASE_S
            else:
                context.stop("lost")


def _ran_s(step: Step) -> float:
    """Return how long the attempt had run when it was claimed this time."""
    if not step.started_at or not step.heartbeat_at:
        return 0.0
    return max((step.heartbeat_at - step.started_at).total_seconds(), 0.0)
