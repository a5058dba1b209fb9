"""One line of what needs attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from installer.console.operations.scale_out_page import StageMark
from installer.console.units import age_text
from nodes.states import NodeStatus

# Lines of each kind.
ROWS = 8
# A job that failed on a node in another state is listed as a job.
FAILED = (NodeStatus.COLLECT_FAILED, NodeStatus.SCALE_FAILED)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One line of the list: severity (``bad``, ``warn``, ``info``), what, why, since when, and the page that resolves it."""

    tone: str
    title: str
    detail: str
    url: str
    button: str
    since: datetime | None = None
    # Of a scale-out: its stages.
    stages: Sequence[StageMark] = ()

    @property
    def symbol(self) -> str:
        """Return the symbol of the tone, for readers who cannot distinguish colours."""
        return {"bad": "✕", "warn": "!"}.get(self.tone, "i")

    @property
    def age(self) -> str:
        """Return how long it has been waiting."""
        return age_text(self.since)
