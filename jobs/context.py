"""What the code of a phase sees while it runs on its thread: its node, its log, and whether to stop."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from jobs.secrets import Secret
from jobs.text import fold, redact


class StepStopped(Exception):
    """The step must end here. ``reason``: ``cancelled``, ``lost`` (fenced off) or ``detached`` (worker stops)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class StepFailed(Exception):
    """The step failed; the text says what is wrong and what to do.

    ``evidence`` is handed to the phase's ``failed``, such as output that could not be understood.
    """

    def __init__(self, text: str, *, evidence: Any = None) -> None:
        self.evidence = evidence
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Line:
    """One line on its way to an Event, with the place that reading had come to after it."""

    step_pk: int
    ts: datetime
    component: str
    stream: str
    level: str
    text: str
    cursor: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended: ``result`` for success (evidence with an ``error``), ``stopped`` for neither."""

    step_pk: int
    result: Any = None
    error: str = ""
    stopped: str = ""


@dataclass
class StepContext:
    """Everything a handler may use. Thread safe: nothing here touches the database."""

    step_pk: int
    job_id: str
    phase: str
    target: str
    address: str
    attempt: int
    fence: int
    params: dict[str, Any]
    outbox: queue.SimpleQueue[Line | Outcome]
    cursor: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict)
    deadline: float = field(default_factory=lambda: time.monotonic() + 1800)
    component: str = ""
    stop_reason: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)
    _kill: threading.Event = field(default_factory=threading.Event)

    def log(
        self, text: str, *, stream: str = "sys", level: str = "info", cursor: tuple[str, int] | None = None
    ) -> None:
        """Append to the job's log; secrets of this job are replaced by ``***`` before anything else."""
        now = datetime.now(UTC)
        parts = list(fold(redact(text, self.secrets.values())))
        for number, part in enumerate(parts, 1):
            place = cursor if number == len(parts) else None
            self.outbox.put(Line(self.step_pk, now, self.component, stream, level, part, place))

    def enter(self, component: str) -> None:
        """Name the component that begins; raises :class:`StepStopped` when the job is to stop before it."""
        self.checkpoint()
        self.component = component

    def checkpoint(self) -> None:
        """Raise :class:`StepStopped` when asked to stop, :class:`StepFailed` when out of time."""
        if self._stop.is_set():
            raise StepStopped(self.stop_reason)
        if self.time_left_s() <= 0:
            raise StepFailed("the step ran out of time: look at its log, then resume the job")

    def stop(self, reason: str, *, kill: bool = False) -> None:
        """Ask the thread to end at its next checkpoint; ``kill`` also ends what runs on the node."""
        if not self._stop.is_set():
            self.stop_reason = reason
        if kill:
            self._kill.set()
        self._stop.set()

    @property
    def killed(self) -> bool:
        """What runs on the node is to be ended now."""
        return self._kill.is_set()

    @property
    def released(self) -> bool:
        """The worker stops or lost the step: leave what runs on the node alone, the next worker follows it."""
        return self._stop.is_set() and self.stop_reason in ("lost", "detached")

    def time_left_s(self) -> float:
        """Seconds until the step's deadline."""
        return self.deadline - time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than until somebody asks to stop."""
        self._stop.wait(seconds)
