"""QEMU versions and statistics of a zone over REST."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from jobs.engine import work_slice
from jobs.models import Job
from nodes.states import NodeStatus
from operations.models import Change
from tests.factories import make_node, make_role, make_zone
from tests.lab.installer.test_rebuild_cache import recount
from zones.models import Zone, ZoneFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone() -> Zone:
    found = make_zone()
    make_role(make_node(1, status=NodeStatus.ACTIVE, qemu_version="2.11.1.1"), found)
    return found


def test_versions(zone: Zone, operator: APIClient, approver: APIClient, viewer: APIClient) -> None:
    there = "/api/v1/zones/pek3c/qemu/"
    assert viewer.get(there).json() == {
        "zone_id": "pek3c",
        "emulators": {},
        "default": "",
        "seen": [{"version": "2.11.1.1", "nodes": 1, "hostnames": ["pek3cr01n01"]}],
        "region": {"pek3c": {"2.11.1.1": 1}},
    }
    body = {"versions": [{"version": "2.11.1.1"}, {"version": "6.2.0", "bin": "/opt/q"}], "default": "6.2.0"}
    wrong = operator.post(f"{there}preview/", {**body, "default": "7.0"}, format="json")
    assert wrong.status_code == 400 and wrong.json()["findings"][0]["code"] == "Q01"
    change = operator.post(f"{there}preview/", body, format="json").json()
    assert change["state"] == "draft" and "+      bin: '/opt/q'" in change["diff"]
    assert operator.post(f"{there}apply/", {}, format="json").json()["findings"][0]["code"] == "Q02"
    named = {"change_id": change["change_id"]}
    approver.post("/api/v1/zones/pek3c/changes/approve/", named, format="json")
    other = operator.post(f"{there}apply/", {"change_id": "c-other000"}, format="json")
    assert other.status_code == 404 and other.json()["findings"][0]["code"] == "K01"
    assert operator.post(f"{there}apply/", named, format="json").status_code == 202
    assert Change.objects.get().job_id == Job.objects.get().job_id
    ZoneFile.objects.create(zone=zone, path="server/server.yaml", content="- no list\n")
    assert viewer.get(there).json()["findings"][0]["code"] == "Q01"


def test_statistics(zone: Zone, viewer: APIClient, operator: APIClient) -> None:
    there = "/api/v1/zones/pek3c/counts/"
    assert viewer.get(there).json()["counted_at"] is None
    begun = operator.post("/api/v1/zones/pek3c/rebuild-cache/")
    assert begun.status_code == 202 and begun.json()["action"] == "rebuild_cache"
    assert operator.post("/api/v1/zones/pek3c/rebuild-cache/").status_code == 409
    work_slice.run_slice(Job.objects.get().pk)
    kept = viewer.get(there).json()
    assert kept.pop("zone_id") == "pek3c" and kept.pop("counted_at").endswith("Z")
    assert kept == recount()


@pytest.mark.parametrize("verb", ["rebuild-cache", "build-global-conf", "gen-node-list"])
def test_a_verb_without_fields_does_nothing_when_it_is_given_one(operator, verb):
    answer = operator.post(f"/api/v1/zones/pek3c/{verb}/", {"dry_run": True})
    assert answer.status_code == 400 and not Job.objects.exists()
    assert answer.json()["findings"] == [
        {"code": "invalid", "field": "dry_run", "detail": "unknown field: no fields are allowed here"}
    ]
