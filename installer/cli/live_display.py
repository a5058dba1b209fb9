"""The panel of a followed job on a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from django.utils.translation import gettext as _
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from common.text import plain
from installer.cli.progress import heading, outlook


class LiveDisplay:
    """For a terminal: a bar for each phase, and the newest line of the log below."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, auto_refresh=False, transient=False)
        self._warning = ""

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def update(self, status: dict[str, Any], last_line: str) -> None:
        """Redraw the panel."""
        parts: list[Any] = [Text(heading(status), style="bold"), bars(status)]
        if outlook(status):
            parts.append(Text(outlook(status), style="cyan"))
        if self._warning:
            parts.append(Text(self._warning, style="bold red"))
        parts.append(Text(plain(last_line), style="dim", no_wrap=True, overflow="ellipsis"))
        self._live.update(Group(*parts), refresh=True)

    def warn(self, text: str) -> None:
        """Set a warning that is shown from the next redraw on, until it is empty again."""
        self._warning = text


def bars(status: dict[str, Any]) -> Table:
    """Build a table with a row for each phase."""
    table = Table.grid(padding=(0, 1))
    for phase in status["phases"]:
        ended = phase["done"] + phase["failed"]
        style = "red" if phase["failed"] else "green"
        notes = [_("{count} running").format(count=phase["running"])] if phase["running"] else []
        if phase["failed"]:
            notes.append(_("{count} failed").format(count=phase["failed"]))
        table.add_row(
            Text(phase["phase"]),
            ProgressBar(
                total=phase["total"], completed=ended, width=30, complete_style=style, finished_style=style
            ),
            Text(f"{ended}/{phase['total']}"),
            Text(", ".join(notes), style="red" if phase["failed"] else "cyan"),
            Text(phase["time_left"]["text"] if phase["time_left"] else "", style="dim"),
        )
    return table
