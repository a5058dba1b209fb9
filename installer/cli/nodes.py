"""What the commands on nodes share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from installer.cli.base import VerbCommand
from installer.cli.output import chosen
from installer.cli.rows import node_csv_row, node_row
from jobs.text import plain
from nodes.describe import nodes_json
from nodes.models import Node

_NOTE_WIDTH = 24


def print_nodes(command: VerbCommand, options: dict[str, Any], nodes: Iterable[Node]) -> None:
    """The shape of ``describe_nodes``."""
    found = nodes_json(nodes)
    how = chosen(command.stdout, options["format"])
    row = node_csv_row if how == "csv" else node_row
    rows = [row(node) for node in found]
    below = _long_notes(rows) if how == "table" else []
    command.emit(options, {"node_set": found, "total_count": len(found)}, rows)
    for line in below:
        command.stdout.write(line)


def _long_notes(rows: list[dict[str, Any]]) -> list[str]:
    """Sentences are taken out of the table, in which they would leave no column wide enough to be read."""
    below = []
    for row in rows:
        if len(row["notes"]) > _NOTE_WIDTH:
            below.append(plain(f"{row['mgmt_address']}: {row['notes']}".replace("\n", " ")))
            row["notes"] = "see below"
    return below
