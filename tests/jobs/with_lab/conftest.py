"""A node over real SSH, and steps that run on it without a worker: their output is kept here."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import lab
from common.ssh import Endpoint, keypair
from jobs.context import StepContext
from jobs.report_queue import Lines, Question, RemoteProcess, ReportQueue
from lab import Lab
from tests.nodes.with_lab.conftest import host_key, served

__all__ = ["served"]
ForeignProcess = Callable[[Callable[[], object]], threading.Thread]


class Machine:
    """A lab node with the endpoint that reaches it."""

    def __init__(self, node: lab.Node, key: Path) -> None:
        self.root = node.root
        pinned = " ".join(host_key(node).split()[:2])
        self.endpoint = Endpoint(node.address, node.port, host_key=pinned, key_path=str(key))

    def words(self, path: str) -> list[str]:
        """Return the words of a file of the node, or an empty list."""
        place = self.root / path
        return place.read_text().split() if place.exists() else []


def until(condition: Callable[[], object], what: str, timeout_s: float = 60) -> None:
    """Poll until ``condition`` holds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture
def machine(served: Lab, tmp_path: Path) -> Machine:
    """Make a node that accepts a key of this test's own."""
    key = tmp_path / "id_ed25519"
    return Machine(served.add("hyper-repl", boot_s=0.1, authorized_keys=[keypair.ensure(key)]), key)


class Desk:
    """Where steps put what they say, in place of a worker's writer."""

    def __init__(self) -> None:
        self.said: list[Lines] = []
        # Of other jobs, whether they have ended.
        self.over: dict[str, bool] = {}
        self.reports = ReportQueue()
        self.steps: list[StepContext] = []
        self.closed = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self.closed.is_set():
            try:
                item = self.reports.get(0.05)
            except queue.Empty:
                continue
            if isinstance(item, Lines):
                self.said.append(item)
            elif isinstance(item, RemoteProcess):
                self._refuse_older(item.step_pk)
                item.stored.set()
            elif isinstance(item, Question):
                item.over = self.over.get(item.job_id)
                item.answered.set()

    def _refuse_older(self, step_pk: int) -> None:
        """Stop a step that was claimed again since, as the writer of a worker does."""
        for mine in [context for context in self.steps if context.step_pk == step_pk]:
            claims = [
                other.fence
                for other in self.steps
                if (other.job_id, other.phase) == (mine.job_id, mine.phase)
            ]
            if mine.fence < max(claims):
                mine.stop("lost")

    def step(self, *, fence: int = 1, job_id: str = "j-desk0001", phase: str = "install") -> StepContext:
        """Make a step of the first attempt that was claimed for the ``fence``-th time."""
        made = StepContext(
            step_pk=fence,
            job_id=job_id,
            phase=phase,
            target="n-1",
            address="10.0.0.1",
            attempt=1,
            fence=fence,
            params={},
            reports=self.reports,
        )
        self.steps.append(made)
        return made

    def texts(self, stream: str) -> list[str]:
        """Return everything printed on a stream so far, in order."""
        behind_it = RemoteProcess(0, {})
        self.reports.put(behind_it)
        assert behind_it.stored.wait(30)
        return [text for lines in self.said if lines.stream == stream for text in lines.texts]

    def close(self) -> None:
        """End the reading thread."""
        self.closed.set()
        self._thread.join(10)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


@pytest.fixture
def beside() -> Iterator[ForeignProcess]:
    """Run something on a thread of its own, which ends with the test."""
    threads: list[threading.Thread] = []

    def start(work: Callable[[], object]) -> threading.Thread:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        threads.append(thread)
        return thread

    yield start
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
