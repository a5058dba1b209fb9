"""The job collect_nodes: one round trip to each node, facts into the database."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from common import ssh
from common.messages import message
from common.ssh import Endpoint
from jobs import registry
from jobs.context import StepContext, StepFailed
from jobs.models import Job, Step
from nodes import clock, collection, save_facts
from nodes.absent_disks import place
from nodes.endpoints import endpoint_of, for_each
from nodes.facts import NodeFacts
from nodes.models import Collection, Node
from nodes.states import move_nodes
from nodes.swapped_machine import another_machine

SCRIPT_TIMEOUT_S = 90


@dataclass(frozen=True, slots=True)
class Work:
    """Where one node is, and its row with disks and interfaces, untouched until the end of the step."""

    endpoint: Endpoint
    node: Node


@dataclass(frozen=True, slots=True)
class Collected:
    """The output of a node, and the facts in it."""

    facts: NodeFacts
    raw: bytes
    node: Node | None = None  # as it was before; no other job stores facts of it while this one runs


def register_actions() -> None:
    """Register the job with the engine."""
    phase = registry.Phase(
        "collect",
        run,
        prepare=prepare,
        finish=finish,
        finish_together=finish_together,
        failed=failed,
        timeout_s=240,
        ahead=20,
    )
    registry.register(registry.Action("collect_nodes", (phase,), ended=ended))


def prepare(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return a :class:`Work` by node id; the stored data of all nodes is read at once."""
    nodes = Node.objects.prefetch_related("disks__corrections", "interfaces")
    wanted = nodes.filter(node_id__in=[step.target for step in steps])
    return dict(for_each(wanted, lambda node: Work(endpoint_of(node), node)))


def run(context: StepContext, work: Work | None) -> Collected:
    """Connect, run the script, parse the output. Raises StepFailed or SshError."""
    if work is None:
        raise StepFailed(message("N60", "node"))
    seen = look_at(work.endpoint)
    exchanged = another_machine(work.node, seen.facts)
    facts = replace(seen.facts, warnings=(*((exchanged,) if exchanged else ()), *seen.facts.warnings))
    collected = replace(seen, facts=facts, node=work.node)
    waiting = place(list(work.node.disks.all()), facts, same_machine=not exchanged).sentences(work.node)
    wrong_clock = clock.sentence(facts.clock)
    for warning in (*facts.warnings, *waiting, *([wrong_clock] if wrong_clock else [])):
        context.log(warning, level="warning")
    disks = ", ".join(f"{disk.name} {disk.type} {disk.size_bytes / 1e9:.0f} GB" for disk in facts.data_disks)
    context.log(
        f"{facts.hostname}: {facts.cpu.cores} cores, {facts.memory_bytes / 1e9:.0f} GB, {disks or 'no data disk'}"
    )
    return collected


def look_at(endpoint: Endpoint) -> Collected:
    """Make one round trip: the output of the node now, and its facts. Raises StepFailed or SshError."""
    nonce = secrets.token_hex(16)
    argv, script = collection.build_command(nonce)
    with ssh.kept(endpoint) as connection:
        sent_at = time.time()
        answer = connection.run(argv, stdin=script, timeout_s=SCRIPT_TIMEOUT_S)
        heard = collection.Heard(sent_at, time.time())
    try:
        facts = collection.read(answer.stdout, nonce, endpoint.address, heard)
    except collection.FactsError as error:
        # The output is kept: a better parser may read it one day.
        raise StepFailed(error.message, evidence=answer.stdout) from None
    return Collected(facts=facts, raw=answer.stdout)


def finish(job: Job, step: Step, result: Collected) -> None:
    """Store the facts; a node that was waiting for them becomes available."""
    finish_together(job, [(step, result)])


def finish_together(job: Job, ended: Sequence[tuple[Step, Collected]]) -> None:
    """Store the facts of several nodes."""
    seen = [
        save_facts.Seen(result.node or Node.objects.get(node_id=step.target), result.facts, result.raw)
        for step, result in ended
    ]
    save_facts.save_all(seen, by=job.created_by, job_id=job.job_id, event="collected")


def failed(job: Job, step: Step, error: str, evidence: Any) -> None:
    """Keep the facts of earlier collections; store the reason with the node, and its output."""
    node = Node.objects.filter(node_id=step.target).first()
    if node is None:
        return
    # Where the facts could not be stored, the evidence is what was to be stored.
    raw = evidence.raw if isinstance(evidence, Collected) else evidence or b""
    Node.objects.filter(pk=node.pk).update(error=error)
    Collection.objects.create(
        node=node, by=job.created_by, job_id=job.job_id, error=error, raw=save_facts.pack(raw)
    )
    move_nodes(Node.objects.filter(pk=node.pk), "collect_failed")


def ended(job: Job) -> None:
    """Move nodes that the job did not get to (cancelled) out of collecting."""
    nodes = Node.objects.filter(node_id__in=job.steps.values("target"))
    save_facts.forget_old(nodes)
    move_nodes(
        nodes,
        "collect_failed",
        error=message("N64", job=job.job_id),
    )
