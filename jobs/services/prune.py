"""Delete old jobs and their logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from common import audit
from common.actor import Actor
from common.errors import Refused
from common.messages import message
from jobs import lookups
from jobs.engine.claims import database_now
from jobs.models import Event, Job
from jobs.states import JOB_ENDED


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted, or would be."""

    jobs: int
    events: int


def prune_jobs(*, days: int, actor: Actor, dry_run: bool = False) -> Pruned:
    """Delete ended jobs, with steps and log, that ended more than ``days`` days ago. Audit entries stay.

    A job that may still run on a node is kept: only its steps hold that information.
    Each job in a separate transaction. Raises :class:`Refused`.
    """
    if not 1 <= days <= 36500:
        raise Refused.because(message("J09", days=days), field="days")
    limit = database_now() - timedelta(days=days)
    held = lookups.orphans().filter(job=OuterRef("pk"))
    jobs = Job.objects.filter(~Exists(held), status__in=JOB_ENDED, finished_at__lt=limit)
    if dry_run:
        return Pruned(jobs.count(), Event.objects.filter(job__in=jobs).count())
    gone_jobs = gone_events = 0
    for pk in list(jobs.order_by("id").values_list("pk", flat=True)):
        with transaction.atomic():
            # Checked again and locked: it may have been resumed since.
            if not jobs.select_for_update().filter(pk=pk).exists():
                continue
            gone_events += Event.objects.filter(job=pk).delete()[0]
            gone_jobs += bool(Job.objects.filter(pk=pk).delete()[0])
    if gone_jobs:
        audit.record(actor, "prune_jobs", "", days=days, jobs=gone_jobs, events=gone_events)
    return Pruned(gone_jobs, gone_events)
