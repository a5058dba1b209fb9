"""Remedies about files of nodes are followed as printed: the file is corrected, and then imported."""

from __future__ import annotations

import copy
import csv
import io
import json
from typing import Any

import pytest

from nodes.transfer.columns import HEADER
from tests.lab.installer.remedies.stage import A21, A22, Stage

pytestmark = pytest.mark.django_db
GONE = object()


@pytest.fixture
def exported(stage: Stage) -> dict[str, Any]:
    """Export .21, whose disk sdb is corrected, and .22, then delete both; return the document."""
    stage.region.nodes(21, 22)
    stage.does(
        "modify_node_attributes", "-i", A21, "-d", "sdb", "-t", "nvme", "-S", "3000", "--reason", "label"
    )
    file = stage.folder / "nodes.json"
    stage.does("export_nodes", "-i", A21, A22, "-o", str(file))
    stage.does("export_nodes", "-i", A21, A22, "--format", "csv", "-o", str(stage.folder / "nodes.csv"))
    stage.does("delete_nodes", "-i", A21, "--confirm", "pek3cr01n21")
    stage.does("delete_nodes", "-i", A22)
    return dict(json.loads(file.read_text()))


def written(stage: Stage, document: Any) -> tuple[str, str]:
    text = document if isinstance(document, str | bytes) else json.dumps(document)
    return "import_nodes", stage.file("given", text)


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the document with another value at this path of its first node, or without it."""
    found = copy.deepcopy(document)
    *steps, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place = found["node_set"][0]
    for step in steps:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return found


ROUNDED = "write all its digits; in a spreadsheet, format the column as text first, because spreadsheets round long numbers"
AS_PRINTED = "write it in the form that describe_nodes prints"
TYPE, SIZE = "data_disks.0.fields.type", "data_disks.0.fields.size_bytes"


@pytest.mark.remedy("N50")
@pytest.mark.parametrize(
    ("path", "wrong", "remedy", "right"),
    [
        ("mgmt_address", "172.16.80", "correct it", A21),
        ("mgmt_address", GONE, "every node needs its management address", A21),
        ("ssh_user", "a b", "use the name of the account on the node", "yop"),
        ("ssh_port", 0, "correct it", 22),
        ("host_key", "ssh-ed25519 AAAA", "or omit it", GONE),
        ("hostname", 7, "write it in quotes", "7"),
        ("hostname", "x" * 254, "shorten it or remove them", "x" * 253),
        ("product.serial", 1.2e15, ROUNDED, "1200000000000000"),
        ("memory_bytes", 5.5, ROUNDED, 5_500_000_000),
        ("memory_bytes", "much", "correct it", 2**39),
        ("product", "R740", AS_PRINTED, {"vendor": "Contoso", "name": "R740", "serial": "1"}),
        ("networks.1", "eth1", AS_PRINTED, {"name": "eth1", "type": "physical"}),
        ("networks", {}, "correct it", []),
        ("networks.1.name", "bond0", "remove one of them", "eth1"),
        ("networks.1.name", "", "every interface needs a name, such as eth0", "eth0"),
        ("networks.1.type", "wifi", "use physical, bond, vlan, bridge", "physical"),
        ("networks.1.link", "up", "write true or false", True),
        ("networks.1.address", "10.0.0", "correct it", "10.0.0.1"),
        ("collected_at", "yesterday", "write it like 2026-03-04T05:06:07Z", "2026-03-04T05:06:07Z"),
        ("collected_at", "1970-01-01T00:00:00Z", "correct the year", "2026-01-01T00:00:00Z"),
        ("warnings", ["a\nb"], "correct it", ["a b"]),
        ("data_disks.0.name", "", "every disk needs a name, such as sdb", "sdb"),
        ("data_disks.1.name", "sdb", "remove one of them", "sdc"),
        ("data_disks.1.size_bytes", GONE, "every disk needs its size in bytes", 3200 * 10**9),
        (f"{SIZE}.override", GONE, "a correction needs both the observed value and the override", 5),
        (f"{TYPE}.override", "tape", "use ssd, sata, sas, nvme", "sas"),
        ("data_disks.0.fields.serial", {"override": "x"}, "omit it", GONE),
    ],
)  # fmt: skip
def test_a_value_that_is_wrong(
    stage: Stage, exported: dict[str, Any], path: str, wrong: Any, remedy: str, right: Any
) -> None:
    command = written(stage, changed(exported, path, wrong))
    assert stage.refused("N50", *command).endswith(remedy)
    stage.does(*written(stage, changed(changed(exported, path, wrong or right), path, right)))
    assert stage.does("describe_nodes", "-i", A21, A22).json["total_count"] == 2


@pytest.mark.remedy("N50")
@pytest.mark.parametrize(
    ("breaking", "remedy"),
    [
        (lambda text: text[: len(text) // 2], "export it again"),
        (lambda text: "[" * 100_000, "export it again"),
        (lambda text: json.dumps({"nodes": []}), "use a file written by export_nodes, or describe_nodes --format json"),
        (lambda text: '{"node_set": []}', "check that it is the right file"),
        (lambda text: "", "the first line contains the column names; export_nodes --format csv shows them"),
        (lambda text: text.encode() + b"\xff", "save it as UTF-8 (in Excel: 'CSV UTF-8')"),
    ],
)  # fmt: skip
def test_a_file_that_is_none(stage: Stage, exported: dict[str, Any], breaking: Any, remedy: str) -> None:
    assert stage.refused("N50", *written(stage, breaking(json.dumps(exported)))) == remedy
    for name in ("nodes.json", "nodes.csv"):
        stage.does("import_nodes", str(stage.folder / name), "--dry-run")
    assert stage.does("import_nodes", str(stage.folder / "nodes.json")).err.startswith("new: 2,")


@pytest.mark.remedy("N50")
def test_what_describe_nodes_prints_is_taken_too(stage: Stage) -> None:
    remedy = stage.refused("N50", *written(stage, '{"nodes": []}'))
    stage.region.nodes(21)
    text = stage.follow(remedy, "describe_nodes", "-i", A21).out
    stage.does("delete_nodes", "-i", A21)
    stage.does(*written(stage, text))


@pytest.mark.remedy("N50")
def test_two_values_under_one_name(stage: Stage, exported: dict[str, Any]) -> None:
    text = json.dumps(exported)
    twice = text.replace('"hostname": "pek3cr01n21"', '"hostname": "a", "hostname": "pek3cr01n21"')
    assert twice != text and stage.refused("N50", *written(stage, twice)) == "remove one of them"
    stage.does(*written(stage, text))


@pytest.mark.remedy("N50")
def test_a_node_that_is_there_twice(stage: Stage, exported: dict[str, Any]) -> None:
    twice = {"node_set": [*exported["node_set"], exported["node_set"][0]]}
    assert stage.refused("N50", *written(stage, twice)) == "remove one of them"
    stage.does(*written(stage, {"node_set": twice["node_set"][:-1]}))


@pytest.mark.remedy("N50")
def test_more_nodes_than_are_taken_at_once(stage: Stage) -> None:
    nodes = [{"mgmt_address": f"10.2.{number // 250}.{number % 250}"} for number in range(4097)]
    assert stage.refused("N50", *written(stage, {"node_set": nodes})) == "import it in parts"
    for part in (nodes[:2000], nodes[2000:]):
        stage.does(*written(stage, {"node_set": part}))


def table(stage: Stage) -> list[list[str]]:
    with (stage.folder / "nodes.csv").open(newline="") as file:
        return list(csv.reader(file))


def as_csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def cell(rows: list[list[str]], row: int, column: str, text: str) -> list[list[str]]:
    found = copy.deepcopy(rows)
    found[row][found[0].index(column)] = text
    return found


@pytest.mark.remedy("N50")
@pytest.mark.parametrize(
    ("column", "wrong", "remedy", "right"),
    [
        ("record", "machine", "use node, os_disk, disk, absent_disk, interface", "node"),
        ("product_serial", "1.2E+15", ROUNDED, "1200000000000000"),
        ("memory_bytes", "5.5E+11", ROUNDED, "550000000000"),
        ("mgmt_address", "", "every node needs its management address", A21),
    ],
)
def test_a_cell_that_is_wrong(
    stage: Stage, exported: dict[str, Any], column: str, wrong: str, remedy: str, right: str
) -> None:
    rows = [row for row in table(stage) if row[0] in ("record", "node")]
    assert remedy in stage.refused("N50", *written(stage, as_csv(cell(rows, 1, column, wrong))))
    stage.does(*written(stage, as_csv(cell(rows, 1, column, right))))
    assert stage.does("describe_nodes", "-i", A21, A22).json["total_count"] == 2


@pytest.mark.remedy("N50")
def test_columns_that_are_not_known(stage: Stage, exported: dict[str, Any]) -> None:
    rows = table(stage)
    renamed = [["rack" if name == "hostname" else name for name in rows[0]], *rows[1:]]
    remedy = stage.refused("N50", *written(stage, as_csv(renamed)))
    assert "hostname" in remedy.removeprefix("known columns: ").split(", ") == list(HEADER)
    stage.does(*written(stage, as_csv(rows)))


@pytest.mark.remedy("N50")
def test_a_line_with_a_cell_too_many(stage: Stage, exported: dict[str, Any]) -> None:
    rows = table(stage)
    text = as_csv(rows).splitlines()
    wrong = [text[0], text[1] + ",", *text[2:]]
    assert stage.refused("N50", *written(stage, "\n".join(wrong))) == "check its separators"
    assert text[1].count(",") == text[0].count(",")
    stage.does(*written(stage, "\n".join(text)))


@pytest.mark.remedy("N50")
def test_a_node_that_has_two_lines(stage: Stage, exported: dict[str, Any]) -> None:
    rows = table(stage)
    assert stage.refused("N50", *written(stage, as_csv([*rows, rows[1]]))) == "remove one of the lines"
    stage.does(*written(stage, as_csv(rows)))


@pytest.mark.remedy("N50")
def test_a_disk_before_its_node(stage: Stage, exported: dict[str, Any]) -> None:
    rows = table(stage)
    sorted_by_record = [rows[0], *sorted(rows[1:])]
    assert stage.refused("N50", *written(stage, as_csv(sorted_by_record))) == "put the node first"
    nodes = [row for row in rows if row[0] == "node"]
    others = [row for row in rows if row[0] not in ("record", "node")]
    stage.does(*written(stage, as_csv([rows[0], *nodes, *others])))


@pytest.mark.remedy("N50")
def test_a_table_that_is_damaged(stage: Stage, exported: dict[str, Any]) -> None:
    text = (stage.folder / "nodes.csv").read_text()
    assert stage.refused("N50", *written(stage, text + '"')) == "export it again, as UTF-8"
    stage.does("import_nodes", str(stage.folder / "nodes.csv"))


@pytest.mark.remedy("N50")
def test_a_character_that_nobody_sees(stage: Stage, exported: dict[str, Any]) -> None:
    for path in ("mgmt_address", "hostname"):
        value = exported["node_set"][0][path]
        remedy = stage.refused("N50", *written(stage, changed(exported, path, value + "\u200b")))
        assert remedy == "remove it"
    stage.does(*written(stage, exported))
