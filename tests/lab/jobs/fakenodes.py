"""Nodes that are a few numbers, and threads of steps that move on a test's call: the engine without SSH and time.

A node answers like ``launch.sh``, ``follow.sh`` and ``end.sh``: it keeps the highest fence, and how each attempt
ended.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from common.messages import Message
from jobs.context import StepContext, StepStopped
from jobs.engine import orphans, work_slice
from jobs.engine.runner import undo_step
from jobs.models import Step
from jobs.report_queue import Lines, Outcome, RemoteProcess

STAMP = datetime(2026, 1, 1, tzinfo=UTC)
Key = tuple[str, str, str]  # job, phase, target


@dataclass
class Nodes:
    """What happened on all nodes together, by job, phase and target."""

    fences: dict[Key, int] = field(default_factory=dict)
    # attempt -> None while it runs, then its exit code.
    attempts: dict[Key, dict[int, int | None]] = field(default_factory=dict)
    lines: Counter[tuple[Key, int]] = field(default_factory=Counter)
    away: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def launch(self, key: Key, attempt: int, fence: int, fresh: int, *, attach: bool) -> tuple[str, int]:
        """Return the word of the node's answer and the attempt that it means."""
        if fence < self.fences.get(key, 0):
            return "stale", 0
        self.fences[key] = fence
        known = self.attempts.setdefault(key, {})
        for earlier in range(attempt, 0, -1):
            if earlier not in known:
                continue
            code = known[earlier]
            if code is None and earlier < fresh:
                known[earlier] = 143
            elif code is None or earlier == attempt:
                return "running", earlier
            elif code == 0 and earlier >= fresh:
                return "done", earlier
        if attach:
            return "absent", attempt
        if None in known.values():
            self.wrong.append(f"{key}: attempt {attempt} was begun beside {known}")
        known[attempt] = None
        return "started", attempt

    def end(self, key: Key, attempt: int, fence: int) -> bool:
        """End the component; return False where the step has a newer owner."""
        if fence < self.fences.get(key, 0):
            return False
        known = self.attempts.setdefault(key, {})
        for earlier in range(attempt, 0, -1):
            if known.get(earlier, 0) is None or (earlier == attempt and attempt not in known):
                known[earlier] = 137
        return True

    def running(self) -> list[tuple[Key, int]]:
        """Return what runs now."""
        return [
            (key, attempt)
            for key, known in self.attempts.items()
            for attempt, code in known.items()
            if code is None
        ]


class Thread:
    """Of one step that a slice has claimed; :meth:`move` does what the real one would until it waits for something."""

    def __init__(self, nodes: Nodes, context: StepContext, orphan: dict[str, Any] | None) -> None:
        self.nodes, self.context, self.orphan = nodes, context, orphan
        self.key: Key = (context.job_id, context.phase, context.target)
        self.attempt = context.attempt if orphan is None else int(orphan["attempt"])
        self.place: RemoteProcess | None = None
        self.attached = orphan is not None
        self.ended = False

    def move(self) -> None:
        """Take one step."""
        if self.ended:
            return
        try:
            self._move()
        except StepStopped as stop:
            self._say(Outcome(self.context.step_pk, stopped=stop.reason))

    def _say(self, outcome: Outcome) -> None:
        self.context.reports.put(outcome)
        self.ended = True

    def _move(self) -> None:
        context = self.context
        if context.lost_ownership:
            raise StepStopped(context.stop_reason)
        if time.monotonic() > context.lease_until:
            return  # it waits for a heartbeat
        if not self.attached:
            if self.place is None:
                context.checkpoint()
                remote = {
                    "component": context.phase,
                    "attempt": context.attempt,
                    "endpoint": {"address": context.address},
                }
                self.place = RemoteProcess(context.step_pk, remote)
                context.reports.put(self.place)
            elif self.place.stored.is_set() and not self._launch(attach=False):
                return
        elif self._launch(attach=True):
            self._follow()

    def _launch(self, *, attach: bool) -> bool:
        context = self.context
        if context.target in self.nodes.away:
            if context.stop_reason == "cancelled":
                raise StepStopped("cancelled")
            return False
        state, attempt = self.nodes.launch(
            self.key, self.attempt, context.fence, context.fresh_from, attach=attach
        )
        if state == "stale":
            raise StepStopped("lost")
        if state == "absent":
            if self.orphan is None:
                self._say(Outcome(context.step_pk, error=Message.literal("its files are lost")))
            else:
                self._over(None)
            return False
        self.attempt, self.attached = attempt, True
        return True

    def _follow(self) -> None:
        context = self.context
        known = self.nodes.attempts[self.key]
        self._read()
        if known[self.attempt] is None and context.kill_requested:
            if not self.nodes.end(self.key, self.attempt, context.fence):
                raise StepStopped("lost")
            self._over(None)
        elif known[self.attempt] is not None:
            self._over(known[self.attempt])

    def _read(self) -> None:
        """Read what was printed since, with the place behind it."""
        name = f"{self.context.phase}-{self.attempt}.out"
        there = self.nodes.lines[self.key, self.attempt]
        at = self.context.cursor.get(name, 0)
        if there > at:
            texts = tuple(f"{self.attempt} {number}" for number in range(at + 1, there + 1))
            self.context.cursor[name] = there
            lines = Lines(
                self.context.step_pk, STAMP, self.context.phase, "out", "info", texts, (name, there)
            )
            self.context.reports.put_lines(lines, lambda: False)

    def _over(self, code: int | None) -> None:
        """End: nothing of it runs any more."""
        context = self.context
        self.context.reports.put(RemoteProcess(context.step_pk, {}))
        if self.orphan is not None or code is None:
            raise StepStopped(context.stop_reason or "cancelled")
        failed = Message.literal(f"failed with exit code {code}") if code else None
        self._say(Outcome(context.step_pk, error=failed))


class Pool:
    """In place of a slice's threads: those that it begins wait here to be moved."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.threads: list[Thread] = []
        # Rounds in a row in which its slice held no step.
        self.idle = 0

    def submit(self, work: Any, *args: Any) -> None:
        """Take ``run_step(phase, context, payload)`` or ``undo_step(context, remote)``."""
        if work is undo_step:
            self.threads.append(Thread(self.nodes, args[0], args[1]))
        else:
            self.threads.append(Thread(self.nodes, args[1], None))


# Slices that an entry of the queue has begun, and the nodes of the play that is on.
MADE: list[work_slice.Slice] = []
NODES = [Nodes()]


class OneAfterAnother:
    """A pool that works one item after the other, without threads."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __enter__(self) -> OneAfterAnother:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    map = staticmethod(map)


def arm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put slices into ``MADE`` instead of running them, and let visits to orphans look at ``NODES``."""

    def end(step: Step) -> bool:
        key = (step.job.job_id, step.phase, step.target)
        return step.target not in NODES[0].away and NODES[0].end(key, step.remote["attempt"], step.fence)

    monkeypatch.setattr(work_slice.Slice, "run", lambda made: MADE.append(made))
    monkeypatch.setattr(orphans, "_end", end)
    monkeypatch.setattr(orphans, "ThreadPoolExecutor", OneAfterAnother)
