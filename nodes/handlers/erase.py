"""The job erase_data_disks: check the disks again on the node, erase exactly them, collect again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from common import audit, ssh
from common.actor import Actor
from common.errors import Refused, VerbError
from common.messages import message
from common.ssh import Endpoint, SshError
from jobs import registry
from jobs.context import StepContext, StepFailed
from jobs.models import Job, Step
from jobs.remote import PAUSES_S, RETRY_KINDS, run_component
from jobs.states import JOB_ACTIVE, StepStatus
from nodes import save_facts
from nodes.collection.stored_output import nonce_of
from nodes.endpoints import endpoint_of, for_each
from nodes.erasing.checks import Target, judge, target_of
from nodes.erasing.content import read_contents
from nodes.erasing.script import build_script, tag
from nodes.handlers.collect import Collected, look_at
from nodes.models import ErasePermit, Node
from nodes.parsers.errors import FactsError
from nodes.services.busy_check import refuse_if_busy
from nodes.services.erase_preview import refuse_states

QUICK_S = 900
# Overwriting the largest disks there are takes days.
FULL_S = 5 * 86400


@dataclass(frozen=True, slots=True)
class Work:
    """What is needed for one node."""

    endpoint: Endpoint
    mode: str
    targets: tuple[Target, ...]


def register_actions() -> None:
    """Register the job with the engine."""
    phase = registry.Phase("erase", run, prepare=prepare, finish=finish, failed=failed, timeout_s=FULL_S)
    registry.register(registry.Action("erase_data_disks", (phase,), started=started, resumed=resumed))


def started(job: Job) -> None:
    """Refuse to begin, or continue after a failure, once the preview is old or another job runs there.

    Raises :class:`Refused`, :class:`Busy`.
    """
    permit = ErasePermit.objects.filter(permit_id=job.params["permit_id"]).first()
    if permit is None or permit.expires_at <= timezone.now():
        raise _expired(job)
    ids = job.steps.exclude(status=StepStatus.SUCCEEDED).values("target")
    refuse_if_busy(list(Node.objects.filter(node_id__in=ids)), besides=job.job_id)


def resumed(job: Job, actor: Actor) -> None:
    """Allow only the person who has seen the preview to resume, and only while it is fresh. Raises :class:`Refused`."""
    permit = ErasePermit.objects.filter(permit_id=job.params["permit_id"]).first()
    if permit is not None and permit.made_by != actor.name:
        raise Refused.because(
            message("N42", "paused", made_by=permit.made_by, job=job.job_id)
            if _holds_nodes(job)
            else message("N42", "ended", made_by=permit.made_by)
        )
    if permit is None or permit.expires_at <= timezone.now():
        raise _expired(job)


def _expired(job: Job) -> Refused:
    return Refused.because(
        message("N33", "job_paused", job=job.job_id) if _holds_nodes(job) else message("N33", "job_ended")
    )


def _holds_nodes(job: Job) -> bool:
    """Check that the job is paused: it holds its nodes until it is cancelled."""
    return bool(job.paused_by) and job.status in JOB_ACTIVE


def prepare(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return a :class:`Work` by node id; a refusal for a node that went into service meanwhile."""
    permit = ErasePermit.objects.get(permit_id=job.params["permit_id"])
    nodes = Node.objects.filter(node_id__in=[step.target for step in steps])
    return dict(for_each(nodes, lambda node: _work(node, permit)))


def _work(node: Node, permit: ErasePermit) -> Work | VerbError:
    try:
        refuse_states([node])
    except Refused as refusal:
        return refusal
    targets = tuple(target_of(disk) for disk in permit.disks if disk["node_id"] == node.node_id)
    return Work(endpoint_of(node), permit.mode, targets)


def run(context: StepContext, work: Work | None) -> Collected | None:
    """Erase; return what the node reports afterwards. Raises StepFailed, StepStopped or SshError."""
    if work is None:
        raise StepFailed(message("N60", "node"))
    if work.mode == "quick":
        context.limit(QUICK_S)
    erase_disks(context, work.endpoint, context.job_id, work.mode, work.targets)
    return _look_after(context, work.endpoint)


def erase_first(context: StepContext, endpoint: Endpoint, mark: str, targets: Sequence[Target]) -> None:
    """Erase quickly what a plan lists, once in the life of ``mark``. Raises StepFailed, StepStopped or SshError."""
    with ssh.kept(endpoint) as connection:
        # Nothing was erased there yet: there is no such folder.
        done = connection.run(["ls", "/opt/install/erase"]).stdout.decode(errors="replace").split()
    left = [target for target in targets if f"{mark}.{tag(target)}.erased" not in done]
    if left:
        erase_disks(context, endpoint, mark, "quick", left)
    else:
        context.log("the disks that this plan erases have already been erased")


def erase_disks(
    context: StepContext, endpoint: Endpoint, mark: str, mode: str, targets: Sequence[Target]
) -> None:
    """Collect the node again and erase exactly ``targets``, or nothing. Raises StepFailed, StepStopped or SshError.

    ``mark``: the name under which the node remembers what is done.
    """
    before = _look(context, endpoint)
    try:
        contents = read_contents(before.raw, nonce_of(before.raw))
    except FactsError as error:
        raise StepFailed(message("N65", "unread", error=error.message)) from None
    verdict = judge(targets, before.facts, contents)
    for refusal in verdict.refusals:
        context.log(refusal, level="error")
    if verdict.refusals:
        raise StepFailed(message("N65", "refused", refusals=verdict.refusals))
    for disk in verdict.disks:
        context.log(f"erasing {disk.name} ({mode}): {disk.model} serial {disk.serial} WWN {disk.wwn}")
    try:
        script = build_script(mark, mode, verdict.disks, known=targets)
    except ValueError as error:
        raise StepFailed(message("N65", "no_script", reason=str(error))) from None
    run_component(context, endpoint, "erase", script)


def _look(context: StepContext, endpoint: Endpoint) -> Collected:
    """Collect the node now; retry a connection that fails for a moment."""
    for pause_s in PAUSES_S[:4]:
        context.checkpoint()
        try:
            return look_at(endpoint)
        except SshError as error:
            if error.kind not in RETRY_KINDS:
                raise
            context.log(f"{error}; retrying in {pause_s} s", level="warning")
            context.wait(pause_s)
    context.checkpoint()
    return look_at(endpoint)


def _look_after(context: StepContext, endpoint: Endpoint) -> Collected | None:
    """Collect the node after erasing; None when that fails, which does not make the erasing a failure."""
    try:
        return _look(context, endpoint)
    except (StepFailed, SshError) as error:
        context.log(
            f"erased, but the current state could not be read: {error}; collect the node again",
            level="warning",
        )
        return None


def finish(job: Job, step: Step, result: Collected | None) -> None:
    """Store the disks as they are now, and record with the node who had them erased."""
    node = Node.objects.get(node_id=step.target)
    permit = ErasePermit.objects.get(permit_id=job.params["permit_id"])
    if result is not None:
        save_facts.save_facts(node, result.facts, by=job.created_by, job_id=job.job_id, raw=result.raw)
    Node.objects.filter(pk=node.pk).update(error="")
    save_facts.forget_old(Node.objects.filter(pk=node.pk))
    audit.record(
        Actor(job.created_by, job.created_via),
        "erase_data_disks",
        node.node_id,
        job_id=job.job_id,
        mode=permit.mode,
        disks=[disk for disk in permit.disks if disk["node_id"] == node.node_id],
    )


def failed(job: Job, step: Step, error: str, evidence: Any) -> None:
    """Store the reason with the node."""
    Node.objects.filter(node_id=step.target).update(error=error)
