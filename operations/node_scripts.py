"""Run one script on each of several nodes, for phases that do the same on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.messages import message
from common.ssh import Endpoint
from jobs.context import StepContext, StepFailed
from jobs.models import Step
from jobs.remote import run_component
from nodes.endpoints import endpoint_of, for_each
from nodes.models import Node


@dataclass(frozen=True, slots=True)
class Script:
    """One script for one node; no database behind it."""

    endpoint: Endpoint
    component: str
    text: str


def scripts(steps: Sequence[Step], component: str, text: str) -> dict[str, Any]:
    """Return the same script for the node of each step."""
    nodes = Node.objects.filter(node_id__in=[step.target for step in steps])
    return dict(for_each(nodes, lambda node: Script(endpoint_of(node), component, text)))


def run(context: StepContext, work: Script | None) -> None:
    """Run the script on the node. Raises StepFailed, StepStopped."""
    if work is None:
        raise StepFailed(message("N60", "node"))
    run_component(context, work.endpoint, work.component, work.text)
