"""The garbage collector out of the way of a computation that makes no garbage of its kind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """No collection of cycles inside: a plan makes hundreds of thousands of values and not one cycle.

    With it on, the collector walks all of them again and again, and the time grows faster than the zone. Of two
    threads inside the first to leave turns it on again, which costs the other time and nothing else.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
