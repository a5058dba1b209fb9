"""Pausing the garbage collector during a computation that creates no reference cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collection of cycles: a plan creates hundreds of thousands of values and not one cycle.

    While it is on, the collector walks all of them again and again, and the time grows faster than the zone. When two
    threads are inside, the first to leave turns it on again, which costs the other one time and nothing else.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
