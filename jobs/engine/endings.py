"""How steps and jobs end, and what an ending means for the steps behind it."""

from __future__ import annotations

from django import db
from django.db import transaction
from django.db.models import Q

from jobs import registry
from jobs.engine.writer import say
from jobs.errors import VerbError
from jobs.models import Job, JobSecret, Step
from jobs.states import STEP_OPEN, JobStatus, StepStatus, move_job, move_steps

_BAD = (StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.CANCELLED)


def end_step(job: Job, step: Step, phase: registry.Phase, *, result: object = None, error: str = "") -> bool:
    """Write the ending of a step that is still ours; False when another worker has it now."""
    with transaction.atomic():
        mine = Step.objects.filter(pk=step.pk, claim=step.claim, status=StepStatus.RUNNING)
        if not mine.select_for_update().exists():
            return False
        error = error or _finish(job, step, phase, result)
        if not error:
            return bool(move_steps(mine, "succeed"))
        move_steps(mine, "fail", error=error)
        _failed(job, step, phase, error, result)
        return True


def _finish(job: Job, step: Step, phase: registry.Phase, result: object) -> str:
    """Let the app take in the result; gives the error text when it refuses it."""
    try:
        with transaction.atomic():
            phase.finish(job, step, result)
    except VerbError as refusal:
        return str(refusal)
    except (db.OperationalError, db.InterfaceError):
        raise  # the database is away: the step is taken up again when it is back
    except Exception as surprise:
        return f"the result of {phase.name} could not be stored: {type(surprise).__name__}: {surprise}"
    return ""


def _failed(job: Job, step: Step, phase: registry.Phase, error: str, evidence: object) -> None:
    say(job, error, level="error", step=step)
    phase.failed(job, step, error, evidence)
    if step.target:
        later = job.steps.filter(target=step.target, position__gt=step.position)
        move_steps(later, "skip", error=f"not begun: {step.phase} failed on this node")
    else:
        move_steps(
            job.steps.filter(position__gt=step.position),
            "skip",
            error=f"not begun: {step.phase} failed on the installer",
        )


def skip_blocked(job: Job, position: int) -> None:
    """Before a position begins: what needs every node does not run after a failure, and the budget holds."""
    bad = job.steps.filter(status__in=_BAD).exclude(target="")
    failed_nodes = bad.filter(status=StepStatus.FAILED).values("target").distinct().count()
    if not failed_nodes:
        return
    pending = job.steps.filter(position=position, status=StepStatus.PENDING)
    move_steps(
        pending.filter(Q(target="") | Q(phase__in=_needing_all(job))),
        "skip",
        error="not begun: it needs every node, and some failed; resume the job",
    )
    budget = job.params.get("max_failures")
    if budget is not None and failed_nodes > int(budget):
        untouched = job.steps.filter(status=StepStatus.PENDING).exclude(
            target__in=job.steps.filter(attempts__gt=0).exclude(target="").values("target")
        )
        stopped = move_steps(
            untouched.exclude(target=""),
            "skip",
            error=f"not begun: {failed_nodes} nodes failed, --max-failures is {budget}",
        )
        if stopped:
            say(
                job,
                f"{failed_nodes} nodes failed, more than {budget}: no further node is begun",
                level="error",
            )


def _needing_all(job: Job) -> list[str]:
    return [phase.name for phase in registry.find(job.action).phases if phase.needs_all]


def cancel_pending(job: Job) -> None:
    """A cancelled job begins nothing more."""
    move_steps(job.steps.filter(status=StepStatus.PENDING), "cancel", error="cancelled before it began")


def end_job_if_done(job: Job) -> bool:
    """End the job when no step is open; exactly one caller does it. Releases its exclusion and its secret."""
    if job.steps.filter(status__in=STEP_OPEN).exists():
        return False
    with transaction.atomic():
        current = Job.objects.select_for_update().get(pk=job.pk)
        error = _summary(current)
        here = Job.objects.filter(pk=job.pk)
        if current.status == JobStatus.CANCELLING:
            moved = move_job(here, "cancelled", error=error)
        elif error:
            moved = move_job(here, "fail", error=error)
        else:
            moved = move_job(here, "succeed", error="")
        if moved:
            _close(Job.objects.get(pk=job.pk))
    return bool(moved)


def fail_job(job: Job, error: str) -> None:
    """End a job that cannot begin or go on at all."""
    with transaction.atomic():
        move_steps(job.steps.filter(status__in=STEP_OPEN), "cancel", error="not begun: the job was refused")
        if move_job(Job.objects.filter(pk=job.pk), "fail", error=error):
            _close(Job.objects.get(pk=job.pk))


def _close(job: Job) -> None:
    JobSecret.objects.filter(job=job).delete()
    try:
        with transaction.atomic():
            registry.find(job.action).ended(job)
    except KeyError:
        say(job, f"this console does not know the action {job.action}: nothing is tidied up after it")
    level = "info" if job.status == JobStatus.SUCCEEDED else "error"
    say(job, f"job {job.status}" + (f": {job.error}" if job.error else ""), level=level)


def _summary(job: Job) -> str:
    nodes = job.steps.exclude(target="")
    failed = list(nodes.filter(status=StepStatus.FAILED).values_list("address", flat=True).distinct()[:5])
    count = nodes.filter(status=StepStatus.FAILED).values("target").distinct().count()
    total = nodes.values("target").distinct().count()
    here = job.steps.filter(Q(target="") & Q(status=StepStatus.FAILED)).values_list("phase", "error").first()
    if here:
        return f"{here[0]} failed on the installer: {here[1]}"
    if count:
        more = ", …" if count > len(failed) else ""
        return (
            f"{count} of {total} nodes failed ({', '.join(failed)}{more}); see get_log {job.job_id} --level error, "
            f"mend the cause, then resume_job {job.job_id}"
        )
    open_ends = job.steps.filter(status__in=(StepStatus.CANCELLED, StepStatus.SKIPPED)).count()
    if open_ends:
        return f"{open_ends} steps were not done; resume_job {job.job_id} goes on with them"
    return ""


def cancel_step(step: Step) -> None:
    """A running step that stopped because its job is being cancelled."""
    move_steps(
        Step.objects.filter(pk=step.pk, claim=step.claim),
        "cancel",
        error=f"cancelled after {step.component or 'start'}",
    )
