"""From files to a scaling job over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from jobs.models import Job
from tests.seen import seen
from tests.support import database, demo
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def adopted(operator, data_dir):
    return database.build_once("adopted over REST", lambda: _adopt(operator))


@pytest.fixture
def plan_id(operator, data_dir):
    return database.build_once("configured over REST", lambda: _configure(operator))


def _adopt(operator: APIClient) -> Any:
    demo.nodes()
    files = demo.texts()
    body = {"variables": files["variables"], "settings": files["settings"]}
    answer = operator.post("/api/v1/zones/adopt/", body)
    assert answer.status_code == 201, answer.content
    return files


def _configure(operator: APIClient) -> str:
    answer = operator.post("/api/v1/plans/", {"settings": [_adopt(operator)["scale"]]})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["zones"][0]["plan"]["plan_id"])


def test_adopt_and_configure(viewer, plan_id):
    zone = viewer.get("/api/v1/zones/").json()["results"][0]
    assert (zone["zone_id"], zone["node_count"]) == (demo.ZONE, 3)
    plan = viewer.get(f"/api/v1/plans/{plan_id}/").json()
    assert plan["status"] == "draft" and plan["created_by"] == "operator-person"
    assert any(file["status"] == "added" and file["diff"].startswith("---") for file in plan["files"])
    assert all(
        "diff" not in file for file in viewer.get(f"/api/v1/plans/{plan_id}/?diff=false").json()["files"]
    )
    assert "files" not in viewer.get(f"/api/v1/plans/{plan_id}/?files=false").json()


def test_a_form_does_the_same(operator, adopted):
    file = adopted["scale"]
    upload = SimpleUploadedFile(file["name"], file["text"].encode(), content_type="application/yaml")
    answer = operator.post("/api/v1/plans/", {"settings": [upload], "check": "false"}, format="multipart")
    assert answer.status_code == 201, answer.content
    assert Plan.objects.filter(status="draft").count() == 1


def test_checking_changes_nothing(operator, adopted):
    before = Plan.objects.count()
    answer = operator.post("/api/v1/plans/", {"settings": [adopted["scale"]], "check": True})
    assert answer.status_code == 200 and answer.json()["zones"][0]["plan"] is None
    assert Plan.objects.count() == before


def test_findings_name_file_line_and_remedy(operator, adopted):
    file = {**adopted["scale"], "text": adopted["scale"]["text"].replace("127.1.0.14", "127.1.0.99")}
    answer = operator.post("/api/v1/plans/", {"settings": [file]})
    assert answer.status_code == 400
    finding = answer.json()["findings"][0]
    assert finding["file"] == file["name"] and finding["line"] > 1 and finding["remedy"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"settings": []},
        {"settings": [{"name": "scale_settings.devops1a.yaml"}]},
        {"settings": [{"name": "x.yaml", "text": "zone_id: devops1a"}]},
        {"settings": [{"name": "scale_settings.devops1a.yaml", "text": "a\u0000b"}]},
        {"settings": [{"name": "scale_settings.devops1a.yaml", "text": "&a [*a, *a]"}]},
        {"settings": [{"name": "scale_settings.devops1a.yaml", "text": "[" * 5000}]},
        {"settings": "scale_settings.devops1a.yaml"},
        {"settings": [{"name": "scale_settings.devops1a.yaml", "text": ""}], "dry": True},
    ],
)
def test_nonsense_is_refused(operator, body):
    answer = operator.post("/api/v1/plans/", body)
    assert answer.status_code == 400 and answer.json()["findings"], answer.content


def test_half_characters_are_refused(operator):
    body = b'{"settings": [{"name": "scale_settings.devops1a.yaml", "text": "\\ud800"}]}'
    assert (
        operator.generic("POST", "/api/v1/plans/", body, content_type="application/json").status_code == 400
    )


def test_bytes_that_are_no_text_are_refused(operator, adopted):
    upload = SimpleUploadedFile("scale_settings.devops1a.yaml", b"\xff\xfe\x00zone")
    answer = operator.post("/api/v1/plans/", {"settings": [upload]}, format="multipart")
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"


def test_approve_then_scale(operator, approver, viewer, plan_id):
    scale = f"/api/v1/zones/{demo.ZONE}/scale/"
    nodes = {"addresses": list(demo.NEW)}
    assert operator.post(scale, nodes).status_code == 400, "nobody approved it"
    body = {"comment": "seen", "content_hash": seen(plan_id)}
    answer = approver.post(f"/api/v1/plans/{plan_id}/approve/", body)
    assert answer.status_code == 200 and answer.json()["decided_by"] == "approver-person"
    dry = operator.post(scale, {**nodes, "dry_run": True})
    assert dry.status_code == 200 and {step["node"] for step in dry.json()} >= set(demo.NEW)
    assert not Job.objects.filter(action="scale_qingcloud").exists()
    begun = operator.post(scale, {**nodes, "canary": 1, "batch": 2, "max_failures": 0})
    assert begun.status_code == 202, begun.content
    job_id = begun.json()["job_id"]
    assert begun["Location"] == f"/api/v1/jobs/{job_id}/"
    busy = operator.post(scale, nodes)
    assert busy.status_code == 409 and busy.json()["job_id"] == job_id
    routes = viewer.get(f"/api/v1/zones/{demo.ZONE}/vbc-routes/?job={job_id}")
    assert routes.status_code == 200


def test_reject(approver, plan_id):
    body = {"comment": "wrong rack", "content_hash": seen(plan_id)}
    answer = approver.post(f"/api/v1/plans/{plan_id}/reject/", body)
    assert answer.status_code == 200 and answer.json()["status"] == "rejected"
    again = approver.post(f"/api/v1/plans/{plan_id}/approve/", body)
    assert again.status_code == 409 and again.json()["findings"][0]["remedy"]
    assert approver.post("/api/v1/plans/no-such/approve/", {}).status_code == 404


def test_routes_are_text(viewer, adopted):
    for accept in ("*/*", "text/plain", "application/json", "text/html, */*"):
        answer = viewer.get(f"/api/v1/zones/{demo.ZONE}/vbc-routes/?syntax=iproute2", HTTP_ACCEPT=accept)
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain"), accept
        assert "ip route add 10.10.50.0/24 via 127.1.0.200" in answer.content.decode(), accept


def test_routes_in_other_syntaxes(viewer, adopted):
    path = f"/api/v1/zones/{demo.ZONE}/vbc-routes/"
    answer = viewer.get(f"{path}?syntax=json")
    assert answer["Content-Type"].startswith("application/json") and "10.10.50.0" in str(answer.json())
    assert viewer.get(f"{path}?syntax=cisco").content.startswith(b"ip route 10.10.50.0 ")
    assert viewer.get(f"{path}?syntax=junos").status_code == 400
    missing = viewer.get("/api/v1/zones/nowhere/vbc-routes/", HTTP_ACCEPT="text/plain")
    assert missing.status_code == 404 and missing.json()["findings"]


@pytest.mark.parametrize("key", ["nowhere", "x" * 200])
def test_zones_that_are_not_there(operator, key):
    assert operator.post(f"/api/v1/zones/{key}/scale/", {"addresses": ["127.1.0.1"]}).status_code == 404
    assert not Zone.objects.exists()


def test_nodes_are_left_out_of_a_plan(operator, approver, plan_id):
    plan = Plan.objects.get(plan_id=plan_id)
    [gone, *_] = sorted(plan.roles)
    url = f"/api/v1/plans/{plan_id}/leave-out/"
    looked = {"content_hash": plan.content_hash}
    assert operator.post(url, looked).status_code == 400
    answer = operator.post(url, {**looked, "addresses": ["127.9.9.9"]})
    assert answer.status_code == 404 and answer.json()["findings"][0]["code"] == "N04"
    answer = operator.post(url, {**looked, "addresses": [gone], "reason": "wrong rack"})
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert gone not in body["roles"] and body["again"] == [] and "hosts" in body["changed_files"]
    assert body["content_hash"] != plan.content_hash
