"""Kept output of nodes: re-read by command, downloaded by command and REST."""

from __future__ import annotations

import pytest

from nodes.models import Collection, Disk, Node
from tests.db.nodes.test_reparse import ADDRESS, RAW, node

__all__ = ["node"]
pytestmark = pytest.mark.django_db


def test_commands(run, node, tmp_path):
    number = Collection.objects.get().pk
    Disk.objects.filter(name="sdb").update(observed_type="sas")
    shown = run("reparse_nodes", "-i", ADDRESS, "--dry-run", "--format", "csv")
    assert shown.code == 0 and "disk B1" in shown.out and "1 of them changed" in shown.err
    assert run("reparse_nodes", "-i", ADDRESS).json[0]["collection"] == number
    listed = run("get_collection", "-i", ADDRESS).json
    assert [row["source"] for row in listed] == ["reparse", "ssh"]
    target = tmp_path / "said"
    assert run("get_collection", "-i", ADDRESS, "--number", str(number), "-o", str(target)).code == 0
    assert target.read_bytes() == RAW
    assert run("get_collection", "-i", ADDRESS, "--number", "999999999", "-o", str(target)).code == 2
    several = run("get_collection", "-i", f"{ADDRESS}-172.16.80.200", "-o", str(target))
    assert several.code == 2 and "specify one" in several.err
    Node.objects.create(mgmt_address="172.16.80.12")
    assert run("reparse_nodes", "-i", ADDRESS, "172.16.80.12").code == 1


def test_rest(viewer, node):
    rows = viewer.get(f"/api/v1/nodes/{node.node_id}/collections/").json()
    assert [row["source"] for row in rows] == ["ssh"]
    answer = viewer.get(f"/api/v1/nodes/{node.node_id}/collections/{rows[0]['number']}/raw/")
    assert answer.content == RAW and answer["Content-Disposition"].startswith("attachment")
    assert viewer.get(f"/api/v1/nodes/{node.node_id}/collections/99999/raw/").status_code == 404
