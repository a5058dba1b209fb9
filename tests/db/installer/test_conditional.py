"""Who polls is answered 304 while nothing changed, and never when anything did, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import translation
from rest_framework.test import APIClient

from common.actor import Actor
from common.messages import message
from common.models import AuditEntry
from installer.api.conditional import tag_of
from jobs import queries
from jobs.models import Job, Step
from jobs.services.pause import pause_job
from jobs.states import move_job, move_steps
from nodes.describe import NodeRows
from nodes.models import Disk, DiskCorrection, NetworkInterface, Node
from nodes.save_facts import save_facts
from nodes.services.modify import modify_disks
from nodes.states import move_nodes
from tests.db.nodes.test_save_facts import FACTS
from tests.factories import (
    BEGIN,
    correct,
    make_disk,
    make_eip,
    make_job,
    make_node,
    make_plan,
    make_role,
    make_zone,
)
from tests.support.examples import alone
from zones import describe
from zones.models import Plan, PlanFile, Role, VbcAssignment, Zone

pytestmark = pytest.mark.django_db

ANN = Actor("ann", "command")


def poll(client: APIClient, path: str, tag: str = "") -> Any:
    return client.get(path, **({"HTTP_IF_NONE_MATCH": tag} if tag else {}))


def seen(client: APIClient, path: str) -> str:
    """Look once, and a second time for nothing: return the ETag."""
    answer = poll(client, path)
    assert answer.status_code == 200, answer.content
    tag: str = answer["ETag"]
    again = poll(client, path, tag)
    assert again.status_code == 304 and again.content == b"" and again["ETag"] == tag
    assert "Content-Type" not in again
    return tag


def changed(client: APIClient, path: str, tag: str, before: Any) -> None:
    """Require the whole answer, which is another one."""
    answer = poll(client, path, tag)
    assert answer.status_code == 200, "304 for what changed"
    assert answer["ETag"] != tag and answer.json() != before


NODE_WRITERS: dict[str, Callable[[Node], Any]] = {
    "a status": lambda node: move_nodes(Node.objects.filter(pk=node.pk), "collect"),
    "a collection": lambda node: save_facts(node, replace(FACTS, hostname="other"), by="ann"),
    "an error": lambda node: Node.objects.update(error=message("S02", endpoint="x port 22")),
    "a host key": lambda node: Node.objects.update(host_key="", host_key_fingerprint=""),
    "a clock": lambda node: Node.objects.update(clock_offset_ms=1, clock_measured_at=BEGIN),
    "a warning": lambda node: Node.objects.update(warnings=["hot"]),
    "QEMU": lambda node: Node.objects.update(qemu_version="2.12"),
    "a correction": lambda node: modify_disks(
        addresses=[node.mgmt_address], disk="sdc", type="sata", actor=ANN
    ),
    "the same correction, by another person": lambda node: modify_disks(
        addresses=[node.mgmt_address],
        disk="sdb",
        type="sata",
        reason="again",
        actor=ANN,
        seen_at=BEGIN + timedelta(9999),
    ),
    "a correction that is cleared": lambda node: DiskCorrection.objects.all().delete(),
    "what was observed": lambda node: Disk.objects.filter(name="sdc").update(observed_size_bytes=5),
    "a new disk": lambda node: make_disk(node, "sdq"),
    "a disk that is gone": lambda node: Disk.objects.filter(name="sdc").update(present=False),
    "what a disk may be": lambda node: Disk.objects.filter(name="sdc").update(
        may_be=[Disk.objects.get(present=False).pk]
    ),
    "a port": lambda node: NetworkInterface.objects.filter(name="eth1").update(link=False),
    "a port that is gone": lambda node: NetworkInterface.objects.filter(name="eth1").delete(),
    "a role": lambda node: Role.objects.update(role="vg"),
    "its sub-roles": lambda node: Role.objects.update(sub_roles=[]),
    "no role": lambda node: Role.objects.all().delete(),
    "the name of the zone": lambda node: Zone.objects.update(zone_id="other"),
}


def test_a_node(viewer: APIClient) -> None:
    node = make_node(1)
    correct(node.disks.get(name="sdb"), "type", "sata")
    correct(make_disk(node, "sdy", present=False), "status", 0)
    make_role(node, make_zone())
    path = f"/api/v1/nodes/{node.node_id}/"
    tag, before = seen(viewer, path), poll(viewer, path).json()
    make_node(2)  # of another one's changes nothing is seen
    assert poll(viewer, path, tag).status_code == 304
    for name, write in NODE_WRITERS.items():
        with alone(name):
            write(Node.objects.get(pk=node.pk))
            changed(viewer, path, tag, before)


def _steps(status: str) -> QuerySet[Step]:
    return Step.objects.filter(status=status)


JOB_WRITERS: dict[str, Callable[[Job], Any]] = {
    "a step that succeeded": lambda job: move_steps(_steps("running"), "succeed"),
    "a step that failed": lambda job: _steps("running").update(status="failed", error="no cable"),
    "where it is": lambda job: _steps("running").update(component="disk"),
    "an attempt": lambda job: _steps("running").update(attempts=2),
    "its end": lambda job: Job.objects.update(status="succeeded", finished_at=BEGIN),
    "a pause": lambda job: pause_job(job_id=job.job_id, actor=ANN),
    "cancelling": lambda job: move_job(Job.objects.filter(pk=job.pk), "cancel"),
    "an error": lambda job: Job.objects.update(error=message("S02", endpoint="x port 22")),
    "a new step": lambda job: Step.objects.create(job=job, phase="more", position=9, target="n-1"),
}


def test_a_job(viewer: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.time, "time", lambda: 1e9)
    job = make_job([make_node(1), make_node(2)])
    path = f"/api/v1/jobs/{job.job_id}/"
    tag, before = seen(viewer, path), poll(viewer, path).json()
    _steps("running").update(heartbeat_at=BEGIN, cursor={"out": 7})  # nothing that is shown
    assert poll(viewer, path, tag).status_code == 304
    for name, write in JOB_WRITERS.items():
        with alone(name):
            write(Job.objects.get(pk=job.pk))
            changed(viewer, path, tag, before)


def test_a_job_that_was_paused_again(viewer: APIClient) -> None:
    job = make_job([make_node(1)], paused_by="olga")
    AuditEntry.objects.create(actor="olga", via="api", verb="pause_job", subject=job.job_id)
    path = f"/api/v1/jobs/{job.job_id}/"
    tag, before = seen(viewer, path), poll(viewer, path).json()
    AuditEntry.objects.create(actor="olga", via="api", verb="pause_job", subject=job.job_id)
    changed(viewer, path, tag, before)


@pytest.mark.parametrize(("status", "answer"), [("running", 200), ("failed", 304)])
def test_an_estimate_is_not_older_than_ten_seconds(
    viewer: APIClient, monkeypatch: pytest.MonkeyPatch, status: str, answer: int
) -> None:
    monkeypatch.setattr(queries.time, "time", lambda: 1e9)
    path = f"/api/v1/jobs/{make_job([make_node(1)], status=status).job_id}/"
    tag = seen(viewer, path)
    monkeypatch.setattr(queries.time, "time", lambda: 1e9 + queries.ESTIMATE_S)
    assert poll(viewer, path, tag).status_code == answer


PLAN_WRITERS: dict[str, Callable[[Plan], Any]] = {
    "an approval": lambda plan: Plan.objects.update(status="approved", decided_by="ann", decided_at=BEGIN),
    "a comment": lambda plan: Plan.objects.update(comment="fine"),
    "its job": lambda plan: Plan.objects.update(job_id="j-1"),
    "an edit": lambda plan: PlanFile.objects.filter(path="hosts").update(edited_by="ann", rendered="x"),
    "the file of the zone": lambda plan: PlanFile.objects.filter(path="hosts").update(base=""),
    "a VIP": lambda plan: VbcAssignment.objects.filter(plan=plan).update(ipv4_vip="172.16.80.9"),
    "a Master": lambda plan: VbcAssignment.objects.filter(plan=plan).update(master=make_node(7)),
    "a public segment": lambda plan: make_eip(plan.zone, Node.objects.get(hostname="pek3cr01n01"), plan=plan),
    "a disk that it formats": lambda plan: Disk.objects.filter(name="sdb").update(
        signatures=["ext4"], dirty=True
    ),
    "a disk that is used": lambda plan: correct(Disk.objects.filter(name="sdb")[0], "status", 0),
}


def test_a_plan(viewer: APIClient) -> None:
    plan = make_plan(make_zone(), [make_node(1), make_node(2)])
    # Without its settings, every disk that the role of a node uses counts as formatted.
    PlanFile.objects.filter(path__startswith="settings/").delete()
    path = f"/api/v1/plans/{plan.plan_id}/"
    tag, before = seen(viewer, path), poll(viewer, path).json()
    assert tag.startswith(f'"{plan.content_hash}.')
    make_plan(make_zone("other", region_id="r2"), [make_node(3)])
    assert poll(viewer, path, tag).status_code == 304
    for name, write in PLAN_WRITERS.items():
        with alone(name):
            write(Plan.objects.get(pk=plan.pk))
            changed(viewer, path, tag, before)


def test_a_plan_without_nodes(viewer: APIClient) -> None:
    plan = make_plan(make_zone())
    path = f"/api/v1/plans/{plan.plan_id}/"
    tag, before = seen(viewer, path), poll(viewer, path).json()
    Plan.objects.update(comment="nothing to add")
    changed(viewer, path, tag, before)


def test_the_tag_of_a_plan_names_its_version_to_a_verb(approver: APIClient) -> None:
    plan = make_plan(make_zone(), [make_node(1)])
    path = f"/api/v1/plans/{plan.plan_id}/"
    other = f'"{"f" * 64}.0"'
    assert approver.post(f"{path}reject/", {"comment": "no"}, HTTP_IF_MATCH=other).status_code == 409
    answer = approver.post(f"{path}reject/", {"comment": "no"}, HTTP_IF_MATCH=poll(approver, path)["ETag"])
    assert answer.status_code == 200, answer.content


def test_a_zone(viewer: APIClient) -> None:
    zone = make_zone()
    path = f"/api/v1/zones/{zone.zone_id}/"
    for write in (
        lambda: make_role(make_node(1), zone),
        lambda: Zone.objects.update(qemu_version="2.12"),
        lambda: Role.objects.all().delete(),
    ):
        tag, before = seen(viewer, path), poll(viewer, path).json()
        write()
        changed(viewer, path, tag, before)


def test_the_answer_is_not_made_when_it_is_not_sent(
    viewer: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, zone = make_node(1), make_zone()
    job, plan = make_job([node], status="succeeded"), make_plan(zone, [node])
    paths = [
        f"/api/v1/nodes/{node.node_id}/",
        f"/api/v1/jobs/{job.job_id}/",
        f"/api/v1/plans/{plan.plan_id}/",
    ]
    tags = {path: seen(viewer, path) for path in paths}
    monkeypatch.setattr(NodeRows, "documents", None)
    monkeypatch.setattr("installer.api.jobs.views.job_status", None)
    monkeypatch.setattr("installer.api.plans.views.plan_json", None)
    for path, tag in tags.items():
        assert poll(viewer, path, tag).status_code == 304
        assert poll(viewer, path, f'"other", {tag.removeprefix("W/")}').status_code == 304
        assert poll(viewer, path, "*").status_code == 304
    assert describe.plan_version(plan) != ""


def test_what_is_not_there_or_not_permitted_is_not_unchanged(clients: dict[str, APIClient]) -> None:
    node = make_node(1)
    path = f"/api/v1/nodes/{node.node_id}/"
    tag = seen(clients["viewer"], path)
    assert poll(clients["anonymous"], path, tag).status_code == 401
    assert poll(clients["nobody"], path, tag).status_code == 403
    node.delete()
    assert poll(clients["viewer"], path, tag).status_code == 404


def test_another_language_is_another_answer() -> None:
    tags = set()
    for language in ("en", "de"):
        with translation.override(language):
            tags.add(tag_of("same"))
    assert len(tags) == 2


@pytest.mark.parametrize(("kind", "most"), [("node", 6), ("job", 2), ("plan", 9), ("zone", 1)])
def test_queries_of_a_poll(
    viewer: APIClient, kind: str, most: int, django_assert_max_num_queries: Any
) -> None:
    zone = make_zone()
    nodes = [make_node(number) for number in range(1, 11)]
    plan, job = make_plan(zone, nodes), make_job(nodes, status="succeeded")
    found = {"node": nodes[0].node_id, "job": job.job_id, "plan": plan.plan_id, "zone": zone.zone_id}
    path = f"/api/v1/{kind}s/{found[kind]}/"
    tag = seen(viewer, path)
    with django_assert_max_num_queries(most):
        assert poll(viewer, path, tag).status_code == 304
