"""Refuse a verb on a node that another job works on."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from common.errors import Busy
from common.messages import message
from jobs import lookups
from jobs.models import Step
from jobs.states import JOB_ACTIVE, STEP_OPEN
from nodes.models import Node

ERASE = "erase_data_disks"


def refuse_second(nodes: Sequence[Node], action: str) -> None:
    """Raise :class:`Busy` with the active job of this kind that one of the nodes is already part of.

    Call it with the nodes locked: of two that begin at the same moment, the second then sees the first.
    """
    ids = [node.node_id for node in nodes]
    steps = Step.objects.filter(target__in=ids, job__action=action, job__status__in=JOB_ACTIVE)
    step = steps.select_related("job").order_by("job_id", "pk").first()
    if step:
        job = step.job
        since, who = job.created_at, job.created_by
        said = message(
            "N61", "same", action=action, job=job.job_id, address=step.address, since=since, who=who
        )
        raise Busy(said, job_id=job.job_id)


def refuse_if_busy(nodes: Sequence[Node], *, actions: Collection[str] = (), besides: str = "") -> None:
    """Raise :class:`Busy` with the job that has something left to do on one of the nodes.

    ``actions`` limits it to jobs of these kinds; ``besides`` is the id of a job that does not count.
    """
    ids = [node.node_id for node in nodes]
    _refuse_if_erasing(ids, besides)
    steps = Step.objects.filter(target__in=ids, status__in=STEP_OPEN, job__status__in=JOB_ACTIVE)
    if actions:
        steps = steps.filter(job__action__in=actions)
    step = steps.exclude(job__job_id=besides).select_related("job").order_by("job_id").first()
    if step:
        job = step.job
        since, who = job.created_at, job.created_by
        said = message(
            "N61", "work", action=job.action, job=job.job_id, address=step.address, since=since, who=who
        )
        raise Busy(said, job_id=job.job_id)


def _refuse_if_erasing(ids: Sequence[str], besides: str) -> None:
    """Raise :class:`Busy` while an erase that was given up on an unreachable node has not been seen to end.

    This holds however long it takes, and whatever the state of the job: overwriting a large disk takes days.
    """
    left = lookups.orphans().filter(target__in=ids, job__action=ERASE)
    step = left.exclude(job__job_id=besides).select_related("job").first()
    if step:
        job_id = step.job.job_id
        raise Busy(message("N62", action=ERASE, job=job_id, address=step.address), job_id=job_id)
