"""The reviewed change that a job writes to the proxies: always the same one, even if another is approved meanwhile."""

from __future__ import annotations

from common.errors import Refused
from common.messages import message
from jobs.engine.event_writer import log_event
from jobs.models import Job, Step
from jobs.states import STEP_ENDED, StepStatus, move_steps
from operations.changes import approved_change, find_change, named_change, sound
from operations.haproxy.rollback import DONE
from operations.haproxy.service import FILE, no_change
from operations.models import Change
from zones.services.lookups import find_zone

PHASE = "haproxy"
_SHORT = (StepStatus.FAILED, StepStatus.CANCELLED, StepStatus.SKIPPED)


def take_change(job: Job) -> None:
    """Bind the job to its change: at first the one it was started for, when resumed the one approved now.

    Raises :class:`Outdated` when another one was made between the two.
    """
    named = str(job.params.get("change_id", ""))
    zone = find_zone(job.zone_id)
    if job.resumed_at is None:
        if named:
            named_change(zone, Change.Kind.HAPROXY, change_id=named)
        return
    approved = approved_change(zone, Change.Kind.HAPROXY)
    if approved and approved.change_id != named:
        _pin(job, approved)
        _repeat(job, approved)


def _repeat(job: Job, change: Change) -> None:
    """Repeat proxies that are done but whose file differs from what this change has for them."""
    behind = [file["node_id"] for file in change.files if file["base"] != file["content"]]
    done = job.steps.filter(phase=PHASE, target__in=behind, status=StepStatus.SUCCEEDED)
    for step in done:
        log_event(
            job,
            f"change {change.change_id} has a different haproxy.cfg for this proxy: writing it again",
            step=step,
        )
        move_steps(
            Step.objects.filter(pk=step.pk, status__in=STEP_ENDED),
            "repeat",
            fresh_from=step.attempts + 1,
            component="",
            finished_at=None,
        )


def change_of(job: Job) -> Change:
    """Return the change that this job writes; the approved one when it has none yet. Raises :class:`Refused`."""
    named = str(Job.objects.get(pk=job.pk).params.get("change_id", ""))
    zone = find_zone(job.zone_id)
    change = find_change(named, zone.zone_id) if named else approved_change(zone, Change.Kind.HAPROXY)
    if change is None or not change.approved_at or not sound(change):
        raise Refused.because(message("H06", "then_resume", said=no_change(zone), job=job.job_id))
    if not named:
        _pin(job, change)
    return change


def _pin(job: Job, change: Change) -> None:
    _remember(job, "change_id", change.change_id)
    Change.objects.filter(pk=change.pk).update(job_id=job.job_id)
    log_event(job, f"writing haproxy.cfg of change {change.change_id}, approved by {change.approved_by}")


def tell_unproven(job: Job) -> None:
    """Name, at the end of the job, proxies that were started and neither verified nor restored.

    The job remembers which ones they are: if it is resumed and does not reach them, they are as they were.
    """
    before = set(job.params.get("unproven", ()))
    begun = job.steps.filter(phase=PHASE, status__in=_SHORT, attempts__gt=0).exclude(component=DONE)
    left = [step for step in begun if step.component or step.remote or step.target in before]
    _remember(job, "unproven", [step.target for step in left])
    change_id = str(job.params.get("change_id", "CHANGE"))
    why = message("H09", "left", job=job.job_id, path=FILE, change=change_id)
    for step in left:
        # A step that failed says itself what is left to do.
        if step.status != StepStatus.FAILED:
            Step.objects.filter(pk=step.pk).update(error=why)
            log_event(job, why, level="error", step=step)


def _remember(job: Job, name: str, value: object) -> None:
    here = Job.objects.select_for_update().get(pk=job.pk)
    here.params = {**here.params, name: value}
    here.save(update_fields=["params"])
    job.params = here.params
