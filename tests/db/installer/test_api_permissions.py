"""Who may call what: every endpoint against every kind of person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from rest_framework.test import APIClient

from common import ssh
from common.actor import SYSTEM
from common.messages import message
from common.models import AuditEntry
from installer.api.urls import router
from installer.groups import APPROVER, OPERATOR, VIEWER
from installer.tokens import issue_token
from jobs.models import Job
from nodes.models import Collection, Node
from nodes.save_facts import pack
from operations.scale_out.service import begin_scale_out
from tests.factories import make_eip, make_job, make_node, make_plan, make_role, make_user, make_zone
from tests.support import database
from zones.models import Plan

pytestmark = pytest.mark.django_db

VIEW = {VIEWER, OPERATOR, APPROVER}
RUN = {OPERATOR, APPROVER}
DECIDE = {APPROVER}
# name of the address, method -> who is let in
MATRIX = {
    ("node-list", "get"): VIEW,
    ("node-list", "post"): RUN,
    ("node-collect", "post"): RUN,
    ("node-establish-ssh", "post"): RUN,
    ("node-ssh-key", "get"): VIEW,
    ("node-erase-preview", "post"): RUN,
    ("node-erase", "post"): RUN,
    ("node-export", "get"): VIEW,
    ("node-import-file", "post"): RUN,
    ("node-collections", "get"): VIEW,
    ("node-raw-collection", "get"): VIEW,
    ("node-detail", "get"): VIEW,
    ("node-detail", "delete"): RUN,
    ("node-retire", "post"): RUN,
    ("disk-list", "get"): VIEW,
    ("disk-detail", "get"): VIEW,
    ("disk-modify", "post"): RUN,
    ("network-list", "get"): VIEW,
    ("network-detail", "get"): VIEW,
    ("archive-list", "get"): VIEW,
    ("audit-list", "get"): VIEW,
    ("audit-detail", "get"): VIEW,
    ("code-list", "get"): VIEW,
    ("code-detail", "get"): VIEW,
    ("zone-list", "get"): VIEW,
    ("zone-detail", "get"): VIEW,
    ("zone-adopt", "post"): RUN,
    ("zone-scale", "post"): RUN,
    ("zone-scale-outs", "get"): VIEW,
    ("zone-begin-scale-out", "post"): RUN,
    ("zone-scale-out", "get"): VIEW,
    ("zone-change-scale-out", "post"): RUN,
    ("zone-gen-node-list", "post"): RUN,
    ("zone-vbc-routes", "get"): VIEW,
    ("zone-scale-zone", "post"): RUN,
    ("zone-clear-cache", "post"): RUN,
    ("zone-haproxy", "get"): VIEW,
    ("zone-haproxy-preview", "post"): RUN,
    ("zone-haproxy-apply", "post"): RUN,
    ("zone-changes", "get"): VIEW,
    ("zone-approve-change", "post"): DECIDE,
    ("zone-front-gate", "get"): VIEW,
    ("zone-checklist", "get"): VIEW,
    ("zone-checklist-tick", "post"): RUN,
    ("zone-checklist-untick", "post"): RUN,
    ("zone-exec", "post"): RUN,
    ("node-exec", "post"): RUN,
    ("zone-answers", "get"): VIEW,
    ("zone-update-nodes", "post"): RUN,
    ("zone-update-hyper-mirror", "post"): RUN,
    ("zone-restart-services", "post"): RUN,
    ("zone-services", "get"): RUN,
    ("zone-build-global-conf", "post"): RUN,
    ("zone-qemu", "get"): VIEW,
    ("zone-qemu-preview", "post"): RUN,
    ("zone-qemu-apply", "post"): RUN,
    ("zone-counts", "get"): VIEW,
    ("zone-rebuild-cache", "post"): RUN,
    ("role-list", "get"): VIEW,
    ("role-detail", "get"): VIEW,
    ("eip-pool-list", "get"): VIEW,
    ("eip-pool-detail", "get"): VIEW,
    ("vbc-assignment-list", "get"): VIEW,
    ("vbc-assignment-detail", "get"): VIEW,
    ("plan-list", "get"): VIEW,
    ("plan-list", "post"): RUN,
    ("plan-detail", "get"): VIEW,
    ("plan-file", "get"): VIEW,
    ("plan-edit-file", "post"): RUN,
    ("plan-leave-out", "post"): RUN,
    ("plan-approve", "post"): DECIDE,
    ("plan-reject", "post"): DECIDE,
    ("order-detail", "get"): VIEW,
    ("order-detail", "put"): RUN,
    ("order-detail", "delete"): RUN,
    ("order-check", "post"): RUN,
    ("order-propose", "post"): RUN,
    ("job-list", "get"): VIEW,
    ("job-detail", "get"): VIEW,
    ("job-events", "get"): VIEW,
    ("job-cancel", "post"): RUN,
    ("job-log", "get"): VIEW,
    ("job-pause", "post"): RUN,
    ("job-resume", "post"): RUN,
    ("job-settle", "post"): RUN,
    ("worker-list", "get"): VIEW,
    ("token-list", "get"): VIEW,
    ("token-detail", "get"): VIEW,
    ("token-detail", "delete"): VIEW,  # one's own
}
Counts = tuple[int, int, set[str]]
PEOPLE = ("anonymous", "nobody", VIEWER, OPERATOR, APPROVER)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Make a real object behind every address, but no machine: connections to nodes fail at once."""
    monkeypatch.setattr(ssh, "connect", _nobody_there)
    made = database.build_once("an object behind every address", _make_objects)
    return {**made, "token": issue_token(user=make_user("owner"), actor=SYSTEM).token.token_id}


def _make_objects() -> dict[str, str]:
    zone = make_zone()
    nodes = [make_node(number) for number in (1, 2, 3)]
    role = make_role(nodes[0], zone)
    Collection.objects.create(pk=1, node=nodes[1], by="ann", raw=pack(b"what it said"))
    plan = make_plan(zone, nodes[2:])
    return {
        "node": nodes[1].node_id,
        "disk": str(nodes[0].disks.first().pk),
        "network": str(nodes[0].interfaces.first().pk),
        "zone": zone.zone_id,
        "role": role.node.node_id,
        "eip-pool": str(make_eip(zone, nodes[0]).pk),
        "vbc-assignment": str(plan.vbcs.get().pk),
        "plan": plan.plan_id,
        "job": make_job(nodes[2:]).job_id,
        "worker": "",
        "archive": "",
        "audit": str(AuditEntry.objects.create(actor="ann", via="api", verb="collect_nodes").pk),
        "code": "R02",
        "order": zone.zone_id,
        "scale-out": begin_scale_out(zone_id=zone.zone_id, actor=SYSTEM).scale_out_id,
    }


def _nobody_there(endpoint: ssh.Endpoint) -> ssh.Connection:
    raise ssh.SshError("unreachable", message("S01", endpoint=endpoint, reason="no route"))


def address(name: str, keys: dict[str, str]) -> str:
    """Return the address of a route, filled in."""
    for pattern in router.urls:
        if pattern.name == name:
            kind = next(kind for kind in sorted(keys, key=len, reverse=True) if name.startswith(kind + "-"))
            text = str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
            text = text.replace("(?P<number>[0-9]{1,18})", "1")
            text = text.replace("(?P<scale_out_id>s-[0-9A-Za-z]+)", keys["scale-out"])
            head, bracket, rest = text.partition("(?P<")
            return "/api/" + (head + keys[kind] + rest.partition(")")[2] if bracket else head)
    raise AssertionError(name)


def test_the_matrix_names_every_endpoint():
    there = {
        (pattern.name, method)
        for pattern in router.urls
        for method in set(pattern.callback.actions) - {"head"}
    }
    assert there == set(MATRIX)


@pytest.mark.parametrize("person", PEOPLE)
def test_who_is_let_in(clients, keys, person):
    wrong, before = [], _there()
    for name, method in MATRIX:
        # Each call meets the same objects.
        with transaction.atomic():
            faults = _faults(clients[person], keys, name, method, person, before)
            wrong += [f"{method} {name}: {fault}" for fault in faults]
            transaction.set_rollback(True)
    assert wrong == []


def _faults(
    client: APIClient, keys: dict[str, str], name: str, method: str, person: str, before: Counts
) -> Iterator[str]:
    """Yield what is wrong with the answer to this person; ``before``: what was there when it was asked."""
    answer = getattr(client, method)(address(name, keys), {} if method != "get" else None)
    if person == "anonymous":
        right = answer.status_code == 401 and "WWW-Authenticate" in answer
    elif person in MATRIX[name, method]:
        right = answer.status_code in ((404,) if name == "token-detail" else (200, 201, 202, 204, 400))
    else:
        right = answer.status_code == 403
        if person == "operator":
            right = right and "group approver" in answer.json()["detail"]
    if not right:
        yield f"{answer.status_code} {answer.content!r}"
    if answer.status_code >= 400:
        if answer["Content-Type"] != "application/problem+json":
            yield answer["Content-Type"]
        if _there() != before:
            yield "refused, and yet something changed"


def _there() -> Counts:
    return Job.objects.count(), Node.objects.count(), set(Plan.objects.values_list("status", flat=True))


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_documents_need_a_login(clients, empty_schema, path):
    assert clients["anonymous"].get(path).status_code == 401
    assert clients["nobody"].get(path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/admin/"])
def test_pages_lead_to_the_login(client, path):
    answer = client.get(path, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/admin/login/")


def test_a_session_needs_the_csrf_token(clients, keys):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="operator-person"))
    assert browser.get("/api/v1/nodes/").status_code == 200
    refused = browser.post(f"/api/v1/jobs/{keys['job']}/cancel/", {})
    assert refused.status_code == 403 and "CSRF" in refused.json()["detail"]
