"""What the commands on nodes share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from installer.cli.base import VerbCommand
from installer.cli.output import chosen
from installer.cli.rows import node_csv_row, node_row
from nodes.describe import nodes_json
from nodes.models import Node


def print_nodes(command: VerbCommand, options: dict[str, Any], nodes: Iterable[Node]) -> None:
    """The shape of ``describe_nodes``."""
    found = nodes_json(nodes)
    row = node_csv_row if chosen(command.stdout, options["format"]) == "csv" else node_row
    data = {"node_set": found, "total_count": len(found)}
    command.emit(options, data, [row(node) for node in found])
