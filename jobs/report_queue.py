"""The queue from the threads of a slice to its writer: log lines, remote processes, results of steps."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.messages import Message

# Lines that may wait to be written. Above it threads stop reading, and SSH's own window slows the node
# down: memory stays flat however much a component prints.
LIMIT_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one component on their way to Events, with the read position after them.

    They are stored together or not at all: no reader can stop between two parts of a folded line.
    """

    step_pk: int
    ts: datetime
    component: str
    stream: str
    level: str
    texts: tuple[str, ...]
    cursor: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class RemoteProcess:
    """What is about to be started on the node (or has ended: empty); ``stored`` is set once that is written."""

    step_pk: int
    remote: dict[str, Any]
    stored: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class Question:
    """Whether a job has ended; ``over`` (None: there is no such job) is valid once ``answered`` is set."""

    step_pk: int
    job_id: str
    over: bool | None = None
    answered: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended: ``result`` for success (evidence with an ``error``), ``stopped`` for neither."""

    step_pk: int
    result: Any = None
    error: Message | None = None
    stopped: str = ""


Report = Lines | RemoteProcess | Question | Outcome


class ReportQueue:
    """A queue of :class:`Report` whose lines are bounded."""

    def __init__(self, limit: int = LIMIT_LINES) -> None:
        self._items: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self._limit = limit
        self._waiting = 0
        self._room = threading.Condition()

    def put(self, item: RemoteProcess | Question | Outcome) -> None:
        """Add an item without waiting."""
        self._items.put(item)

    def put_lines(self, lines: Lines, given_up: Callable[[], bool]) -> None:
        """Wait for room. Lines that will no longer be read (``given_up``) are dropped: the node still has them."""
        with self._room:
            while self._waiting >= self._limit:
                if given_up():
                    return
                self._room.wait(0.2)
            self._waiting += len(lines.texts)
        self._items.put(lines)

    def get(self, timeout_s: float) -> Report:
        """Return the next item. Raises ``queue.Empty``."""
        item = self._items.get(timeout=timeout_s) if timeout_s > 0 else self._items.get_nowait()
        if isinstance(item, Lines):
            with self._room:
                self._waiting -= len(item.texts)
                self._room.notify_all()
        return item
