"""The context of a running phase on its thread: its node, its log, and whether to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from common.messages import Message, message, needed
from common.secrets import Secret
from common.text import fold, redact
from jobs.report_queue import Lines, Question, RemoteProcess, ReportQueue

# A step that was taken up again after its deadline still has this long to see how things stand.
GRACE_S = 60
_MAX_ERROR_CHARS = 4000
_MAX_NAME_CHARS = 64


class StepStopped(Exception):
    """The step must end here. ``reason``: ``cancelled``, ``lost`` (fenced off) or ``detached`` (the worker stops)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class StepFailed(Exception):
    """The step failed; the message says what is wrong and what to do.

    ``evidence`` is passed to the phase's ``failed``, such as output that could not be parsed.
    """

    def __init__(self, said: Message, *, evidence: Any = None) -> None:
        self.evidence = evidence
        self.message = needed(said)
        super().__init__(said)


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
    reports: ReportQueue
    fresh_from: int = 1
    cursor: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict)
    deadline: float = field(default_factory=lambda: time.monotonic() + 1800)
    # How long this attempt ran under earlier workers.
    ran_s: float = 0.0
    # Until when (monotonic) the step is certainly ours: renewed with each heartbeat.
    lease_until: float = float("inf")
    # The database's clock minus the clock of this machine.
    clock_offset_s: float = 0.0
    component: str = ""
    # What is recorded as running on the node.
    remote: dict[str, Any] = field(default_factory=dict)
    stop_reason: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)
    _kill: threading.Event = field(default_factory=threading.Event)

    def log(
        self, text: str, *, stream: str = "sys", level: str = "info", cursor: tuple[str, int] | None = None
    ) -> None:
        """Append to the job's log; secrets of this job are replaced by ``***`` before anything else."""
        self.log_lines([text], stream=stream, level=level, cursor=cursor)

    def log_lines(
        self, texts: Iterable[str], *, stream: str, level: str, cursor: tuple[str, int] | None = None
    ) -> None:
        """Append many lines at once, stored together with the read position after them."""
        secrets = list(self.secrets.values())
        safe = tuple(part for text in texts for part in fold(redact(text, secrets)))
        now = datetime.now(UTC) + timedelta(seconds=self.clock_offset_s)
        lines = Lines(self.step_pk, now, self.component, stream, level, safe, cursor)
        self.reports.put_lines(lines, lambda: self.lost_ownership)

    def safe_error(self, message: Message) -> Message:
        """Return the message in a form that may be stored: no secrets, no control characters, limited length."""

        def safe(text: str) -> str:
            clean = "\n".join(fold(redact(text, list(self.secrets.values()))))
            return clean if len(clean) <= _MAX_ERROR_CHARS else clean[: _MAX_ERROR_CHARS - 1] + "…"

        return message.mapped(safe).shortened(2 * _MAX_ERROR_CHARS)

    def begin_component(self, component: str) -> None:
        """Set the component that begins; raises :class:`StepStopped` when the job is to stop before it."""
        self.checkpoint()
        self.component = component[:_MAX_NAME_CHARS]

    def record_remote_process(self, remote: dict[str, Any]) -> None:
        """Record what is about to run on the node (``{}``: nothing any more), and wait until it is stored.

        Raises :class:`StepStopped` when the step is no longer ours: then nothing may be started.
        """
        self.remote = remote
        process = RemoteProcess(self.step_pk, remote)
        self.reports.put(process)
        if not remote:
            return  # a late or repeated notice that something ended does no harm
        self._wait_for(process.stored)

    def verify(self) -> None:
        """Check with the database that the step is still ours. Raises :class:`StepStopped` when it is not."""
        self.await_lease()
        process = RemoteProcess(self.step_pk, self.remote)
        self.reports.put(process)
        self._wait_for(process.stored)

    def is_over(self, job_id: str) -> bool | None:
        """Check whether a job has ended; None when it is unknown. Raises :class:`StepStopped`."""
        question = Question(self.step_pk, job_id)
        self.reports.put(question)
        self._wait_for(question.answered)
        return question.over

    def _wait_for(self, answer: threading.Event) -> None:
        while not answer.wait(0.2) and not self.lost_ownership:
            pass
        if self.lost_ownership:
            raise StepStopped(self.stop_reason)

    def checkpoint(self) -> None:
        """Raise :class:`StepStopped` when asked to stop, :class:`StepFailed` when out of time."""
        self.await_lease()
        if self._stop.is_set():
            raise StepStopped(self.stop_reason)
        if self.time_left_s() <= 0:
            raise StepFailed(message("J12"))

    def await_lease(self) -> None:
        """Wait until it is certain that the step is ours. Raises :class:`StepStopped` when it is not.

        A process that was suspended (SIGSTOP, a suspended machine) past its lease may have been replaced: it does
        nothing until a heartbeat has confirmed that the step is still its own.
        """
        while time.monotonic() > self.lease_until and not self.lost_ownership:
            time.sleep(0.1)
        if self.lost_ownership:
            raise StepStopped(self.stop_reason)

    def stop(self, reason: str, *, kill: bool = False) -> None:
        """Ask the thread to end at its next checkpoint; ``kill`` also ends what runs on the node."""
        # Being replaced outweighs being cancelled: a worker that lost the step must not record how it ended.
        # A worker that stops leaves what it only waits for to the next one.
        waits = reason == "detached" and not self._kill.is_set() and self.stop_reason != "lost"
        if not self._stop.is_set() or reason == "lost" or waits:
            self.stop_reason = reason
        if kill:
            self._kill.set()
        self._stop.set()

    @property
    def kill_requested(self) -> bool:
        """Return whether what runs on the node is to be ended now."""
        return self._kill.is_set() and not self.lost_ownership

    @property
    def lost_ownership(self) -> bool:
        """Return whether the worker stops or lost the step: what runs on the node is left to the next worker."""
        return self._stop.is_set() and self.stop_reason in ("lost", "detached")

    def limit(self, timeout_s: float) -> None:
        """Limit the attempt to this time, over all workers that it has had."""
        left_s = max(timeout_s - self.ran_s, GRACE_S) if self.ran_s else timeout_s
        self.deadline = min(self.deadline, time.monotonic() + left_s)

    def time_left_s(self) -> float:
        """Return the seconds until the step's deadline."""
        return self.deadline - time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than until a stop is requested."""
        self._stop.wait(seconds)

    def stop_if_ended(self) -> None:
        """Raise :class:`StepStopped` when the step is to end at once."""
        if self.kill_requested or self.lost_ownership:
            raise StepStopped(self.stop_reason)

    def pause(self, seconds: float) -> None:
        """Wait up to ``seconds``. Raises :class:`StepStopped` and :class:`StepFailed` when the step is to end."""
        self.wait(min(seconds, max(self.time_left_s(), 0.0)))
        self.checkpoint()
