"""Lines of the CSV are made by hand, for speed: a csv reader finds in them what the columns say."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.text import spreadsheet_safe
from nodes.transfer import columns
from nodes.transfer.columns import HEADER, RECORDS, from_cell
from nodes.transfer.table import write_table
from tests.support.examples import examples

HARD = ",\"\n\r\t'=+-@;| \u4e2d\ufeff\u2028\x00\x0b%s0123456789.eExyzABC:/_"
TEXT = st.one_of(
    st.text(st.sampled_from(HARD), max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["", "0x5000c5", "00012345", "12E5", "22.10", "123456789012", "52:54:00:aa:bb:cc", "ABC\n"]
    ),
)
VALUES = {
    "text": TEXT,
    "number": st.one_of(st.integers(-(2**63), 2**63), TEXT),
    "flag": st.booleans(),
    "list": st.lists(TEXT, max_size=3),
}


@st.composite
def objects(draw: Any, record: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in RECORDS[record]:
        if column.path[0] == "fields" and not draw(st.booleans()):
            continue
        place = found
        for key in column.path[:-1]:
            place = place.setdefault(key, {})
        place[column.path[-1]] = draw(st.none() | VALUES[column.kind])
    return found


def cell(value: Any, kind: str) -> str:
    """Return what a reader shall find in the cell."""
    if value is None or (kind == "list" and not value):
        return ""
    if kind == "list":
        return json.dumps(value, ensure_ascii=False)
    if kind == "flag":
        return "true" if value else "false"
    if kind == "number":
        return str(value)
    return f"'{value}" if columns._NO_NUMBER.fullmatch(value) else spreadsheet_safe(value)


@examples(60)
@given(
    node=objects("node"),
    os_disk=st.none() | objects("os_disk"),
    disks=st.lists(objects("disk"), max_size=2),
    absent=st.lists(objects("absent_disk"), max_size=1),
    nics=st.lists(objects("interface"), max_size=2),
)
def test_a_reader_finds_every_value_in_its_column(
    node: dict[str, Any], os_disk: Any, disks: list[Any], absent: list[Any], nics: list[Any]
) -> None:
    whole = {
        **node,
        "mgmt_address": "10.0.0.1",
        "os_disk": os_disk,
        "data_disks": disks,
        "absent_disks": absent,
        "networks": nics,
    }
    text = "".join(write_table([[whole], [], [whole]]))
    records = [("node", node), *([("os_disk", os_disk)] if os_disk else [])]
    records += [("disk", disk) for disk in disks] + [("absent_disk", disk) for disk in absent]
    records += [("interface", nic) for nic in nics]
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert lines[0] == list(HEADER) and len(lines) == 1 + 2 * len(records)
    for (record, item), line in zip(records * 2, lines[1:], strict=True):
        row = dict(zip(HEADER, line, strict=True))
        expected = dict.fromkeys(HEADER, "") | {"record": record, "mgmt_address": "10.0.0.1"}
        for column in RECORDS[record]:
            value: Any = item
            for key in column.path:
                value = value.get(key) if isinstance(value, dict) else None
            expected[column.name] = cell(value, column.kind)
        assert row == expected


@given(text=TEXT)
def test_a_text_comes_back_as_it_was_however_often_it_was_met(text: str) -> None:
    for _ in range(2):
        line = columns.WRITERS["text"](text)
        read = next(csv.reader(io.StringIO(line, newline=""), strict=True), [""])
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        if plain == plain.strip() and not columns._ROUNDED.fullmatch(plain):
            assert from_cell(read[0], "text") == (plain or None)
    assert len(columns._known) <= columns._KNOWN


def test_few_texts_are_remembered(monkeypatch: Any) -> None:
    monkeypatch.setattr(columns, "_KNOWN", 3)
    monkeypatch.setattr(columns, "_known", {})
    assert [columns.WRITERS["text"](f"=S{number}") for number in range(5)] == [
        f"'=S{number}" for number in range(5)
    ]
    assert len(columns._known) == 3
