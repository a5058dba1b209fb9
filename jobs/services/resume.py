"""Resume a job: continue what failed, was cancelled, paused or not started."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from common import audit
from common.actor import Actor
from common.errors import Busy, NotFound, Refused
from common.messages import Message, message
from jobs import registry
from jobs.engine import queueing
from jobs.engine.claims import database_now
from jobs.engine.event_writer import log_event
from jobs.lookups import NAMED, busy, chosen_steps, find_job
from jobs.models import Job, Step
from jobs.states import (
    JOB_ACTIVE,
    JOB_RESUMABLE,
    STEP_ENDED,
    STEP_RESUMABLE,
    move_job,
    move_steps,
)


def resume_job(*, job_id: str, actor: Actor, addresses: Sequence[str] = (), from_phase: str = "") -> Job:
    """Continue what failed, was cancelled or not started; what succeeded stays done. A paused job continues.

    ``addresses`` limits it to those nodes; ``from_phase`` repeats that phase and the ones after it, including those
    that succeeded. Raises :class:`Busy` when another job of the region is running.
    """
    job = find_job(job_id)
    _refuse_who_may_not(job, actor)
    if job.paused_by and not addresses and not from_phase and _unpause(job, actor):
        return job
    if job.status not in JOB_RESUMABLE:
        raise Refused.because(message("J04", job=job.job_id, status=job.status))
    _refuse_once(job)
    steps = chosen_steps(job, addresses)
    phases = _phases_from(job, from_phase) if from_phase else []
    try:
        with transaction.atomic():
            _reopen(job, steps, phases)
            audit.record(actor, "resume_job", job.job_id, nodes=list(addresses), from_phase=from_phase)
            log_event(job, f"resumed by {actor.name}")
            transaction.on_commit(partial(queueing.enqueue, job, queueing.slices_for(steps.count())))
    except IntegrityError:
        raise busy(job.exclusive_scope) from None
    return job


def addresses_left(job: Job) -> list[str]:
    """Return the nodes on which not everything of the job has succeeded, in its order."""
    steps = job.steps.filter(status__in=STEP_RESUMABLE).exclude(address="").order_by("position", "pk")
    return list(dict.fromkeys(steps.values_list("address", flat=True)))


def _refuse_who_may_not(job: Job, actor: Actor) -> None:
    try:
        action = registry.find(job.action)
    except KeyError:
        return  # of a newer console: a worker that knows it reports what to do
    action.resumed(job, actor)


def _refuse_once(job: Job) -> None:
    if registry.is_once(job.action):
        left = addresses_left(job)
        shown = ", ".join(left[:NAMED]) + (f" and {len(left) - NAMED} more" if len(left) > NAMED else "")
        raise Refused.because(message("N81", job=job.job_id, action=job.action, count=len(left), nodes=shown))


def _unpause(job: Job, actor: Actor) -> bool:
    with transaction.atomic():
        moved = (
            Job.objects.filter(pk=job.pk, status__in=JOB_ACTIVE).exclude(paused_by="").update(paused_by="")
        )
        if moved:
            audit.record(actor, "resume_job", job.job_id)
            log_event(job, f"resumed by {actor.name}")
            transaction.on_commit(partial(queueing.enqueue, job))
    job.refresh_from_db()
    return bool(moved)


def _reopen(job: Job, steps: QuerySet[Step], phases: Sequence[str]) -> None:
    here = Job.objects.filter(pk=job.pk)
    ended = here.select_for_update().values_list("finished_at", flat=True).first()
    idle = max(int((database_now() - ended).total_seconds()), 0) if ended else 0
    clean = {"error": "", "finished_at": None, "cancelled_by": "", "cancel_now": False, "paused_by": ""}
    if not move_job(here, "resume", resumed_at=Now(), idle_s=F("idle_s") + idle, **clean):
        raise Busy(message("J27", job=job.job_id), job_id=job.job_id)
    fields = {"error": "", "component": "", "finished_at": None, "interrupted": False}
    # Earlier work on the node counts for a phase that is continued, not for one that is repeated.
    repeated = steps.filter(phase__in=phases, status__in=STEP_ENDED)
    moved = 0
    for attempts in set(repeated.values_list("attempts", flat=True)):
        moved += move_steps(repeated.filter(attempts=attempts), "repeat", fresh_from=attempts + 1, **fields)
    moved += move_steps(steps, "resume", **fields)
    if not moved:
        raise Refused.because(_nothing_left(job))
    job.refresh_from_db()


def _phases_from(job: Job, phase: str) -> list[str]:
    """Return this phase and those after it in the action, in any wave. Raises :class:`NotFound`."""
    there = set(job.steps.values_list("phase", flat=True))
    order = [name for name in _order(job) if name in there]
    if phase not in order:
        raise NotFound.because(message("J07", phase=phase[:64], known=order))
    return order[order.index(phase) :]


def _order(job: Job) -> list[str]:
    try:
        return [phase.name for phase in registry.find(job.action).phases]
    except KeyError:
        return list(dict.fromkeys(job.steps.order_by("position").values_list("phase", flat=True)))


def _nothing_left(job: Job) -> Message:
    left = addresses_left(job)
    if not left:
        return message("J05", "all_done", job=job.job_id)
    if len(left) > NAMED:
        return message("J05", "many_others_left", job=job.job_id, nodes=left[:NAMED], more=len(left) - NAMED)
    return message("J05", "others_left", job=job.job_id, nodes=left)
