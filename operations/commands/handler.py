"""The job exec_nodes: one command on each node, as root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from common.messages import message
from common.ssh import Endpoint
from jobs.context import StepContext, StepFailed
from jobs.models import Job, Step
from jobs.registry import Action, Phase, register
from jobs.remote import run_component
from nodes.endpoints import endpoint_of, for_each
from nodes.models import Node
from operations.commands.service import refuse_resume

TIMEOUT_S = 3700


def register_actions() -> None:
    """Register the job with the engine."""
    phase = Phase("exec", run, prepare=prepare, timeout_s=TIMEOUT_S)
    register(Action("exec_nodes", (phase,), resumed=refuse_resume))


def prepare(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the endpoint by node id."""
    nodes = Node.objects.filter(node_id__in=[step.target for step in steps])
    return dict(for_each(nodes, endpoint_of))


def run(context: StepContext, endpoint: Endpoint | None) -> None:
    """Run the command in a shell on the node; fail when the command does. Raises StepFailed, StepStopped."""
    if endpoint is None:
        raise StepFailed(message("N60", "node"))
    context.limit(float(context.params["timeout_s"]))
    run_component(context, endpoint, "exec", context.params["command"] + "\n")
