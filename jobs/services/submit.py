"""Submit jobs to the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from common import audit
from common.actor import Actor
from common.secrets import Secret, seal
from jobs import registry
from jobs.engine import queueing
from jobs.engine.event_writer import log_event
from jobs.lookups import busy
from jobs.models import Job, JobSecret, Step
from jobs.states import move_job


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
        """Return the targets in the order in which they are started: each wave ends before the next begins."""
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
    """Create a job with all its steps and queue it; ``phase_targets``: for phases with ``own_targets``.

    Raises :class:`Busy` with the job that excludes it.
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
    """Yield what runs at once, in order: phases before the first node phase, every wave, the remaining phases."""
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
    """Record a job for work that is already done, so that its status and log are found like any other's."""
    with transaction.atomic():
        job = Job.objects.create(action=action, zone_id=zone_id, created_by=actor.name, created_via=actor.via)
        here = Job.objects.filter(pk=job.pk)
        move_job(here, "start", started_at=Now())
        for line in lines:
            log_event(job, line)
        move_job(here, "succeed")
        job.refresh_from_db()
    return job
