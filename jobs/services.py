"""Begin, cancel and resume jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from jobs import audit, registry
from jobs.actor import Actor
from jobs.engine import endings, queueing
from jobs.engine.writer import say
from jobs.errors import Busy, NotFound, Refused
from jobs.models import Job, JobSecret, Step
from jobs.secrets import Secret, seal
from jobs.states import JOB_ACTIVE, JOB_ENDED, JOB_RESUMABLE, move_job, move_steps


@dataclass(frozen=True, slots=True)
class Target:
    """A node as the engine knows it: public id and address."""

    id: str
    address: str


INSTALLER = Target("", "")


@dataclass(frozen=True, slots=True)
class Pace:
    """How many nodes go first (``canary``), how many at once after them (``batch``), and how many may fail."""

    canary: int = 0
    batch: int = 0
    max_failures: int | None = None

    def waves(self, targets: Sequence[Target]) -> list[Sequence[Target]]:
        """The targets in the order in which they are begun: each wave ends before the next begins."""
        first, rest = targets[: self.canary], targets[self.canary :]
        size = self.batch or len(rest) or 1
        waves = [first] if first else []
        return waves + [rest[start : start + size] for start in range(0, len(rest), size)]


def submit(
    *,
    action: str,
    targets: Sequence[Target],
    actor: Actor,
    zone_id: str = "",
    exclusive_scope: str = "",
    params: Mapping[str, Any] | None = None,
    secrets: Mapping[str, Secret] | None = None,
    pace: Pace | None = None,
    phase_targets: Mapping[str, Sequence[Target]] | None = None,
) -> Job:
    """Create a job with all its steps and queue it; ``phase_targets``: of phases with targets of their own.

    Raises :class:`Busy` naming the job that excludes it.
    """
    described = registry.find(action)
    pace = pace or Pace()
    values = dict(params or {})
    if pace.max_failures is not None:
        values["max_failures"] = pace.max_failures
    elif pace.canary:
        values["max_failures"] = 0
    try:
        with transaction.atomic():
            job = Job.objects.create(
                action=action,
                zone_id=zone_id,
                exclusive_scope=exclusive_scope,
                params=values,
                created_by=actor.name,
                created_via=actor.via,
            )
            Step.objects.bulk_create(
                _steps(job, described, pace.waves(targets), phase_targets or {}), batch_size=500
            )
            if secrets:
                JobSecret.objects.create(job=job, sealed=seal(dict(secrets)))
            audit.record(
                actor, action, job.job_id, zone_id=zone_id, nodes=[target.address for target in targets]
            )
            transaction.on_commit(partial(queueing.enqueue, job, queueing.slices_for(len(targets))))
    except IntegrityError:
        raise busy(exclusive_scope) from None
    return job


def _steps(
    job: Job,
    action: registry.Action,
    waves: Sequence[Sequence[Target]],
    phase_targets: Mapping[str, Sequence[Target]],
) -> Iterable[Step]:
    for position, (phase, members) in enumerate(_groups(action, waves, phase_targets)):
        for target in members:
            yield Step(job=job, phase=phase.name, position=position, target=target.id, address=target.address)


def _groups(
    action: registry.Action,
    waves: Sequence[Sequence[Target]],
    phase_targets: Mapping[str, Sequence[Target]],
) -> Iterable[tuple[registry.Phase, Sequence[Target]]]:
    """What is done at once, in order: phases before the first node phase, every wave, the rest behind them."""
    on_nodes = [
        index for index, phase in enumerate(action.phases) if phase.per_node and not phase.own_targets
    ]
    first = on_nodes[0] if on_nodes else 0
    before, behind = action.phases[:first], action.phases[first:]
    for phase in before:
        yield from _outside(phase, phase_targets)
    for wave in waves:
        for index in on_nodes:
            yield action.phases[index], wave
    for phase in behind:
        if not phase.per_node or phase.own_targets:
            yield from _outside(phase, phase_targets)


def _outside(
    phase: registry.Phase, phase_targets: Mapping[str, Sequence[Target]]
) -> Iterable[tuple[registry.Phase, Sequence[Target]]]:
    members = phase_targets.get(phase.name, ()) if phase.own_targets else (INSTALLER,)
    if phase.one_by_one:
        yield from ((phase, [target]) for target in members)
    else:
        yield phase, members


def record_done(*, action: str, zone_id: str, actor: Actor, lines: Sequence[str]) -> Job:
    """A job for what was done at once, so that its status and log are found like any other's."""
    with transaction.atomic():
        job = Job.objects.create(action=action, zone_id=zone_id, created_by=actor.name, created_via=actor.via)
        here = Job.objects.filter(pk=job.pk)
        move_job(here, "start", started_at=Now())
        for line in lines:
            say(job, line)
        move_job(here, "succeed")
        job.refresh_from_db()
    return job


def holder(exclusive_scope: str) -> Job | None:
    """The job that has the scope now."""
    if not exclusive_scope:
        return None
    return Job.objects.filter(exclusive_scope=exclusive_scope, status__in=JOB_ACTIVE).first()


def busy(exclusive_scope: str) -> Busy:
    """R20 in words: which job, since when, by whom, and what to do."""
    job = holder(exclusive_scope)
    if job is None:
        return Busy("another job has just ended in this region: try again")
    return Busy(
        f"R20 {job.action} {job.job_id} of zone {job.zone_id} runs since {job.created_at:%Y-%m-%d %H:%M} UTC, "
        f"begun by {job.created_by}; scaling, upgrading and maintaining one region exclude each other: "
        f"wait for it (get_status {job.job_id}) or cancel it (cancel_job {job.job_id})",
        job_id=job.job_id,
    )


def find_job(job_id: str) -> Job:
    """The job with that public id. Raises :class:`NotFound`."""
    job = Job.objects.filter(job_id=job_id).first()
    if job is None:
        raise NotFound.because(
            "J01", f"there is no job {job_id[:40]}", "get_status without an id shows the newest"
        )
    return job


def newest_job(action: str = "") -> Job:
    """The newest job, of one action if given. Raises :class:`NotFound`."""
    jobs = Job.objects.filter(action=action) if action else Job.objects.all()
    job = jobs.order_by("-id").first()
    if job is None:
        known = ", ".join(registry.names())
        raise NotFound.because("J02", f"no job {action or 'at all'} so far", f"actions are {known}")
    return job


def cancel_job(*, job_id: str, actor: Actor, now: bool = False) -> Job:
    """Stop before the next component; with ``now`` also end what runs on the nodes. Twice is no error."""
    job = find_job(job_id)
    with transaction.atomic():
        here = Job.objects.filter(pk=job.pk)
        moved = move_job(here, "cancel", cancelled_by=actor.name, cancel_now=now)
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
        raise Refused.because(
            "J03", f"job {job.job_id} has ended already: {job.status}", "there is nothing to cancel"
        )
    endings.end_job_if_done(job)
    job.refresh_from_db()
    return job


def resume_job(*, job_id: str, actor: Actor, addresses: Sequence[str] = (), from_phase: str = "") -> Job:
    """Go on with what failed, was cancelled or not begun; what succeeded stays done.

    ``addresses`` limits it to those nodes; ``from_phase`` repeats phases from that one on, also those
    that succeeded. Raises :class:`Busy` when another job of the region runs meanwhile.
    """
    job = find_job(job_id)
    if job.status not in JOB_RESUMABLE:
        raise Refused.because(
            "J04", f"job {job.job_id} is {job.status}", "only a failed or a cancelled job is resumed"
        )
    steps = _to_resume(job, addresses, from_phase)
    try:
        with transaction.atomic():
            here = Job.objects.filter(pk=job.pk)
            if not move_job(here, "resume", error="", finished_at=None, cancelled_by="", cancel_now=False):
                raise Busy(f"job {job.job_id} was resumed by somebody else a moment ago", job_id=job.job_id)
            event = "repeat" if from_phase else "resume"
            if not move_steps(steps, event, error="", component="", finished_at=None, interrupted=False):
                raise Refused.because("J05", "no step of these nodes is left to do", "look at get_status")
            audit.record(actor, "resume_job", job.job_id, nodes=list(addresses), from_phase=from_phase)
            job.refresh_from_db()
            say(job, f"resumed by {actor.name}")
            transaction.on_commit(partial(queueing.enqueue, job, queueing.slices_for(steps.count())))
    except IntegrityError:
        raise busy(job.exclusive_scope) from None
    return job


def _to_resume(job: Job, addresses: Sequence[str], from_phase: str) -> Any:
    unknown = set(addresses) - set(job.steps.values_list("address", flat=True))
    if unknown:
        raise NotFound.because(
            "J06", f"not part of job {job.job_id}: {', '.join(sorted(unknown))}", "get_status lists its nodes"
        )
    steps = job.steps.all()
    if addresses:
        steps = steps.filter(address__in=[*addresses, ""])
    if from_phase:
        first = job.steps.filter(phase=from_phase).order_by("position").first()
        if first is None:
            phases = dict.fromkeys(job.steps.values_list("phase", flat=True))
            raise NotFound.because("J07", f"no phase {from_phase}", f"phases are {', '.join(phases)}")
        steps = steps.filter(position__gte=first.position)
    return steps
