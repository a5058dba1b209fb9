"""Commands on a node without a zone: command, REST and page; who may run them, and what excludes them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from common.actor import Actor
from common.errors import Busy, Denied, NotFound
from common.models import AuditEntry
from jobs.models import Job, Step
from jobs.states import StepStatus
from nodes.models import Node
from nodes.services.collect import collect_nodes
from nodes.services.erase import erase_data_disks, preview_erase
from operations.commands.service import exec_nodes
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
CHANGES = "vgchange -an olddata"
OLGA = Actor("olga", "cli")


@pytest.fixture
def node() -> Node:
    """Make a collected node without a role."""
    return factories.make_node(7, host_key="ssh-ed25519 AAAA")


@pytest.mark.parametrize("name", ["mgmt_address", "node_id", "hostname"])
def test_a_node_in_no_zone_is_named_by_address_id_or_host_name(node: Node, name: str) -> None:
    job = exec_nodes(group=str(getattr(node, name)), command=CHANGES, actor=OLGA, anything=True)
    assert [step.target for step in job.steps.all()] == [node.node_id] and not job.zone_id
    entry = AuditEntry.objects.get(verb="exec_command")
    assert entry.subject == job.job_id and entry.detail["command"] == CHANGES


def test_it_is_in_no_group_and_in_no_zone(node: Node) -> None:
    factories.make_zone()
    with pytest.raises(NotFound, match="has no nodes"):
        exec_nodes(group="all", command="uptime", actor=OLGA)
    with pytest.raises(NotFound, match="is in no zone") as refusal:
        exec_nodes(group=str(node.mgmt_address), zone_id="pek3c", command="uptime", actor=OLGA)
    assert "omit the zone" in refusal.value.findings[0].remedy


def test_retired_nodes_are_left_alone(node: Node) -> None:
    Node.objects.update(status="retired")
    with pytest.raises(NotFound, match="is retired"):
        exec_nodes(group=node.node_id, command="uptime", actor=OLGA)


def test_who_may_only_look_only_looks(node: Node) -> None:
    with pytest.raises(Denied, match="ask an approver to run this one"):
        exec_nodes(group=node.node_id, command=CHANGES, actor=OLGA)
    assert exec_nodes(group=node.node_id, command="lsblk -f", actor=OLGA)


def test_nothing_else_has_to_do_with_the_node_meanwhile(node: Node) -> None:
    job = exec_nodes(group=node.node_id, command=CHANGES, actor=OLGA, anything=True)
    with pytest.raises(Busy, match=job.job_id):
        exec_nodes(group=node.node_id, command=CHANGES, actor=OLGA, anything=True)
    with pytest.raises(Busy, match=job.job_id):
        preview_erase(addresses=[str(node.mgmt_address)], disks=["sdb"], actor=OLGA)
    Step.objects.filter(job=job).update(status=StepStatus.SUCCEEDED)
    permit = preview_erase(addresses=[str(node.mgmt_address)], disks=["sdb"], actor=OLGA)
    erasing = erase_data_disks(permit_id=permit.permit_id, actor=OLGA)
    with pytest.raises(Busy, match=erasing.job_id):
        exec_nodes(group=node.node_id, command=CHANGES, actor=OLGA, anything=True)
    Step.objects.filter(job=erasing).update(status=StepStatus.SUCCEEDED)
    collecting = collect_nodes(addresses=[str(node.mgmt_address)], actor=OLGA)
    with pytest.raises(Busy, match=collecting.job_id):
        exec_nodes(group=node.node_id, command=CHANGES, actor=OLGA, anything=True)


@pytest.mark.parametrize(
    ("group", "command", "status"),
    [
        ("viewer", "uptime", 403),
        ("operator", "uptime", 202),
        ("operator", CHANGES, 403),
        ("approver", CHANGES, 202),
    ],
)
def test_rest_has_the_same_rights(node: Node, client: Client, group: str, command: str, status: int) -> None:
    client.force_login(factories.make_user("otto", group))
    answer = client.post(
        f"/api/v1/nodes/{node.node_id}/exec/", {"command": command}, content_type="application/json"
    )
    assert answer.status_code == status, answer.content
    assert Job.objects.filter(action="exec_nodes", created_by="otto").exists() == (status == 202)


def approver(client: Client) -> User:
    user = factories.make_user("anna", "approver")
    client.force_login(user)
    return user


def test_the_page_asks_twice_for_what_changes_something(node: Node, client: Client) -> None:
    approver(client)
    place = f"/admin/nodes/node/{node.node_id}/exec/"
    page = client.get(place, {"command": CHANGES}).content.decode()
    assert f'value="{CHANGES}"' in page
    asked = client.post(place, {"command": CHANGES, "timeout_s": "60"}).content.decode()
    assert "is not read-only" in asked and not Job.objects.exists()
    done = client.post(place, {"command": CHANGES, "timeout_s": "60", "sure": "1"})
    assert done.status_code == 302 and Job.objects.get().params["command"] == CHANGES


def test_the_page_is_not_for_viewers_and_an_operator_is_refused(node: Node, client: Client) -> None:
    place = f"/admin/nodes/node/{node.node_id}/exec/"
    client.force_login(factories.make_user("vera", "viewer"))
    assert client.get(place).status_code == 403
    client.force_login(factories.make_user("otto", "operator"))
    page = client.post(place, {"command": CHANGES, "timeout_s": "60"}, follow=True).content.decode()
    assert "X03" in page and not Job.objects.exists()
