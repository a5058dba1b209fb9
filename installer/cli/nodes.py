"""What the commands on nodes share."""

from __future__ import annotations

from typing import Any

from django.core.management.base import OutputWrapper
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.text import plain
from installer.cli.base import VerbCommand
from installer.cli.output import chosen
from installer.cli.rows import disk_facts, node_csv_row, node_facts, node_row, port_facts
from nodes.describe import nodes_json
from nodes.models import Node
from nodes.services.export_nodes import export_nodes

_NOTE_WIDTH = 24
# JSON of more nodes has one on each line.
_INDENTED = 20


def print_nodes(
    command: VerbCommand, options: dict[str, Any], nodes: QuerySet[Node], *, whole: bool = False
) -> None:
    """Print nodes in the shape of ``describe_nodes``; ``whole``: as a table, a separate page for each node."""
    how = chosen(command.stdout, options["format"])
    if how == "json" and nodes.count() > _INDENTED:
        # The same document, in half of the time, and without all of it in memory.
        for piece in export_nodes(nodes=nodes):
            command.stdout.write(piece, ending="")
        return
    found = nodes_json(nodes)
    if whole and found and how == "table":
        command.stdout.write("\n".join(_page(node, command.stdout) for node in found), ending="")
        return
    row = node_csv_row if how == "csv" else node_row
    rows = [row(node) for node in found]
    below = _long_notes(rows) if how == "table" else []
    command.emit(options, {"node_set": found, "total_count": len(found)}, rows)
    for line in below:
        command.stdout.write(line)


def _page(node: dict[str, Any], out: OutputWrapper) -> str:
    """Render all facts of a node that are compared with the machine itself: serials, disks, ports."""
    from installer.cli.tables import blocks_text, table_text

    disks = [*([node["os_disk"]] if node["os_disk"] else []), *node["data_disks"]]
    parts = [blocks_text([node_facts(node)], out)]
    if disks:
        drives = {disk["name"]: disk["drive"] for disk in disks}
        parts.append(
            table_text([disk_facts(disk, drives, is_os=disk is node["os_disk"]) for disk in disks], out)
        )
    if node["networks"]:
        parts.append(table_text([port_facts(nic, node) for nic in node["networks"]], out))
    return "\n".join(parts)


def _long_notes(rows: list[dict[str, Any]]) -> list[str]:
    """Move sentences out of the table, where they would leave no column wide enough to read."""
    below = []
    for row in rows:
        if len(row["notes"]) > _NOTE_WIDTH:
            below.append(plain(f"{row['mgmt_address']}: {row['notes']}".replace("\n", " ")))
            row["notes"] = _("see below")
    return below
