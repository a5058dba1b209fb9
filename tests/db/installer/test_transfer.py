"""export_nodes and import_nodes: commands and REST."""

from __future__ import annotations

import json
import os

import pytest

from nodes.models import Node
from tests.factories import make_node

pytestmark = pytest.mark.django_db


@pytest.fixture
def nodes():
    return [make_node(number) for number in (1, 2)]


def test_what_is_no_file_is_written_to_and_stays(run, nodes, tmp_path):
    pipe, link, target = (tmp_path / name for name in ("pipe", "link", "target"))
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("export_nodes", "-o", str(pipe)).code == 0
        assert json.loads(os.read(reader, 1_000_000))["total_count"] == 2
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    link.symlink_to(target)
    assert run("export_nodes", "-o", str(link)).code == 0
    assert link.is_symlink() and json.loads(target.read_text())["total_count"] == 2


@pytest.mark.parametrize("place", [".", "folder", "gone/nodes.json", "file/nodes.json"])
def test_a_place_that_cannot_be_written_to_is_named_as_typed(run, nodes, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    refused = run("export_nodes", "-o", place)
    assert refused.code == 1 and refused.err.startswith(f"{place}: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_out_to_a_file_and_in_again(run, nodes, tmp_path):
    target = tmp_path / "nodes.json"
    assert run("export_nodes", "-o", str(target)).code == 0
    assert json.loads(target.read_text())["total_count"] == 2
    assert not list(tmp_path.glob(".*"))
    Node.objects.filter(pk=nodes[0].pk).delete()
    preview = run("import_nodes", str(target), "--dry-run", "--format", "table")
    assert preview.code == 0 and "would be new: 1, would be changed: 0, the same: 1" in preview.err
    assert Node.objects.count() == 1
    result = run("import_nodes", str(target))
    assert [item["what"] for item in result.json] == ["new", "same"]
    assert Node.objects.count() == 2


def test_selected_nodes_as_csv(run, nodes):
    result = run("export_nodes", "--format", "csv", "-i", nodes[0].mgmt_address)
    assert result.code == 0 and result.out.startswith("record,mgmt_address,")
    assert {line.split(",")[1] for line in result.out.splitlines()[1:]} == {nodes[0].mgmt_address}
    assert run("export_nodes", "-s", "retired").json == {"node_set": [], "total_count": 0}


def test_what_is_wrong_is_told_with_line_and_exit_code(run, tmp_path):
    path = tmp_path / "nodes.csv"
    path.write_text("mgmt_address,ssh_port\n10.0.0.1,22\n10.0.0.2,x\n10.0.0.300,1\n")
    result = run("import_nodes", str(path))
    assert result.code == 2 and f"{path}:3" in result.err and f"{path}:4" in result.err
    assert not Node.objects.exists()
    assert run("import_nodes", str(tmp_path / "no-such-file")).code == 2


def test_rest(operator, viewer, nodes):
    answer = viewer.get("/api/v1/nodes/export/?as=csv&status=available")
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Disposition"] == 'attachment; filename="nodes.csv"'
    assert text.count("\nnode,") == 2
    assert viewer.get("/api/v1/nodes/export/?as=xml").status_code == 400
    assert viewer.get("/api/v1/nodes/export/?colour=red").status_code == 400
    body = {"name": "nodes.csv", "text": text.replace("pek3cr01n01", "pek3cr09n09"), "dry_run": True}
    assert viewer.post("/api/v1/nodes/import/", body).status_code == 403
    told = operator.post("/api/v1/nodes/import/", body).json()
    assert [item["what"] for item in told] == ["changed", "same"]
    assert told[0]["changes"] == [{"what": "hostname", "before": "pek3cr01n01", "after": "pek3cr09n09"}]
    assert operator.post("/api/v1/nodes/import/", {**body, "dry_run": False}).status_code == 200
    assert Node.objects.get(pk=nodes[0].pk).hostname == "pek3cr09n09"
    wrong = operator.post("/api/v1/nodes/import/", {"text": "[]"})
    assert wrong.status_code == 400 and wrong.json()["findings"][0]["code"] == "N50"
