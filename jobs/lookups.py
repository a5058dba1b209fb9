"""Look up a job, and the job that currently holds a scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from common.compiled_query import CompiledQuery, Given, columns_of, instance_of
from common.errors import Busy, NotFound
from common.messages import Message, message
from common.pasted import refuse_pasted
from jobs import registry
from jobs.models import Job, Step
from jobs.states import JOB_ACTIVE, STEP_ENDED

# Most addresses that a refusal names.
NAMED = 200


def holder(exclusive_scope: str) -> Job | None:
    """Return the job that holds a scope."""
    if not exclusive_scope:
        return None
    return Job.objects.filter(exclusive_scope=exclusive_scope, status__in=JOB_ACTIVE).first()


def busy(exclusive_scope: str) -> Busy:
    """Return refusal R20: which job, since when, started by whom, and what to do."""
    job = holder(exclusive_scope)
    if job is None:
        return Busy(message("R20", "just_ended"))
    action, zone, since, who = job.action, job.zone_id, job.created_at, job.created_by
    if job.paused_by:
        said = message(
            "R20",
            "paused",
            action=action,
            job=job.job_id,
            zone=zone,
            since=since,
            who=who,
            paused_by=job.paused_by,
        )
    else:
        said = message("R20", "runs", action=action, job=job.job_id, zone=zone, since=since, who=who)
    return Busy(said, job_id=job.job_id)


def find_job(job_id: str) -> Job:
    """Look up a job by its public id. Raises :class:`NotFound`."""
    row = _JOB.first(job_id=job_id)
    if row is None:
        refuse_pasted([job_id], field="job_id")
        raise NotFound.because(message("J01", job=job_id[:40]))
    job: Job = instance_of(Job, row)
    return job


_JOB = CompiledQuery(
    lambda: Job.objects.filter(job_id=Given("job_id")).order_by().values_list(*columns_of(Job))
)


def _no_job(action: str) -> Message:
    there = sorted(set(Job.objects.values_list("action", flat=True)))
    if action and there:
        return message("J02", "none_of_the_action", action=action, actions=there)
    if action:
        return message("J02", "none_yet", action=action)
    return message("J02", "none_at_all")


def newest_job(action: str = "") -> Job:
    """Return the newest job, of one action if given. Raises :class:`NotFound`."""
    jobs = Job.objects.filter(action=action) if action else Job.objects.all()
    job = jobs.order_by("-id").first()
    if job is None:
        known = sorted({*registry.names(), *registry.recorded()})
        if action and action not in known:
            raise NotFound.because(message("J02", "unknown_action", action=action[:40], actions=known))
        raise NotFound.because(_no_job(action))
    return job


def chosen_steps(job: Job, addresses: Sequence[str]) -> QuerySet[Step]:
    """Return the steps of these nodes and those of the installer; all steps when no node is given."""
    unknown = set(addresses) - set(job.steps.values_list("address", flat=True))
    if unknown:
        raise NotFound.because(message("J06", job=job.job_id, addresses=sorted(unknown)))
    return job.steps.filter(address__in=[*addresses, ""]) if addresses else job.steps.all()


def orphans(since: datetime | None = None) -> QuerySet[Step]:
    """Return the ended steps that may have left something running on their node, whether or not their job continues.

    ``since``: only those that ended after it.
    """
    ended = Step.objects.filter(status__in=STEP_ENDED).exclude(remote={})
    return ended.filter(finished_at__gte=since) if since else ended


def left_on(job: Job) -> list[str]:
    """Return the addresses of the nodes on which the job was abandoned and may still be running."""
    return sorted(set(orphans().filter(job=job).values_list("address", flat=True)))
