"""Formats of standard output: a table for people, JSON, YAML and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import os
from typing import Any

import yaml
from django.core.management.base import OutputWrapper
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs.text import plain

FORMATS = ("table", "json", "yaml", "csv")
_PIPE_WIDTH = 160
_KEYS = frozenset({"node_id", "mgmt_address", "hostname", "job_id", "plan_id", "zone", "zone_id", "address"})
_KEY_WIDTH = 20
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


def chosen(out: OutputWrapper, wanted: str | None) -> str:
    """The format asked for, else table on a terminal and json otherwise."""
    return wanted or ("table" if out.isatty() else "json")


def emit(out: OutputWrapper, wanted: str | None, data: Any, rows: list[dict[str, Any]]) -> None:
    """Print ``data`` as JSON or YAML, or ``rows`` (all with the same keys) as a table or CSV."""
    how = chosen(out, wanted)
    if how == "json":
        out.write(json.dumps(data, ensure_ascii=False, indent=2))
    elif how == "yaml":
        out.write(yaml_text(data), ending="")
    elif how == "csv":
        out.write(csv_text(rows), ending="")
    else:
        out.write(table_text(rows, out), ending="")


def yaml_text(data: Any) -> str:
    """YAML, long lines left whole."""
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10**9)
    return text


def csv_text(rows: list[dict[str, Any]], *, header: bool = True) -> str:
    """Comma separated values with a header line; RFC 4180 quoting, lines end with a line feed."""
    buffer = io.StringIO()
    if rows:
        writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\n")
        if header:
            writer.writeheader()
        writer.writerows([{key: cell(value) for key, value in row.items()} for row in rows])
    return buffer.getvalue()


def table_text(rows: list[dict[str, Any]], out: OutputWrapper) -> str:
    """A table fitted to the terminal; without colours when nobody sees them."""
    if not rows:
        return "nothing to show\n"
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    # A column in which nobody has anything only takes room.
    names = [name for name in rows[0] if any(cell(row[name]) for row in rows)]
    for name in names:
        # What is copied from the table stays in one piece; the other columns give way first.
        longest = max(len(cell(row[name])) for row in rows)
        whole = min(longest, _KEY_WIDTH) if name in _KEYS else None
        table.add_column(Text(name.replace("_", " ")), overflow="fold", min_width=whole)
    for row in rows:
        table.add_row(*(_styled(row[name]) for name in names))
    return rendered(table, out).strip("\n") + "\n"


def rendered(what: Any, out: OutputWrapper) -> str:
    """What rich makes of it for this stream."""
    on_terminal = out.isatty()
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        force_terminal=on_terminal,
        no_color="NO_COLOR" in os.environ,
        width=None if on_terminal else int_or(os.environ.get("COLUMNS", ""), _PIPE_WIDTH),
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(what)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def int_or(text: str, default: int) -> int:
    """A whole number from 20 upwards, else the default."""
    return int(text) if text.isascii() and text.isdigit() and 20 <= int(text) < 10_000 else default


def cell(value: Any) -> str:
    """A value as one cell: empty for None, comma separated for lists."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(cell(item) for item in value)
    return str(value)


def _styled(value: Any) -> Text:
    text = plain(cell(value).replace("\n", " "))
    return Text(text, style=_STYLES.get(text, ""))


def gigabytes(size_bytes: int | None) -> str:
    """``3.84 TB``, ``480 GB``: decimal units, as disks are sold."""
    if not size_bytes:
        return ""
    if size_bytes >= 10**12:
        return f"{size_bytes / 10**12:.4g} TB"
    return f"{size_bytes / 10**9:.4g} GB"


def gibibytes(size_bytes: int | None) -> str:
    """``256 GiB``: binary units, as memory is sold."""
    return f"{size_bytes / 2**30:.4g} GiB" if size_bytes else ""
