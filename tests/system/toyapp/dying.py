"""A worker that kills its whole qcluster (SIGKILL) at a named point, once: the first one that gets there.

The test leaves a file ``die.POINT`` in the data folder; whoever removes it dies.
"""

from __future__ import annotations

import functools
import os
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from jobs import context
from jobs.engine import claims, completion, event_writer, queueing, report_writer, work_slice


def arm() -> None:
    """Put the points around the engine's own functions."""
    if offset_s := float(os.environ.get("TOY_CLOCK_OFFSET_S", "0")):
        _shift_clock(offset_s)
    if not os.environ.get("TOY_DYING"):
        return
    claims.claim_steps = _around(claims.claim_steps, "before_claim", "after_claim")  # type: ignore[assignment]
    completion.end_steps = _around(completion.end_steps, "before_result", "after_result", needs=2)  # type: ignore[assignment]
    report_writer.write_items = _around(report_writer.write_items, "before_lines", "after_lines", needs=2)  # type: ignore[assignment]
    report_writer.write_items = _half(report_writer.write_items, "half_written")
    event_writer._save_positions = _around(
        event_writer._save_positions, "before_place", "after_place", needs=0
    )
    completion.end_job_if_done = _around(completion.end_job_if_done, "before_end", "after_end")  # type: ignore[assignment]


def _shift_clock(offset_s: float) -> None:
    """Shift this process's clock, ahead or back: Django's, the engine's and the time module's alike."""
    now, since_1970 = timezone.now, time.time

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(seconds=offset_s)

    timezone.now = lambda: now() + timedelta(seconds=offset_s)
    time.time = lambda: since_1970() + offset_s
    context.datetime = work_slice.datetime = Shifted  # type: ignore[attr-defined]


def _around(
    function: Callable[..., Any], before: str, after: str, needs: int | None = None
) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **keys: Any) -> Any:
        real = needs is None or bool(args[needs])
        if real:
            _die(before)
        answer = function(*args, **keys)
        if real and (answer or needs is not None):
            _die(after)
        return answer

    return wrapped


def _half(function: Callable[..., Any], point: str) -> Callable[..., Any]:
    """Write only the first half of what came together, then let the worker die."""

    @functools.wraps(function)
    def wrapped(job: Any, claim: str, items: list[Any], steps: Any) -> Any:
        if len(items) > 1 and _armed(point).exists():
            function(job, claim, items[: len(items) // 2], steps)
            _die(point)
        return function(job, claim, items, steps)

    return wrapped


def _armed(point: str) -> Path:
    return Path(os.environ["INSTALLER_DATA_DIR"], f"die.{point}")


def _die(point: str) -> None:
    try:
        _armed(point).unlink()
    except FileNotFoundError:
        return
    os.kill(int(queueing.worker_name().rsplit("-", 1)[1]), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
