"""Settle a job: accept a person's confirmation of what the console cannot see itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from common import audit
from common.actor import Actor
from common.errors import Refused
from common.messages import Message, message
from jobs import lookups, registry
from jobs.engine import orphans
from jobs.engine.event_writer import log_event
from jobs.lookups import NAMED, chosen_steps, find_job, left_on
from jobs.models import Job
from jobs.states import (
    JOB_ACTIVE,
    JobStatus,
    StepStatus,
)


def settle_job(*, job_id: str, actor: Actor, reason: str, addresses: Sequence[str] = ()) -> Job:
    """Accept a person's confirmation of what the console cannot see itself.

    First, that nothing of this job still runs on nodes where it was given up: for nodes that do not come back, or
    were checked by hand; a worker visits those within reach. It cannot be undone, so each node is named.
    Second, that what a failed phase could not verify is done (phases ``by_word``): it counts when
    the job is resumed. Raises :class:`Refused`, :class:`NotFound`.
    """
    job = find_job(job_id)
    if not reason.strip():
        raise Refused.because(message("J10"), field="reason")
    with transaction.atomic():
        chosen = chosen_steps(job, addresses).exclude(target="")
        left = list(lookups.orphans().filter(pk__in=chosen.values("pk")).select_related("job"))
        if left and not addresses:
            raise Refused.because(
                message(
                    "P80", "nothing_runs_on", nodes=" ".join(sorted({step.address for step in left})[:NAMED])
                ),
                field="addresses",
            )
        done = [
            step for step in left if orphans.settle(step, f"{actor.name} confirmed that it has stopped there")
        ]
        phases = _take_word(job, actor, reason) if not addresses else []
        if not done and not phases:
            remedy = _to_settle(job)
            raise Refused.because(
                message("J11", "nothing_on_these", job=job_id, remedy=remedy)
                if addresses
                else message("J11", "nothing_on_any", job=job_id, remedy=remedy)
            )
        nodes = sorted({step.address for step in done})
        audit.record(actor, "settle_job", job.job_id, reason=reason, nodes=nodes, phases=phases)
    job.refresh_from_db()
    return job


def phases_by_word(job: Job) -> list[str]:
    """Return the failed phases of the job that a person may confirm and has not confirmed yet."""
    if job.status != JobStatus.FAILED or job.action not in registry.names():
        return []
    names = [phase.name for phase in registry.find(job.action).phases if phase.by_word]
    failed = job.steps.filter(phase__in=names, status=StepStatus.FAILED).order_by("position")
    given = job.params.get("words", {})
    return [name for name in dict.fromkeys(failed.values_list("phase", flat=True)) if name not in given]


def _take_word(job: Job, actor: Actor, reason: str) -> list[str]:
    here = Job.objects.select_for_update().get(pk=job.pk)
    phases = phases_by_word(here)
    if phases:
        words = {name: {"by": actor.name, "reason": reason} for name in phases}
        here.params = {**here.params, "words": {**here.params.get("words", {}), **words}}
        here.save(update_fields=["params"])
        for name in phases:
            log_event(here, f"{actor.name} confirmed that {name} is done: {reason}", level="warning")
    return phases


def _to_settle(job: Job) -> Message:
    """Return what of the job can be settled, if anything."""
    left, phases = left_on(job)[:NAMED], phases_by_word(job)
    if left:
        return message("J11", "settle_other_nodes", nodes=left, job=job.job_id)
    if phases:
        return message("J11", "confirm_phases", phases=phases, job=job.job_id)
    if job.status in JOB_ACTIVE:
        return message("J11", "still_active", job=job.job_id)
    return message("J11", "holds_nothing")
