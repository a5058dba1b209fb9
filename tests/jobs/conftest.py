"""A toy action whose phases do what a test sets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections

from common.actor import Actor
from jobs import registry
from jobs.engine import work_slice
from jobs.models import Job, Step
from jobs.registry import Action, Phase
from jobs.services import Pace, Target, submit


@dataclass
class Toy:
    """Records what ran; ``behave`` maps (phase, target) to a function of the context."""

    ran: list[tuple[str, str]] = field(default_factory=list)
    finished: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    behave: dict[tuple[str, str], Callable[[Any], Any]] = field(default_factory=dict)
    started: Callable[[Job], None] = lambda job: None
    finish: Callable[[Job, Step, Any], None] = lambda job, step, result: None

    def run(self, context: Any, payload: Any) -> Any:
        self.ran.append((context.phase, context.target))
        context.log(f"{context.phase} on {context.target or 'installer'}")
        return self.behave.get((context.phase, context.target), lambda _: None)(context)

    def on_finish(self, job: Job, step: Step, result: Any) -> None:
        self.finish(job, step, result)
        self.finished.append((step.phase, step.target))

    def on_failed(self, job: Job, step: Step, error: str, evidence: Any) -> None:
        self.failed.append((step.phase, step.target))

    def phase(self, name: str, *, per_node: bool = True) -> Phase:
        return Phase(name, self.run, finish=self.on_finish, failed=self.on_failed, per_node=per_node)

    def submit(self, *names: str, pace: Pace | None = None, scope: str = "", **params: Any) -> Job:
        """Submit a job over nodes of these names."""
        targets = [Target(id=name, address=f"10.0.0.{number}") for number, name in enumerate(names, 1)]
        return submit(
            action="toy",
            targets=targets,
            actor=Actor("ann", "command"),
            exclusive_scope=scope,
            params=params,
            pace=pace,
        )

    def work(self, job: Job) -> Job:
        """Work one slice in this process, as a worker would."""
        work_slice.run_slice(job.pk)
        job.refresh_from_db()
        return job


def in_thread(work: Callable[[], Any]) -> None:
    """Run it on a thread with its own database connection, like another process, and wait for it."""

    def run() -> None:
        work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)


@pytest.fixture
def toy() -> Iterator[Toy]:
    """Register the action ``toy``: prepare on the installer, then one and two on every node, then report."""
    made = Toy()
    phases = (
        made.phase("prepare", per_node=False),
        made.phase("one"),
        made.phase("two"),
        made.phase("report", per_node=False),
    )
    registry.register(
        Action(
            "toy",
            phases,
            started=lambda job: made.started(job),
            ended=lambda job: made.ended.append(job.status),
        )
    )
    yield made
    registry._ACTIONS.pop("toy")
