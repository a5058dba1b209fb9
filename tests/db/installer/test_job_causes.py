"""Why nodes of a job failed: equal errors once, in pieces that a page puts together."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.messages import message
from installer.console.jobs.causes import causes
from jobs.models import Job, Step
from jobs.queries import job_status
from jobs.states import move_steps
from nodes.models import Node
from tests.factories import make_job, make_node, make_user

pytestmark = pytest.mark.django_db


def failed_job(count: int) -> tuple[Job, list[Node]]:
    nodes = [make_node(number) for number in range(1, count + 1)]
    return make_job(nodes), nodes


def fail(job: Job, node: Node, error: str) -> None:
    here = Step.objects.filter(job=job, target=node.node_id, phase="install_nodes")
    assert move_steps(here, "fail", error=error, component="disk")


def names(nodes: list[Node]) -> dict[str, str]:
    return {node.node_id: node.hostname for node in nodes}


def test_errors_that_differ_in_their_node_are_one() -> None:
    job, nodes = failed_job(4)
    for node in nodes[:2]:
        fail(job, node, f"{node.hostname} ({node.mgmt_address}): no route to host")
    fail(job, nodes[2], f"{nodes[0].mgmt_address}: no route to host")
    several, single = causes(job_status(job), names(nodes))
    assert several["nodes"] == [nodes[0].node_id, nodes[1].node_id]
    assert several["detail"] == [{"text": "… (…): no route to host"}] and several["remedy"] == []
    assert single["nodes"] == [nodes[2].node_id]
    assert single["detail"] == [{"text": f"{nodes[0].mgmt_address}: no route to host"}]


def test_a_message_has_a_link_to_its_code_and_its_remedy_to_the_page_that_does_it() -> None:
    job, nodes = failed_job(1)
    fail(job, nodes[0], message("J05", "all_done", job="j-12345678"))
    [cause] = causes(job_status(job), names(nodes))
    assert cause["detail"][0] == {"text": "J05", "url": reverse("code", args=["J05"]), "code": True}
    assert all(set(piece) <= {"text", "url", "title", "command", "code"} for piece in cause["remedy"])
    assert "".join(piece["text"] for piece in cause["detail"]).startswith("J05 ")


def test_the_page_asks_for_them_in_as_many_queries_however_many_nodes_failed(client: Client) -> None:
    client.force_login(make_user("olga", "viewer"))
    counts = []
    for count in (1, 6):
        Node.objects.all().delete()
        job, nodes = failed_job(count)
        for node in nodes:
            fail(job, node, f"no route to host {node.mgmt_address}")
        url = reverse("admin:jobs_job_causes", args=[job.job_id])
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(url)
        counts.append(len(seen))
        assert [cause["nodes"] for cause in answer.json()["causes"]] == [[node.node_id for node in nodes]]
    assert counts[0] == counts[1]


def test_who_may_not_see_jobs_sees_no_cause(client: Client) -> None:
    job, _ = failed_job(1)
    client.force_login(make_user("nobody"))
    assert client.get(reverse("admin:jobs_job_causes", args=[job.job_id])).status_code == 403
    client.force_login(make_user("olga", "viewer"))
    assert client.get(reverse("admin:jobs_job_causes", args=["j-00000000"])).status_code == 404
