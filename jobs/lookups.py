"""Look up a job, and the job that currently holds a scope."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from common.errors import Busy, NotFound
from common.messages import message
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
    job = Job.objects.filter(job_id=job_id).first()
    if job is None:
        refuse_pasted([job_id], field="job_id")
        raise NotFound.because(message("J01", job_id=job_id[:40]))
    return job


def _other_jobs() -> str:
    there = sorted(set(Job.objects.values_list("action", flat=True)))
    if there:
        return f"there are jobs of {', '.join(there)}; get_status shows the newest of them"
    return "the first verb that works on machines begins one, such as establish_ssh"


def newest_job(action: str = "") -> Job:
    """Return the newest job, of one action if given. Raises :class:`NotFound`."""
    jobs = Job.objects.filter(action=action) if action else Job.objects.all()
    job = jobs.order_by("-id").first()
    if job is None:
        known = sorted({*registry.names(), *registry.recorded()})
        if action and action not in known:
            what, remedy = f"no action is called {action[:40]!r}", f"actions are {', '.join(known)}"
        else:
            what, remedy = f"no job {action or 'at all'} so far", _other_jobs()
        raise NotFound.because("J02", what, remedy)
    return job


def chosen_steps(job: Job, addresses: Sequence[str]) -> QuerySet[Step]:
    """Return the steps of these nodes and those of the installer; all steps when no node is given."""
    unknown = set(addresses) - set(job.steps.values_list("address", flat=True))
    if unknown:
        raise NotFound.because(message("J06", job=job.job_id, unknown=sorted(unknown)))
    return job.steps.filter(address__in=[*addresses, ""]) if addresses else job.steps.all()


def orphans(since: datetime | None = None) -> QuerySet[Step]:
    """Return the ended steps that may have left something running on their node, whether or not their job continues.

    ``since``: only those that ended after it.
    """
    ended = Step.objects.filter(status__in=STEP_ENDED).exclude(remote={})
    return ended.filter(finished_at__gte=since) if since else ended


def left_on(job: Job) -> list[str]:
    """Return the addresses of the nodes on which the job was given up while something of it may still run."""
    return sorted(set(orphans().filter(job=job).values_list("address", flat=True)))


def how_to_settle(job: Job, addresses: Sequence[str]) -> str:
    """Return the command that confirms that nothing runs on these nodes any more."""
    return f"settle_job {job.job_id} --node {' '.join(addresses[:NAMED])} --reason TEXT"
