"""Cancel, pause, resume and settle jobs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from jobs import audit, registry
from jobs.actor import Actor
from jobs.engine import claims, endings, queueing, sweep, watchdog
from jobs.engine.writer import say
from jobs.errors import Busy, NotFound, Refused
from jobs.finding import busy, find_job
from jobs.models import Job, Step
from jobs.states import (
    JOB_ACTIVE,
    JOB_ENDED,
    JOB_PAUSABLE,
    JOB_RESUMABLE,
    STEP_ENDED,
    STEP_RESUMABLE,
    JobStatus,
    StepStatus,
    move_job,
    move_steps,
)

# Addresses that a refusal names.
_NAMED = 200


def cancel_job(*, job_id: str, actor: Actor, now: bool = False) -> Job:
    """Stop before the next component; with ``now`` also end what runs on the nodes. Twice is no error."""
    job = find_job(job_id)
    with transaction.atomic():
        here = Job.objects.filter(pk=job.pk)
        moved = move_job(here, "cancel", cancelled_by=actor.name, cancel_now=now, paused_by="")
        if not moved and now:
            moved = here.filter(status__in=JOB_ACTIVE).update(cancel_now=True)
        if moved:
            audit.record(actor, "cancel_job", job.job_id, now=now)
            job.refresh_from_db()
            say(job, f"cancelled by {actor.name}" + (", now" if now else ""), level="warning")
            endings.cancel_pending(job)
            transaction.on_commit(partial(queueing.enqueue, job))
    job.refresh_from_db()
    if job.status in JOB_ENDED and not moved:
        raise Refused.because("J03", f"job {job.job_id} has ended already: {job.status}", _after_its_end(job))
    if not watchdog.alive():
        # Nobody is there to look at the nodes, and nobody takes expired steps away from dead workers.
        claims.release_expired(claims.database_now(), watchdog.ALIVE_S)
        endings.cancel_pending(job)
        endings.give_up_leftovers(job)
    endings.end_job_if_done(job)
    job.refresh_from_db()
    return job


def _after_its_end(job: Job) -> str:
    """What can be done with a job instead of cancelling it."""
    left = _left_on(job)
    if left:
        return (
            f"it may still run on {', '.join(left[:_NAMED])}, and is ended there once a worker gets there; "
            f"where you know that nothing of it runs: {_settle(job, left)}"
        )
    if job.status in JOB_RESUMABLE and not registry.is_once(job.action):
        return f"nothing of it runs any more; to go on with it: resume_job {job.job_id}"
    return "nothing of it runs any more"


def _left_on(job: Job) -> list[str]:
    """Nodes on which it was given up while something of it may still run."""
    return sorted(set(watchdog.leftovers().filter(job=job).values_list("address", flat=True)))


def _settle(job: Job, addresses: Sequence[str]) -> str:
    return f"settle_job {job.job_id} --node {' '.join(addresses[:_NAMED])} --reason TEXT"


def pause_job(*, job_id: str, actor: Actor) -> Job:
    """Begin no further step until :func:`resume_job`; what runs goes on. Keeps the exclusion. Twice is no error."""
    job = find_job(job_id)
    with transaction.atomic():
        here = Job.objects.filter(pk=job.pk, status__in=JOB_PAUSABLE)
        if here.filter(paused_by="").update(paused_by=actor.name[:150]):
            audit.record(actor, "pause_job", job.job_id)
            say(
                job,
                f"paused by {actor.name}: nothing more begins until resume_job {job.job_id}",
                level="warning",
            )
        elif not here.exists():
            raise Refused.because(
                "J08", f"job {job.job_id} is {job.status}", "only a queued or a running job is paused"
            )
    job.refresh_from_db()
    return job


def resume_job(*, job_id: str, actor: Actor, addresses: Sequence[str] = (), from_phase: str = "") -> Job:
    """Go on with what failed, was cancelled or not begun; what succeeded stays done. A paused job goes on.

    ``addresses`` limits it to those nodes; ``from_phase`` repeats phases from that one on, also those
    that succeeded. Raises :class:`Busy` when another job of the region runs meanwhile.
    """
    job = find_job(job_id)
    _refuse_who_may_not(job, actor)
    if job.paused_by and not addresses and not from_phase and _unpause(job, actor):
        return job
    if job.status not in JOB_RESUMABLE:
        raise Refused.because(
            "J04",
            f"job {job.job_id} is {job.status}",
            "only a failed, a cancelled or a paused job is resumed",
        )
    _refuse_once(job)
    steps = _chosen(job, addresses)
    phases = _phases_from(job, from_phase) if from_phase else []
    try:
        with transaction.atomic():
            _reopen(job, steps, phases)
            audit.record(actor, "resume_job", job.job_id, nodes=list(addresses), from_phase=from_phase)
            say(job, f"resumed by {actor.name}")
            transaction.on_commit(partial(queueing.enqueue, job, queueing.slices_for(steps.count())))
    except IntegrityError:
        raise busy(job.exclusive_scope) from None
    return job


def settle_job(*, job_id: str, actor: Actor, reason: str, addresses: Sequence[str] = ()) -> Job:
    """Take a person's word for what the console cannot see itself.

    That nothing of this job runs any more on nodes where it was given up: for nodes that do not come back, or were
    looked at by hand; those in reach are looked at by a worker. It cannot be taken back, so each
    node is named. And that what a failed phase could not see to be done is done (phases ``by_word``): it counts when
    the job is resumed. Raises :class:`Refused`, :class:`NotFound`.
    """
    job = find_job(job_id)
    if not reason.strip():
        raise Refused.because(
            "J10", "no reason is given", "say how you know that nothing runs there", field="reason"
        )
    with transaction.atomic():
        chosen = _chosen(job, addresses).exclude(target="")
        left = list(watchdog.leftovers().filter(pk__in=chosen.values("pk")).select_related("job"))
        if left and not addresses:
            raise Refused.because(
                "P80",
                "that nothing runs on a node cannot be taken back, and no node is named",
                f"name each that you looked at: {' '.join(sorted({step.address for step in left})[:_NAMED])}",
                field="addresses",
            )
        done = [step for step in left if sweep.settle(step, f"nothing of it runs there, says {actor.name}")]
        phases = _take_word(job, actor, reason) if not addresses else []
        if not done and not phases:
            detail = f"job {job_id} has left nothing on {'these' if addresses else 'its'} nodes"
            raise Refused.because("J11", detail, _to_settle(job))
        nodes = sorted({step.address for step in done})
        audit.record(actor, "settle_job", job.job_id, reason=reason, nodes=nodes, phases=phases)
    job.refresh_from_db()
    return job


def _to_settle(job: Job) -> str:
    """What of the job can be settled, if anything."""
    left, phases = _left_on(job), phases_by_word(job)
    if left:
        return f"it may still run on {', '.join(left[:_NAMED])}: {_settle(job, left)}"
    if phases:
        return f"what {', '.join(phases)} could not see is no matter of a node: settle_job {job.job_id} --reason TEXT"
    if job.status in JOB_ACTIVE:
        return f"it goes on by itself (get_status {job.job_id}); to end it: cancel_job {job.job_id} --now"
    return "nothing of it holds its nodes: go on with them"


def phases_by_word(job: Job) -> list[str]:
    """Phases of the job that failed, for which a person's word may stand and was not given yet."""
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
            say(here, f"{name}: what could not be seen is done, says {actor.name}: {reason}", level="warning")
    return phases


def _refuse_who_may_not(job: Job, actor: Actor) -> None:
    try:
        action = registry.find(job.action)
    except KeyError:
        return  # of a newer console: a worker that knows it says what is to be done
    action.resumed(job, actor)


def _refuse_once(job: Job) -> None:
    if registry.is_once(job.action):
        left = addresses_left(job)
        shown = ", ".join(left[:_NAMED]) + (f" and {len(left) - _NAMED} more" if len(left) > _NAMED else "")
        raise Refused.because(
            "N81",
            f"job {job.job_id} cannot go on: {job.action} forgets its password when it ends",
            f"begin it anew for the {len(left)} nodes that are left ({shown}): {job.action} {job.job_id}, "
            "or the button of that name on the page of the job",
        )


def addresses_left(job: Job) -> list[str]:
    """The nodes on which not everything of the job has succeeded, in its order."""
    steps = job.steps.filter(status__in=STEP_RESUMABLE).exclude(address="").order_by("position", "pk")
    return list(dict.fromkeys(steps.values_list("address", flat=True)))


def _unpause(job: Job, actor: Actor) -> bool:
    with transaction.atomic():
        moved = (
            Job.objects.filter(pk=job.pk, status__in=JOB_ACTIVE).exclude(paused_by="").update(paused_by="")
        )
        if moved:
            audit.record(actor, "resume_job", job.job_id)
            say(job, f"resumed by {actor.name}")
            transaction.on_commit(partial(queueing.enqueue, job))
    job.refresh_from_db()
    return bool(moved)


def _reopen(job: Job, steps: QuerySet[Step], phases: Sequence[str]) -> None:
    here = Job.objects.filter(pk=job.pk)
    clean = {"error": "", "finished_at": None, "cancelled_by": "", "cancel_now": False, "paused_by": ""}
    if not move_job(here, "resume", resumed_at=Now(), **clean):
        raise Busy(f"job {job.job_id} was resumed by somebody else a moment ago", job_id=job.job_id)
    fields = {"error": "", "component": "", "finished_at": None, "interrupted": False}
    # What an earlier attempt has done on the node counts for a phase that goes on, not for one that is repeated.
    repeated = steps.filter(phase__in=phases, status__in=STEP_ENDED)
    moved = 0
    for attempts in set(repeated.values_list("attempts", flat=True)):
        moved += move_steps(repeated.filter(attempts=attempts), "repeat", fresh_from=attempts + 1, **fields)
    moved += move_steps(steps, "resume", **fields)
    if not moved:
        raise Refused.because("J05", "no step of these nodes is left to do", _left_to_do(job))
    job.refresh_from_db()


def _left_to_do(job: Job) -> str:
    left = addresses_left(job)
    if not left:
        return f"--from-phase repeats what is done (get_status {job.job_id} shows its phases)"
    shown = " ".join(left[:_NAMED]) + (f" (and {len(left) - _NAMED} more)" if len(left) > _NAMED else "")
    return f"these are left: resume_job {job.job_id} --node {shown}"


def _chosen(job: Job, addresses: Sequence[str]) -> QuerySet[Step]:
    """The steps of these nodes (of all without any), and those of the installer."""
    unknown = set(addresses) - set(job.steps.values_list("address", flat=True))
    if unknown:
        raise NotFound.because(
            "J06", f"not part of job {job.job_id}: {', '.join(sorted(unknown))}", "get_status lists its nodes"
        )
    return job.steps.filter(address__in=[*addresses, ""]) if addresses else job.steps.all()


def _phases_from(job: Job, phase: str) -> list[str]:
    """This phase and those behind it in the action, in whichever wave. Raises :class:`NotFound`."""
    there = set(job.steps.values_list("phase", flat=True))
    order = [name for name in _order(job) if name in there]
    if phase not in order:
        raise NotFound.because("J07", f"no phase {phase[:64]}", f"phases are {', '.join(order)}")
    return order[order.index(phase) :]


def _order(job: Job) -> list[str]:
    try:
        return [phase.name for phase in registry.find(job.action).phases]
    except KeyError:
        return list(dict.fromkeys(job.steps.order_by("position").values_list("phase", flat=True)))
