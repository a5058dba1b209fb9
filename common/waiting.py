"""Waiting on behalf of whoever works on this thread: what it works for may be ended meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Owner(Protocol):
    """What a thread works for, such as a step of a job."""

    def stop_if_ended(self) -> None:
        """Raise when the work is to end at once."""

    def pause(self, seconds: float) -> None:
        """Wait, at most so long; raise when the work is to end."""


_of_thread = threading.local()


@contextmanager
def working_for(owner: Owner) -> Iterator[None]:
    """What runs inside ends early when its owner is ended, also where it only waits for a node."""
    _of_thread.owner = owner
    try:
        yield
    finally:
        _of_thread.owner = None


def stop_if_ended() -> None:
    """Raise what the owner of this thread raises when the work is to end at once; elsewhere nothing happens."""
    owner: Owner | None = getattr(_of_thread, "owner", None)
    if owner is not None:
        owner.stop_if_ended()


def pause(seconds: float) -> None:
    """Wait on behalf of the owner of this thread, who may end the waiting with an exception."""
    owner: Owner | None = getattr(_of_thread, "owner", None)
    if owner is None:
        time.sleep(seconds)
    else:
        owner.pause(seconds)
