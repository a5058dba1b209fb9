"""Maintaining a region over REST."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from jobs.models import Job
from nodes.states import NodeStatus
from operations.changes import make_change
from operations.models import Change
from tests.factories import make_job, make_node, make_role, make_zone
from tests.fixtures.region import Region
from tests.support.memcacheds import memcached
from tests.support.newzone import NEW, drafted_zone, planned_zone
from zones.models import Zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone() -> Zone:
    found = make_zone()
    make_role(make_node(1, status=NodeStatus.ACTIVE), found)
    return found


def test_operators_look_and_approvers_run_anything(
    zone: Zone, operator: APIClient, approver: APIClient
) -> None:
    looking = {"group": "hyper", "command": "supervisorctl status"}
    answer = operator.post("/api/v1/zones/pek3c/exec/", looking, format="json")
    assert answer.status_code == 202 and answer.json()["action"] == "exec_nodes"
    folded = operator.get(f"/api/v1/zones/pek3c/answers/?job={answer.json()['job_id']}").json()
    assert folded == {"summary": "no node has answered", "answers": []}
    doing = {"group": "hyper", "command": "touch /tmp/x"}
    assert operator.post("/api/v1/zones/pek3c/exec/", doing, format="json").status_code == 403
    answer = approver.post("/api/v1/zones/pek3c/exec/", doing, format="json")
    assert answer.status_code == 202
    assert Job.objects.get(job_id=answer.json()["job_id"]).exclusive_scope == "region:pek3"


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("build-global-conf", {}),
        ("update-hyper-mirror", {}),
        ("update-nodes", {"group": "all", "packages": ["pitrix-global-conf"]}),
        ("clear-cache", {"servers": "127.0.0.1:1"}),
    ],
)
def test_maintenance_waits_for_what_runs(zone: Zone, operator: APIClient, verb: str, body: object) -> None:
    running = make_job(exclusive_scope="region:pek3")
    refused = operator.post(f"/api/v1/zones/pek3c/{verb}/", body, format="json")
    assert refused.status_code == 409 and refused.json()["job_id"] == running.job_id
    running.delete()
    assert operator.post(f"/api/v1/zones/pek3c/{verb}/", body, format="json").status_code == 202


def test_a_cache_is_looked_at(zone: Zone, operator: APIClient) -> None:
    with memcached() as server:
        body = {"servers": str(server), "dry_run": True}
        answer = operator.post("/api/v1/zones/pek3c/clear-cache/", body, format="json")
    assert answer.json() == [
        {"server": str(server), "keys": 0, "matching": 0, "incomplete": False, "error": "", "names": []}
    ]


def test_listeners_to_paste(zone: Zone, viewer: APIClient) -> None:
    assert viewer.get("/api/v1/zones/pek3c/haproxy/").status_code == 400
    make_zone("pek3a", is_global=True, vms={"webservice": ["10.0.0.1"]})
    answer = viewer.get("/api/v1/zones/pek3c/haproxy/")
    assert answer["Content-Type"].startswith("text/plain")
    assert "server apiserver_0 10.0.0.1:443 check" in answer.content.decode()


def test_changes_are_approved_by_approvers_of_their_zone(
    zone: Zone, actor: object, operator: APIClient, approver: APIClient
) -> None:
    file = {"node_id": "", "address": "10.0.0.9", "path": "/x", "base": "a\n", "content": "b\n"}
    change = make_change(zone, Change.Kind.HAPROXY, [file], actor)  # type: ignore[arg-type]
    [listed] = operator.get("/api/v1/zones/pek3c/changes/").json()
    assert listed["state"] == "draft" and "-a\n+b\n" in listed["diff"]
    body = {"change_id": change.change_id}
    make_zone("pek3x", region_id="other")
    assert approver.post("/api/v1/zones/pek3x/changes/approve/", body, format="json").status_code == 404
    answer = approver.post("/api/v1/zones/pek3c/changes/approve/", body, format="json")
    assert answer.status_code == 200 and answer.json()["state"] == "approved"
    assert approver.post("/api/v1/zones/pek3c/changes/approve/", body, format="json").status_code == 400


@pytest.mark.parametrize("dry", [True, False])
def test_a_zone_whose_plan_nobody_approved(region: Region, operator: APIClient, dry: bool) -> None:
    drafted_zone(region)
    body = {"addresses": NEW, "dry_run": dry}
    refused = operator.post("/api/v1/zones/pek3d/scale-zone/", body, format="json")
    assert refused.status_code == 400
    [finding] = refused.json()["findings"]
    assert finding["code"] == "P40" and "plan pek3d-1 is not approved" in finding["detail"]
    assert not Job.objects.filter(action="scale_qingcloud_zone").exists()


def test_each_plan_has_its_own_verb(region: Region, operator: APIClient) -> None:
    planned_zone(region)
    for dry in (True, False):
        body = {"addresses": NEW, "dry_run": dry}
        refused = operator.post("/api/v1/zones/pek3d/scale/", body, format="json")
        assert refused.status_code == 400
        assert refused.json()["findings"][0]["code"] == "Z07"
        assert "scale_qingcloud_zone -z pek3d" in refused.json()["findings"][0]["remedy"]
    answer = operator.post("/api/v1/zones/pek3d/scale-zone/", {"addresses": NEW, "batch": 1}, format="json")
    assert answer.status_code == 202 and answer.json()["action"] == "scale_qingcloud_zone"
