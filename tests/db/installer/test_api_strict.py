"""A query in an address is understood or refused: never answered with everything."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from rest_framework.test import APIClient

from installer.api.base import StrictViewSet
from installer.api.urls import router
from jobs.models import Job
from nodes.models import Node
from tests.db.installer.test_api_lists import two_rows
from tests.db.installer.test_api_schema import GOLDEN
from tests.factories import make_job, make_node, make_zone
from tests.support.examples import named
from zones.models import Plan

pytestmark = pytest.mark.django_db


def findings(answer: Any) -> dict[str, str]:
    """Return the detail of a 400 by field."""
    assert answer.status_code == 400, (answer.status_code, answer.content[:300])
    assert answer["Content-Type"] == "application/problem+json"
    return {finding["field"]: finding["detail"] for finding in answer.json()["findings"]}


NOT_UNDERSTOOD = [
    ("disks/?is_os=maybe", "is_os"),
    ("disks/?is_os=2", "is_os"),
    ("disks/?dirty=yes%20please", "dirty"),
    ("disks/?dirty=None", "dirty"),
    ("disks/?is_os=", "is_os"),
    ("disks/?observed_type=tape", "observed_type"),
    ("nodes/?page_size=-1", "page_size"),
    ("nodes/?page_size=0", "page_size"),
    ("nodes/?page_size=all", "page_size"),
    ("nodes/?page_size=1e3", "page_size"),
    ("nodes/?page_size=%D9%A3", "page_size"),
    ("nodes/?page_size=", "page_size"),
    ("nodes/?page=0", "page"),
    ("nodes/?page=-1", "page"),
    ("nodes/?page=1.5", "page"),
    ("nodes/?page=", "page"),
    ("nodes/?page=99999999999999999999", "page"),
    ("nodes/?zone_id=", "zone_id"),
    ("nodes/?zone_id=%20", "zone_id"),
    ("nodes/?zone_id=z1&zone_id=z2", "zone_id"),
    ("nodes/?status=", "status"),
    ("nodes/?status=new&status=", "status"),
    ("nodes/?status=new&status=old", "status"),
    ("nodes/?mgmt_address=172.16.80", "mgmt_address"),
    ("nodes/?mgmt_address=172.16.80.0/24", "mgmt_address"),
    ("roles/?mgmt_address=king", "mgmt_address"),
    ("vbc-assignments/?master=pek3cr01n01", "master"),
    ("networks/?address=x", "address"),
    ("nodes/?search=", "search"),
    ("nodes/?search=a&search=b", "search"),
    ("nodes/?ordering=", "ordering"),
    ("nodes/?ordering=--hostname", "ordering"),
    ("nodes/?ordering=hostname,,status", "ordering"),
    ("nodes/?ordering=Hostname", "ordering"),
    ("nodes/?limit=5", "limit"),
    ("nodes/?cursor=cD0y", "cursor"),
    ("nodes/?status__in=new", "status__in"),
    ("nodes/?format=csv", "format"),
    ("plans/?format=yaml", "format"),
    ("jobs/JOB/?verbose=1", "verbose"),
    ("nodes/NODE/?fields=hostname", "fields"),
    ("jobs/JOB/events/?after=abc", "after"),
    ("jobs/JOB/events/?after=-1", "after"),
    ("jobs/JOB/events/?after=1&after=2", "after"),
    ("jobs/JOB/events/?wait=x", "wait"),
    ("jobs/JOB/events/?wait=nan", "wait"),
    ("jobs/JOB/events/?wait=inf", "wait"),
    ("jobs/JOB/events/?wait=26", "wait"),
    ("jobs/JOB/events/?wiat=1", "wiat"),
    ("jobs/JOB/events/?level=loud", "level"),
    ("jobs/JOB/log/?syntax=pdf", "syntax"),
    ("jobs/JOB/log/?format=pdf", "format"),
    ("jobs/JOB/log/?format=json", "format"),
    ("nodes/export/?as=pdf", "as"),
    ("nodes/export/?page=2", "page"),
    ("nodes/export/?zone=z1", "zone"),
    ("nodes/NODE/collections/?number=1", "number"),
    ("zones/z1/vbc-routes/?device=cisco", "device"),
    ("zones/z1/vbc-routes/?syntax=", "syntax"),
    ("zones/z1/front-gate/?port=8080&server_port=", "server_port"),
    ("jobs/JOB/events/?limit=", "limit"),
    ("plans/PLAN/?diff=", "diff"),
    ("nodes/export/?as=", "as"),
    ("zones/z1/front-gate/?port=http", "port"),
    ("zones/z1/haproxy/?bind=1", "bind"),
    ("workers/?status=dead", "status"),
    ("archives/?name=x", "name"),
    ("tokens/?user=olga", "user"),
]


def test_what_is_not_understood_is_refused(viewer):
    two_rows()
    keys = {
        "JOB": Job.objects.values_list("job_id", flat=True)[0],
        "NODE": Node.objects.values_list("node_id", flat=True)[0],
        "PLAN": Plan.objects.values_list("plan_id", flat=True)[0],
    }
    for path, field in NOT_UNDERSTOOD:
        answer = viewer.get("/api/v1/" + re.sub("JOB|NODE|PLAN", lambda word: keys[word[0]], path))
        with named(path):
            assert field in findings(answer)


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("mgmt_address=127.0.0.%EF%BC%91", "mgmt_address", "the full-width digit U+FF11 in column 9"),
        ("zone_id=z1%D0%B0", "zone_id", "U+0430 CYRILLIC SMALL LETTER A in column 3"),
    ],
)
def test_what_only_looks_right_is_named(viewer, query, field, words):
    [(found, detail)] = findings(viewer.get(f"/api/v1/nodes/?{query}")).items()
    assert found == field and words in detail


@pytest.mark.parametrize("path", ["nodes/collect/?dry_run=true", "nodes/?check=1", "plans/?check=true"])
def test_a_verb_takes_nothing_from_the_address(operator, path):
    node = make_node(1)
    answer = operator.post(f"/api/v1/{path}", {"addresses": [node.mgmt_address]})
    assert "in the body" in next(iter(findings(answer).values()))
    assert not Job.objects.exists()


def test_no_endpoint_is_left_out():
    """Require the strict base class everywhere: any other viewset would ignore unknown parameters."""
    assert {viewset for _, viewset, _ in router.registry if not issubclass(viewset, StrictViewSet)} == set()


def test_who_may_not_look_is_not_told_what_there_is_to_ask_for(clients):
    assert clients["anonymous"].get("/api/v1/nodes/?zone=z1").status_code == 401
    assert clients["nobody"].get("/api/v1/nodes/?zone=z1").status_code == 403


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("disks/?is_os=true", 2),
        ("disks/?is_os=False", 6),
        ("nodes/?mgmt_address=172.16.80.2&ordering=-hostname,status", 1),
        ("nodes/?page=last&page_size=1000", 2),
        ("nodes/?page_size=5000", 2),
        ("nodes/?format=json", 2),
        ("networks/?address=172.16.80.1", 1),
    ],
)
def test_what_is_understood_is_answered(viewer, path, count):
    two_rows()
    assert viewer.get(f"/api/v1/{path}").json()["count"] == count


def test_every_format_that_the_schema_names_works(viewer):
    """Ask each endpoint for every word of its ``format``: those of the schema work, no others do."""
    job, zone = make_job([make_node(1)]), make_zone()
    keys = {"job_id": job.job_id, "zone_id": zone.zone_id}
    kinds = {"txt": "text/plain", "jsonl": "application/x-ndjson", "json": "application/json"}
    seen = []
    for path, methods in yaml.load(GOLDEN.read_text(), yaml.CSafeLoader)["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", []):
            if parameter["name"] == "format":
                for word in parameter["schema"]["enum"]:
                    answer = viewer.get(path.format(**keys), {"format": word})
                    assert answer.status_code == 200, (path, word, answer.content)
                    assert answer["Content-Type"].partition(";")[0] == kinds[word]
                    seen.append((path, word))
    assert ("/api/v1/jobs/{job_id}/log/", "jsonl") in seen


def test_the_schema_itself_comes_in_both_its_formats(viewer, empty_schema):
    for word in ("json", "yaml"):
        assert APIClient().get("/api/schema/", {"format": word}).status_code == 401
        answer = viewer.get("/api/schema/", {"format": word})
        assert answer.status_code == 200 and b"openapi" in answer.content[:20], word
