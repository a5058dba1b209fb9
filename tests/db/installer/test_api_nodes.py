"""Verbs on nodes and disks."""

from __future__ import annotations

import json

import pytest

from jobs.models import Job, JobSecret
from nodes.models import DiskCorrection, Node
from tests.factories import make_node

pytestmark = pytest.mark.django_db


def codes(answer) -> set[str]:
    assert answer["Content-Type"] == "application/problem+json"
    return {finding["code"] for finding in answer.json()["findings"]}


def fields(answer) -> set[str]:
    return {finding["field"] for finding in answer.json()["findings"]}


def test_add(operator):
    answer = operator.post(
        "/api/v1/nodes/", {"addresses": ["127.1.0.1-127.1.0.3", "127.1.0.9"], "port": 2222}
    )
    assert answer.status_code == 201, answer.content
    assert [node["mgmt_address"] for node in answer.json()] == [f"127.1.0.{last}" for last in (1, 2, 3, 9)]
    again = operator.post("/api/v1/nodes/", {"addresses": ["127.1.0.1", "127.1.0.2", "127.1.0.20"]})
    assert again.status_code == 400 and codes(again) == {"N05"} and len(again.json()["findings"]) == 2
    assert Node.objects.count() == 4


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "addresses"),
        ({"addresses": []}, "addresses"),
        ({"addresses": ["127.1.0.1"], "port": 70000}, "port"),
        ({"addresses": ["127.1.0.1"], "usr": "root"}, "usr"),
        ({"addresses": "127.1.0.1"}, "addresses"),
        ({"addresses": ["127.1.0.1"], "user": "a\u0000b"}, "user"),
        ({"addresses": ["127.1.0.1"] * 5000}, "addresses"),
        ([], ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_wrong_bodies_name_the_field(operator, body, field):
    answer = operator.post("/api/v1/nodes/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 400 and field in fields(answer)
    assert not Node.objects.exists()


def test_delete(operator):
    node, busy = make_node(1), make_node(2, status="active")
    assert operator.delete(f"/api/v1/nodes/{node.node_id}/").status_code == 204
    assert operator.delete(f"/api/v1/nodes/{node.node_id}/").status_code == 404
    assert operator.delete(f"/api/v1/nodes/{busy.node_id}/").status_code == 400
    assert list(Node.objects.all()) == [busy]


def test_collect_by_address_and_by_id(operator):
    node, other = make_node(1, status="new"), make_node(2, status="new")
    answer = operator.post(
        "/api/v1/nodes/collect/",
        {"addresses": [node.mgmt_address], "node_ids": [other.node_id, node.node_id]},
    )
    assert answer.status_code == 202, answer.content
    job = Job.objects.get(job_id=answer.json()["job_id"])
    assert answer["Location"] == f"/api/v1/jobs/{job.job_id}/"
    assert {row["node_id"] for row in answer.json()["nodes"]} == {node.node_id, other.node_id}
    busy = operator.post("/api/v1/nodes/collect/", {"node_ids": [node.node_id]})
    assert busy.status_code == 409 and busy.json()["job_id"] == job.job_id


def test_collect_refuses(operator):
    make_node(1, status="active")
    path = "/api/v1/nodes/collect/"
    assert operator.post(path, {"addresses": ["172.16.80.1"]}).status_code == 400
    assert operator.post(path, {"addresses": ["172.16.80.1"], "force": True}).status_code == 202
    unknown = operator.post(path, {"node_ids": ["n-nothere1", "n-nothere2"]})
    assert unknown.status_code == 404 and len(unknown.json()["findings"]) == 2
    assert operator.post(path, {"addresses": ["1.2"]}).status_code == 400
    assert fields(operator.post(path, {})) == {"addresses"}


def test_the_password_is_nowhere_to_be_seen(operator, caplog):
    node = make_node(1, status="new")
    caplog.set_level("DEBUG")
    answer = operator.post(
        "/api/v1/nodes/establish-ssh/",
        {"node_ids": [node.node_id], "port": 2222, "user": "admin", "password": "  s3cret-word "},
    )
    assert answer.status_code == 202, answer.content
    job = Job.objects.get()
    assert job.params["port"] == 2222 and job.params["user"] == "admin"
    seen = answer.content.decode() + json.dumps(job.params) + JobSecret.objects.get().sealed + caplog.text
    assert "s3cret" not in seen
    from common.secrets import unseal

    assert unseal(JobSecret.objects.get().sealed)["password"].reveal() == "  s3cret-word "


def test_a_refused_password_is_not_repeated(operator):
    make_node(1)
    body = {"addresses": ["172.16.80.1"], "password": "s3cret" * 300}
    answer = operator.post("/api/v1/nodes/establish-ssh/", body)
    assert answer.status_code == 400 and b"s3cret" not in answer.content


def test_establish_without_a_password(operator):
    make_node(1)
    body = {"addresses": ["172.16.80.1"], "accept_new": False, "replace_host_keys": ["172.16.80.1"]}
    assert operator.post("/api/v1/nodes/establish-ssh/", body).status_code == 202
    assert Job.objects.get().params["replace_host_keys"] == ["172.16.80.1"] and not JobSecret.objects.exists()
    stray = {**body, "replace_host_keys": ["172.16.80.7"]}
    assert operator.post("/api/v1/nodes/establish-ssh/", stray).status_code == 400


def test_disks_are_corrected_and_set_free(operator):
    nodes = [make_node(1), make_node(2)]
    where = {"node_ids": [node.node_id for node in nodes], "disk": "sdb"}
    answer = operator.post("/api/v1/disks/modify/", {**where, "type": "sata", "status": 0, "reason": "cache"})
    assert answer.status_code == 200, answer.content
    assert [disk["type"] for disk in answer.json()] == ["sata", "sata"]
    assert answer.json()[0]["fields"]["status"]["override"] == 0
    assert answer.json()[0]["fields"]["type"]["by"] == "operator-person"
    cleared = operator.post("/api/v1/disks/modify/", {**where, "clear": ["type", "status"]})
    assert cleared.json()[0]["type"] == "ssd" and not DiskCorrection.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"disk": "sdb"},
        {"disk": "sdq", "status": 0},
        {"disk": "sdb", "type": "tape"},
        {"disk": "sdb", "size_bytes": 0},
        {"disk": "sdb", "size_bytes": 10**30},
        {"disk": "sdb", "clear": ["name"]},
        {"disk": "sdb", "type": "ssd", "clear": ["type"]},
        {"disk": "sdb", "status": 0, "reason": "x" * 501},
    ],
)
def test_disks_are_not_corrected_by_nonsense(operator, body):
    make_node(1)
    answer = operator.post("/api/v1/disks/modify/", {"addresses": ["172.16.80.1"], **body})
    assert answer.status_code == 400 and codes(answer) and not DiskCorrection.objects.exists()


def test_a_correction_over_rest_says_which_disk_was_seen(operator):
    make_node(1)
    url, where = "/api/v1/disks/modify/", {"addresses": ["172.16.80.1"], "disk": "sdb", "type": "sata"}
    found = operator.get("/api/v1/disks/?name=sdb&mgmt_address=172.16.80.1").json()["results"][0]
    seen = {"172.16.80.1": found["known_by"]}
    would = operator.post(url, {**where, "seen": seen, "dry_run": True})
    assert would.json()[0]["type"] == "sata" and not DiskCorrection.objects.exists()
    for wrong, code in (({"172.16.80.1": "wwn:0x1 5"}, "N18"), ({"172.16.80.9": "x"}, "N17")):
        answer = operator.post(url, {**where, "seen": wrong})
        assert answer.status_code == 400 and answer.json()["findings"][0]["code"] == code
    assert not DiskCorrection.objects.exists()
    assert operator.post(url, {**where, "seen": seen}).status_code == 200
    assert DiskCorrection.objects.count() == 1
