"""Complete steps and jobs, with the consequences for later steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import db
from django.db import transaction
from django.db.models import Q

from common.errors import VerbError
from common.messages import Message, message
from common.text import described, fold
from jobs import registry
from jobs.engine import claims
from jobs.engine.event_writer import log_event
from jobs.models import Job, JobSecret, Step
from jobs.states import JOB_ACTIVE, STEP_OPEN, JobStatus, StepStatus, move_job, move_steps

_BAD = (StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.CANCELLED)
# Most nodes that the end of a job names.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Ending:
    """How the code of a step ended: with a result, or with an error (and evidence as the result)."""

    step: Step
    phase: registry.Phase
    result: object = None
    error: Message | None = None


def end_steps(job: Job, claim: str, endings: Sequence[Ending]) -> int:
    """Record the endings of the steps that are still ours in one transaction; return their number."""
    if not endings:
        return 0
    with transaction.atomic():
        ours = Step.objects.filter(
            pk__in=[ending.step.pk for ending in endings], claim=claim, status=StepStatus.RUNNING
        )
        mine = set(ours.select_for_update().order_by("pk").values_list("pk", flat=True))
        well: list[int] = []
        kept = [ending for ending in endings if ending.step.pk in mine]
        stored = _finish_together(job, [ending for ending in kept if not ending.error])
        for ending in kept:
            error = ending.error or (None if ending.step.pk in stored else _finish(job, ending))
            if error:
                _failed(job, ending, error)
            else:
                well.append(ending.step.pk)
        if well:
            move_steps(Step.objects.filter(pk__in=well), "succeed", remote={})
    return len(mine)


def _finish_together(job: Job, endings: Sequence[Ending]) -> set[int]:
    """Have the app store several results at once; return the steps of those that are stored.

    Where it refuses, none is: it has to be asked about each, so that one does not keep the others from ending well.
    """
    stored: set[int] = set()
    by_phase: dict[str, list[Ending]] = {}
    for ending in endings:
        by_phase.setdefault(ending.phase.name, []).append(ending)
    for several in by_phase.values():
        finish = several[0].phase.finish_together
        if finish is None or len(several) == 1:
            continue
        try:
            with transaction.atomic():
                finish(job, [(ending.step, ending.result) for ending in several])
        except (db.OperationalError, db.InterfaceError):
            raise
        except Exception:  # noqa: S112 -- the same happens, and is told, with one of them alone
            continue
        stored.update(ending.step.pk for ending in several)
    return stored


def _finish(job: Job, ending: Ending) -> Message | None:
    """Have the app store the result; return the error when it refuses."""
    phase = ending.phase
    if phase.finish is registry.no_finish:
        return None
    try:
        with transaction.atomic():
            phase.finish(job, ending.step, ending.result)
    except VerbError as refusal:
        return storable(refusal.message)
    except (db.OperationalError, db.InterfaceError):
        raise  # the database is away: the step is taken up again when it is back
    except Exception as surprise:
        return storable(message("J22", "finish", phase=phase.name, reason=described(surprise)))
    return None


def storable(error: Message) -> Message:
    """Return an error from any source without what a database refuses, its texts at most 4,000 characters."""
    return error.mapped(_storable).shortened(8000)


def _storable(text: str) -> str:
    return "\n".join(fold(text))[:4000]


def _failed(job: Job, ending: Ending, error: Message) -> None:
    step, phase = ending.step, ending.phase
    move_steps(Step.objects.filter(pk=step.pk), "fail", error=error)
    log_event(job, error, level="error", step=step)
    try:
        with transaction.atomic():
            phase.failed(job, step, error, ending.result)
    except (db.OperationalError, db.InterfaceError):
        raise
    except Exception as surprise:
        # A bug of ours must not keep the step from ending: it would be retried for ever.
        text = f"the failure of {phase.name} could not be recorded: {described(surprise)}"
        log_event(job, _storable(text), level="error", step=step)
    if step.target:
        later = job.steps.filter(target=step.target, position__gt=step.position)
        move_steps(later, "skip", error=message("J20", "on_node", phase=step.phase))
    else:
        later = job.steps.filter(position__gt=step.position)
        move_steps(later, "skip", error=message("J20", "on_installer", phase=step.phase))


def skip_blocked(job: Job, position: int) -> None:
    """Skip steps that need every node after a failure, and untouched nodes beyond the failure budget."""
    bad = job.steps.filter(status__in=_BAD).exclude(target="")
    failed = bad.filter(status=StepStatus.FAILED)
    failed_nodes = failed.values("target").distinct().count()
    if failed_nodes or bad.filter(position__lt=position).exists():
        pending = job.steps.filter(position=position, status=StepStatus.PENDING, interrupted=False)
        move_steps(
            pending.filter(Q(target="") | Q(phase__in=_needing_all(job))),
            "skip",
            error=message("J20", "needs_all"),
        )
    if not failed_nodes:
        return
    budget = job.params.get("max_failures")
    if job.resumed_at:
        # A person who resumes some nodes knows of the others: earlier failures are not counted again.
        failed_nodes = failed.filter(finished_at__gte=job.resumed_at).values("target").distinct().count()
    if budget is not None and failed_nodes > int(budget):
        untouched = job.steps.filter(status=StepStatus.PENDING).exclude(
            target__in=job.steps.filter(attempts__gt=0).exclude(target="").values("target")
        )
        stopped = move_steps(
            untouched.exclude(target=""),
            "skip",
            error=message("J20", "budget", failed=failed_nodes, budget=budget),
        )
        if stopped:
            log_event(
                job,
                f"{failed_nodes} nodes failed, more than {budget}: no further nodes are started",
                level="error",
            )


def _needing_all(job: Job) -> list[str]:
    return [phase.name for phase in registry.find(job.action).phases if phase.needs_all]


def cancel_pending(job: Job) -> None:
    """Cancel what a cancelled job has not started. What may still run on a node is left to a worker to end."""
    with transaction.atomic():
        # It may have ended and been resumed a moment ago: then nothing of it is cancelled any more.
        if not Job.objects.select_for_update().filter(pk=job.pk, status=JobStatus.CANCELLING).exists():
            return
        pending = job.steps.filter(status=StepStatus.PENDING)
        move_steps(pending.exclude(claims.half_done()), "cancel", error=message("J21", "not_begun"))


def give_up_half_done(job: Job) -> None:
    """Let a cancelled job end although no worker is alive to end what runs on the nodes, and log that."""
    for step in claims.half_done_steps(job):
        if step.remote:
            folder = f"/opt/install/{step.remote.get('component', '')}"
            why = message("J21", "may_run", folder=folder)
        else:
            why = message("J21", "not_seen")
        if move_steps(Step.objects.filter(pk=step.pk, fence=step.fence), "cancel", error=why):
            log_event(job, why, level="warning", step=step)


def end_job_if_done(job: Job) -> bool:
    """End the job when no step is open; exactly one caller does it. Releases its exclusion and its secret."""
    if job.steps.filter(status__in=STEP_OPEN).exists():
        return False
    with transaction.atomic():
        current = Job.objects.select_for_update().get(pk=job.pk)
        # Checked again under the lock: it may have ended and been resumed since.
        if current.status == JobStatus.QUEUED or job.steps.filter(status__in=STEP_OPEN).exists():
            return False
        error = summary(current)
        here = Job.objects.filter(pk=job.pk)
        if current.status == JobStatus.CANCELLING and _left_undone(job):
            moved = move_job(here, "cancelled", error=error or "")
        elif error:
            moved = move_job(here, "fail", error=error)
        else:
            moved = move_job(here, "succeed", error="")
        if moved:
            _close(Job.objects.get(pk=job.pk))
    return bool(moved)


def _left_undone(job: Job) -> bool:
    """Check whether a cancelled job has left anything undone; a cancel that came too late changes nothing."""
    return job.steps.exclude(status=StepStatus.SUCCEEDED).exists() or not job.steps.exists()


def fail_job(job: Job, error: Message) -> None:
    """End a job that cannot begin or continue at all."""
    with transaction.atomic():
        # Lock the job before its steps, as everywhere; a job that ended meanwhile keeps its ending.
        if not Job.objects.select_for_update().filter(pk=job.pk, status__in=JOB_ACTIVE).exists():
            return
        begun = job.steps.filter(Q(status=StepStatus.RUNNING) | Q(interrupted=True), status__in=STEP_OPEN)
        move_steps(begun, "cancel", error=message("J21", "given_up", folder="/opt/install"))
        left = job.steps.filter(status__in=STEP_OPEN)
        move_steps(left, "cancel", error=message("J20", "refused"))
        if move_job(Job.objects.filter(pk=job.pk), "fail", error=error):
            _close(Job.objects.get(pk=job.pk))


def _close(job: Job) -> None:
    JobSecret.objects.filter(job=job).delete()
    try:
        with transaction.atomic():
            _ended_hook(job)
    except (db.OperationalError, db.InterfaceError):
        raise
    except Exception as surprise:
        # It must not keep the job, and with it the region, from ending.
        text = f"the clean-up of {job.action} failed: {described(surprise)}"
        log_event(job, _storable(text), level="error")
    level = "info" if job.status == JobStatus.SUCCEEDED else "error"
    log_event(job, f"job {job.status}" + (f": {job.error}" if job.error else ""), level=level)


def _ended_hook(job: Job) -> None:
    try:
        action = registry.find(job.action)
    except KeyError:
        log_event(job, f"the action {job.action} is unknown to this console: its clean-up is skipped")
        return
    action.ended(job)


def cancel_step(step: Step, claim: str) -> None:
    """Mark a running step as cancelled, because its job is being cancelled."""
    after = step.component
    why = message("J21", "after", component=after) if after else message("J21", "at_start")
    move_steps(Step.objects.filter(pk=step.pk, claim=claim), "cancel", error=why)


def summary(job: Job) -> Message | None:
    """Return how the job ended, with the next step to take; None when every step succeeded."""
    here = job.steps.filter(target="", status=StepStatus.FAILED).values_list("phase", "error").first()
    if here:
        return message("J25", "on_installer", phase=here[0], error=here[1])
    again = _again(job)
    failed = _failed_nodes(job)
    if failed:
        if again:
            return message("J25", "nodes_anew", failed=failed, job=job.job_id, again=again)
        return message("J25", "nodes", failed=failed, job=job.job_id)
    open_ends = job.steps.filter(status__in=(StepStatus.CANCELLED, StepStatus.SKIPPED)).count()
    if open_ends:
        if again:
            return message("J26", "anew", steps=open_ends, again=again)
        return message("J26", steps=open_ends, job=job.job_id)
    return None


def _failed_nodes(job: Job) -> list[Message]:
    """Return ``1 of 4 nodes failed (10.0.0.2)``; nodes that only an ``own_targets`` phase visits are listed apart.

    A person counts the nodes that the job was given: the hypers whose mirror list a scaling rewrites are others.
    """
    nodes = job.steps.exclude(target="")
    given = set(nodes.exclude(phase__in=_visiting(job)).values_list("target", flat=True))
    parts = []
    failed = nodes.filter(status=StepStatus.FAILED)
    count, names = _named(failed.filter(target__in=given).values_list("target", "address"))
    if count:
        parts.append(message("J25", "given", count=count, total=len(given), names=names))
    others = nodes.exclude(target__in=given)
    broken = others.filter(status=StepStatus.FAILED).order_by("position").values_list("phase", flat=True)
    for phase in dict.fromkeys(broken):
        visited = others.filter(phase=phase)
        count, names = _named(visited.filter(status=StepStatus.FAILED).values_list("target", "address"))
        total = visited.values("target").distinct().count()
        if given:
            parts.append(message("J25", "others", phase=phase, count=count, total=total, names=names))
        else:
            parts.append(message("J25", "visited", phase=phase, count=count, total=total, names=names))
    return parts


def _named(found: Iterable[tuple[str, str]]) -> tuple[int, list[str]]:
    addresses = dict(found)
    shown = list(addresses.values())[:_NAMED]
    return len(addresses), [*shown, "…"] if len(addresses) > len(shown) else shown


def _visiting(job: Job) -> list[str]:
    """Return the phases whose targets are not the nodes that the job was given."""
    if job.action not in registry.names():
        return []
    return [phase.name for phase in registry.find(job.action).phases if phase.own_targets]


def _again(job: Job) -> Message | None:
    again = registry.find(job.action).again if job.action in registry.names() else None
    return again(job.job_id) if again else None
