"""Nodes as CSV (RFC 4180): a line for each node, each disk and each interface, distinguished by ``record``."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.errors import Finding, Refused
from common.messages import Message, message
from common.pasted import pasted
from nodes.transfer.columns import HEADER, RECORDS, WRITERS, Column, from_cell
from nodes.transfer.field_reader import MAX_FINDINGS

# Where the records of a node that may have several are listed in the NODE shape.
_LISTS = {"disk": "data_disks", "absent_disk": "absent_disks", "interface": "networks"}
# As large as a file may be: a list with many entries is one cell.
MAX_CELL = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Form:
    """The line of a record: its values in the order of the columns, and the commas around them."""

    # The path to each value, and what makes a cell of it.
    cells: tuple[tuple[tuple[str, ...], Callable[[Any], str]], ...]
    # The same where all values are at the top of the object.
    flat: tuple[tuple[str, Callable[[Any], str]], ...]
    text: str

    @classmethod
    def of(cls, columns: Iterable[Column]) -> _Form:
        placed = sorted(
            ((HEADER.index(column.name), column.path, WRITERS[column.kind]) for column in columns),
            key=lambda cell: cell[0],
        )
        places = {place for place, _, _ in placed}
        # The first two columns are the record and the address.
        marks = ["%s" if place in places or place < 2 else "" for place in range(len(HEADER))]
        flat = [(path[0], write) for _, path, write in placed if len(path) == 1]
        return cls(
            tuple((path, write) for _, path, write in placed),
            tuple(flat) if len(flat) == len(placed) else (),
            ",".join(marks) + "\n",
        )

    def line(self, record: str, address: str, item: Mapping[str, Any]) -> str:
        """Return the line of one object."""
        if self.flat:
            cells = ["" if (value := item.get(key)) is None else write(value) for key, write in self.flat]
        else:
            cells = ["" if (value := _at(item, path)) is None else write(value) for path, write in self.cells]
        return self.text % (record, address, *cells)


_FORMS = {record: _Form.of(columns) for record, columns in RECORDS.items()}
# Nearly no disk has corrections, which are most of its cells.
_CORRECTIONS = "fields"
_SHORT_FORMS = {
    record: _Form.of(column for column in columns if column.path[0] != _CORRECTIONS)
    for record, columns in RECORDS.items()
}


def write_table(batches: Iterable[Iterable[Mapping[str, Any]]]) -> Iterator[str]:
    """Yield the CSV, header first, of nodes in the NODE shape: a piece for each batch."""
    yield ",".join(HEADER) + "\n"
    for batch in batches:
        yield "".join(
            [_line(record, node["mgmt_address"], item) for node in batch for record, item in _items(node)]
        )


def _line(record: str, address: str, item: Mapping[str, Any]) -> str:
    forms = _FORMS if item.get(_CORRECTIONS) else _SHORT_FORMS
    return forms[record].line(record, address, item)


def _items(node: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "node", node
    if node["os_disk"]:
        yield "os_disk", node["os_disk"]
    for disk in node["data_disks"]:
        yield "disk", disk
    for disk in node["absent_disks"]:
        yield "absent_disk", disk
    for nic in node["networks"]:
        yield "interface", nic


def _at(item: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = item
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def rows_to_nodes(text: str, file: str) -> list[tuple[dict[str, Any], str, int]]:
    """Return ``(NODE, path, line)`` of each node. Raises :class:`Refused` for a file that is not such a table."""
    csv.field_size_limit(MAX_CELL)
    # Excel writes commas, semicolons where the comma is the decimal sign, and tabs as "Text (Tab delimited)".
    head = text.partition("\n")[0]
    delimiter = next((sign for sign in ";\t" if sign in head and "," not in head), ",")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    findings: list[Finding] = []
    nodes: dict[str, tuple[dict[str, Any], str, int]] = {}
    try:
        _check_header(reader.fieldnames or [], file)
        for row in reader:
            line = reader.line_num
            problem = _take(row, nodes, line)
            if problem and len(findings) < MAX_FINDINGS:
                findings.append(Finding(problem, file=file, line=line))
    except csv.Error as error:
        raise Refused.because(
            message("N50", "no_csv", reason=error), file=file, line=reader.line_num
        ) from None
    if findings:
        raise Refused(findings)
    return list(nodes.values())


def _check_header(names: Sequence[str], file: str) -> None:
    found = [name.strip() for name in names]
    unknown = [name for name in found if name not in HEADER]
    odd = list(pasted(",".join(names), file=file, line=1)) if unknown else []
    if odd:
        raise Refused(odd)
    if "mgmt_address" not in found:
        raise Refused.because(message("N50", "no_address_column"), file=file, line=1)
    if unknown or len(set(found)) != len(found):
        twice = [name for name in dict.fromkeys(found) if found.count(name) > 1]
        wrong = [name[:40] for name in (unknown or twice)[:10]]
        raise Refused.because(message("N50", "wrong_columns", columns=wrong, known=HEADER), file=file, line=1)


def _take(
    row: dict[str, Any], nodes: dict[str, tuple[dict[str, Any], str, int]], line: int
) -> Message | None:
    """Put one row into its node; return what is wrong when it does not fit."""
    cells = {str(key).strip(): value for key, value in row.items() if key is not None}
    if not any(value and value.strip() for value in cells.values() if value is not None):
        return None
    if None in row or None in cells.values():
        return message("N50", "wrong_cells")
    record, address = cells.get("record", "").strip() or "node", cells["mgmt_address"].strip()
    if record not in RECORDS:
        return message("N50", "unknown_record", record=record[:40], records=RECORDS)
    item = _item(cells, RECORDS[record])
    if record == "node":
        if address in nodes:
            return message("N50", "line_twice", address=address[:64])
        nodes[address] = ({"mgmt_address": address, **item}, "", line)
        return None
    if address not in nodes:
        return message("N50", "node_later", record=record, address=address[:64])
    node = nodes[address][0]
    if record == "os_disk":
        node["os_disk"] = item
    else:
        node.setdefault(_LISTS[record], []).append(item)
    return None


def _item(cells: Mapping[str, str], columns: Iterable[Column]) -> dict[str, Any]:
    item: dict[str, Any] = {}
    for column in columns:
        value = from_cell(cells.get(column.name, ""), column.kind)
        if value is None:
            continue
        place = item
        for key in column.path[:-1]:
            place = place.setdefault(key, {})
        place[column.path[-1]] = value
    for field, correction in list(item.get("fields", {}).items()):
        # The cell of the field itself counts: the person's value where one was given.
        if "observed" in correction:
            correction["override"] = item.get(field)
        else:
            del item["fields"][field]
    return item
