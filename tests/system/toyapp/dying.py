"""A worker that kills its whole qcluster (SIGKILL) at a named point, once: the first one that gets there.

The test leaves a file ``die.POINT`` in the data folder; whoever removes it dies.
"""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs.engine import claims, endings, inbox, queueing


def arm() -> None:
    """Put the points around the engine's own functions."""
    if not os.environ.get("TOY_DYING"):
        return
    claims.claim_steps = _around(claims.claim_steps, "before_claim", "after_claim")  # type: ignore[assignment]
    endings.end_steps = _around(endings.end_steps, "before_result", "after_result", needs=2)  # type: ignore[assignment]
    inbox.write_items = _around(inbox.write_items, "before_lines", "after_lines", needs=2)  # type: ignore[assignment]
    endings.end_job_if_done = _around(endings.end_job_if_done, "before_end", "after_end")  # type: ignore[assignment]


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


def _die(point: str) -> None:
    mark = Path(os.environ["INSTALLER_DATA_DIR"], f"die.{point}")
    try:
        mark.unlink()
    except FileNotFoundError:
        return
    os.kill(int(queueing.worker_name().rsplit("-", 1)[1]), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
