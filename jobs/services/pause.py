"""Pause a job: no further steps start."""

from __future__ import annotations

from django.db import transaction

from common import audit
from common.actor import Actor
from common.errors import Refused
from common.messages import message
from jobs.engine.event_writer import log_event
from jobs.lookups import find_job
from jobs.models import Job
from jobs.states import (
    JOB_PAUSABLE,
)


def pause_job(*, job_id: str, actor: Actor) -> Job:
    """Start no further step until :func:`resume_job`; running steps continue. Keeps the exclusion. Can be repeated."""
    job = find_job(job_id)
    with transaction.atomic():
        here = Job.objects.filter(pk=job.pk, status__in=JOB_PAUSABLE)
        if here.filter(paused_by="").update(paused_by=actor.name[:150]):
            audit.record(actor, "pause_job", job.job_id)
            log_event(
                job,
                f"paused by {actor.name}: no further steps start until resume_job {job.job_id}",
                level="warning",
            )
        elif not here.exists():
            raise Refused.because(message("J08", job=job.job_id, status=job.status))
    job.refresh_from_db()
    return job
