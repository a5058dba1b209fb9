"""Formats of standard output: a table for people, JSON, YAML and CSV for programs.

What draws a table or writes YAML is imported by the first one: most commands start without it.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.core.management.base import OutputWrapper

from common.text import spreadsheet_safe
from installer.cli.cells import cell

FORMATS = ("table", "json", "yaml", "csv")


def chosen(out: OutputWrapper, wanted: str | None) -> str:
    """Return the format asked for, else table on a terminal and json in a pipe."""
    return wanted or ("table" if out.isatty() else "json")


def for_people(wanted: str | None) -> bool:
    """Decide whether a readable text, such as a diff, is printed as it is: always, unless requested otherwise.

    ``show_plan --diff | less`` is read by the same person as without ``less``.
    """
    return wanted in (None, "table")


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
        from installer.cli.tables import table_text

        out.write(table_text(rows, out), ending="")


def yaml_text(data: Any) -> str:
    """Render YAML without breaking long lines."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes a message as the text that it is."""

    Dumper.add_multi_representer(str, lambda dumper, value: dumper.represent_str(str(value)))
    text: str = yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=10**9)
    return text


def csv_text(rows: list[dict[str, Any]], *, header: bool = True) -> str:
    """Render comma separated values with a header line; RFC 4180 quoting, lines end with a line feed."""
    buffer = io.StringIO()
    if rows:
        writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\n")
        if header:
            writer.writeheader()
        writer.writerows([{key: _csv_cell(value) for key, value in row.items()} for row in rows])
    return buffer.getvalue()


def _csv_cell(value: Any) -> str:
    # A negative number is not a formula; any text from a node may be one.
    return cell(value) if isinstance(value, int | float) else spreadsheet_safe(cell(value))
