"""Tables and blocks of lines, fitted to the terminal."""

from __future__ import annotations

import io
import os
from typing import Any

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _
from rich.box import ASCII2, SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from common.text import plain
from installer.cli.cells import Lines, cell
from installer.cli.headings import heading

_PIPE_WIDTH = 160
_KEYS = frozenset({"node_id", "mgmt_address", "hostname", "job_id", "plan_id", "zone", "zone_id", "address"})
_KEY_WIDTH = 20
_WORD_WIDTH = 24
_TEXT_WIDTH = 20
_STYLES = {
    "available": "green",
    "active": "green",
    "succeeded": "green",
    "approved": "green",
    "applied": "green",
    "running": "cyan",
    "collecting": "cyan",
    "scaling": "cyan",
    "draft": "yellow",
    "cancelling": "yellow",
    "cancelled": "yellow",
    "skipped": "yellow",
    "warning": "yellow",
    "failed": "bold red",
    "collect_failed": "bold red",
    "scale_failed": "bold red",
    "error": "bold red",
}


def table_text(rows: list[dict[str, Any]], out: OutputWrapper) -> str:
    """Return a table fitted to the terminal; a block for each row where it would be too narrow to read.

    Colours are omitted unless the stream is a terminal.
    """
    if not rows:
        return _("nothing to show") + "\n"
    # A column without any value only takes space.
    names = [name for name in rows[0] if any(cell(row[name]) for row in rows)]
    # Two spaces between columns, one at each edge: a wider table would be cut off.
    if sum(_readable(name, rows) + 2 for name in names) > width_of(out):
        return blocks_text([{name: row[name] for name in names} for row in rows], out)
    table = Table(box=_box(out), pad_edge=False, padding=(0, 1, 0, 0))
    for name in names:
        table.add_column(Text(heading(name)), overflow="fold", min_width=_readable(name, rows))
    for row in rows:
        table.add_row(*(_styled(row[name]) for name in names))
    return rendered(table, out).strip("\n") + "\n"


def _box(out: OutputWrapper) -> Box:
    """Choose table lines that the stream can encode: a terminal in GB2312 can, one in ISO 8859-1 cannot."""
    try:
        "─".encode(getattr(out, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return ASCII2
    return SIMPLE_HEAD


def _readable(name: str, rows: list[dict[str, Any]]) -> int:
    """Return the least width at which a column is easy to read: no word broken, few lines per row."""
    texts = [cell(row[name]) for row in rows]
    longest = max(map(cell_len, texts))
    if name in _KEYS:
        # Values that are copied from the table stay in one piece.
        return max(min(longest, _KEY_WIDTH), cell_len(heading(name)))
    word = max((cell_len(word) for text in [*texts, heading(name)] for word in text.split()), default=0)
    # A sentence needs a third of a terminal, else it becomes a column of single words.
    return max(min(word, _WORD_WIDTH), min(longest, _TEXT_WIDTH))


def blocks_text(rows: list[dict[str, Any]], out: OutputWrapper) -> str:
    """Return a block of ``name  value`` lines for each row, an empty line between them; empty values are left out.

    The first value is the head of its block.
    """
    blocks = []
    for row in rows:
        first, *rest = row.items()
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in rest:
            for number, line in enumerate(value if isinstance(value, Lines) else [value]):
                if cell(line):
                    grid.add_row("" if number else f"  {heading(name)}", _styled(line))
        head = _styled(first[1])
        head.stylize("bold")
        blocks.append(rendered(head, out) + rendered(grid, out))
    return "\n".join(blocks)


def width_of(out: OutputWrapper) -> int:
    """Return the number of columns of the stream: of the terminal, else ``COLUMNS``, else 160."""
    if out.isatty():
        return Console(file=io.StringIO(), force_terminal=True).width
    return int_or(os.environ.get("COLUMNS", ""), _PIPE_WIDTH)


def rendered(what: Any, out: OutputWrapper) -> str:
    """Render a rich object for this stream."""
    on_terminal = out.isatty()
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        force_terminal=on_terminal,
        no_color="NO_COLOR" in os.environ,
        width=width_of(out),
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(what)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` columns of the screen."""
    lines = Text(" ".join(text.split())).wrap(Console(file=io.StringIO(), width=width), width)
    return [line.plain.rstrip() for line in lines]


def int_or(text: str, default: int) -> int:
    """Parse a whole number from 20 upwards; return the default for anything else."""
    return int(text) if text.isascii() and text.isdigit() and 20 <= int(text) < 10_000 else default


def _styled(value: Any) -> Text:
    text = plain(cell(value).replace("\n", " "))
    return Text(text, style=_STYLES.get(text, ""))
