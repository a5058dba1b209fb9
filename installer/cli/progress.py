"""Display of a followed job: a live panel on a terminal, one plain line per change elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from installer.cli.base import forget


class PlainDisplay:
    """For logs and pipes: nothing is overwritten or repeated."""

    def __init__(self, err: OutputWrapper) -> None:
        self._err = err
        self._shown = ""
        self._warned = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def update(self, status: dict[str, Any], last_line: str) -> None:
        """Write a line if anything except the log changed."""
        text = summary(status)
        if text != self._shown:
            self._shown = text
            # Passing time alone is not worth a line.
            self._write(f"{text}; {outlook(status)}" if outlook(status) else text)

    def warn(self, text: str) -> None:
        """Print what holds up the job, once until it is over."""
        if text and text != self._warned:
            self._write(text)
        self._warned = text

    def _write(self, text: str) -> None:
        try:
            self._err.write(text, lambda message: message)
            self._err.flush()
        except OSError:
            # The reader has gone; the job is followed anyway, since its result is the exit code.
            forget(sys.stderr)


def heading(status: dict[str, Any]) -> str:
    """Render ``j-4fG7kQ2z scale_qingcloud devops1a: running 12/40``."""
    name = " ".join(part for part in (status["job_id"], status["action"], status["zone_id"]) if part)
    progress = status["progress"]
    state = status["status"]
    if status["paused_by"]:
        state = _("{status}, paused by {name}").format(status=state, name=status["paused_by"])
    return f"{name}: {state} {progress['done']}/{progress['total']}"


def outlook(status: dict[str, Any]) -> str:
    """Render ``about 14 min left``; for a paused job what it waits for; empty when nothing is known."""
    if status["paused_by"]:
        return _("{steps}; nothing new starts until resume_job {job}").format(
            steps=still_running(status), job=status["job_id"]
        )
    return str(status["time_left"]["text"]) if status["time_left"] else ""


def still_running(status: dict[str, Any]) -> str:
    """Render ``3 steps are still running``."""
    running = sum(phase["running"] for phase in status["phases"])
    return ngettext("{count} step is still running", "{count} steps are still running", running).format(
        count=running
    )


def summary(status: dict[str, Any]) -> str:
    """Render the heading and every phase that has started, on one line."""
    phases = [
        f"{phase['phase']} {phase['done']}/{phase['total']}"
        + (" (" + _("{count} not done").format(count=phase["failed"]) + ")" if phase["failed"] else "")
        for phase in status["phases"]
        if phase["done"] + phase["failed"] or phase["running"]
    ]
    return "; ".join([heading(status), *phases])
