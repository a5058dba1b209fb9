"""Wait on behalf of this thread's work, which may be stopped in the meantime."""

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
        """Wait up to ``seconds``; raise when the work is to end."""


_of_thread = threading.local()


@contextmanager
def working_for(owner: Owner) -> Iterator[None]:
    """Let ``owner`` stop what runs inside early, even while it only waits for a node."""
    _of_thread.owner = owner
    try:
        yield
    finally:
        _of_thread.owner = None


def stop_if_ended() -> None:
    """Raise the exception of this thread's owner when the work is to end at once; do nothing without an owner."""
    owner: Owner | None = getattr(_of_thread, "owner", None)
    if owner is not None:
        owner.stop_if_ended()


def pause(seconds: float) -> None:
    """Wait on behalf of the owner of this thread, who may end the wait with an exception."""
    owner: Owner | None = getattr(_of_thread, "owner", None)
    if owner is None:
        time.sleep(seconds)
    else:
        owner.pause(seconds)
