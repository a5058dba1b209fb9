"""Cancel a job: before its next component, or now."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from common import audit
from common.actor import Actor
from common.errors import Refused
from common.messages import Message, message
from jobs import liveness, registry
from jobs.engine import claims, completion, queueing, take_over
from jobs.engine.event_writer import log_event
from jobs.lookups import NAMED, find_job, left_on
from jobs.models import Job
from jobs.states import (
    JOB_ACTIVE,
    JOB_ENDED,
    JOB_RESUMABLE,
    move_job,
)


def cancel_job(*, job_id: str, actor: Actor, now: bool = False) -> Job:
    """Stop before the next component; with ``now`` also end what runs on the nodes. Doing it twice is not an error."""
    job = find_job(job_id)
    with transaction.atomic():
        here = Job.objects.filter(pk=job.pk)
        moved = move_job(here, "cancel", cancelled_by=actor.name, cancel_now=now, paused_by="")
        if not moved and now:
            moved = here.filter(status__in=JOB_ACTIVE).update(cancel_now=True)
        if moved:
            audit.record(actor, "cancel_job", job.job_id, now=now)
            job.refresh_from_db()
            log_event(job, f"cancelled by {actor.name}" + (", now" if now else ""), level="warning")
            completion.cancel_pending(job)
            transaction.on_commit(partial(queueing.enqueue, job))
    job.refresh_from_db()
    if job.status in JOB_ENDED and not moved:
        raise Refused.because(_has_ended(job))
    if not liveness.alive():
        # No worker is alive to visit the nodes, and none takes expired steps away from dead workers.
        take_over.release_expired(claims.database_now(), liveness.ALIVE_S)
        completion.cancel_pending(job)
        completion.give_up_half_done(job)
    completion.end_job_if_done(job)
    job.refresh_from_db()
    return job


def _has_ended(job: Job) -> Message:
    """Return what can be done with an ended job instead of cancelling it."""
    left = left_on(job)[:NAMED]
    if left:
        return message("J03", "may_still_run", job=job.job_id, status=job.status, nodes=left)
    if job.status in JOB_RESUMABLE and not registry.is_once(job.action):
        return message("J03", "resumable", job=job.job_id, status=job.status)
    return message("J03", "ended", job=job.job_id, status=job.status)
