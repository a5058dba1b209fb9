"""The page of a job draws where its time went, in as many queries for many nodes as for few."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from installer.console.pictures.load_job import job_timeline
from jobs.models import Job, Step
from tests import factories

pytestmark = pytest.mark.django_db


def finished(nodes: int, first: int = 1) -> Job:
    """Make a job that ended, with times; each node took a minute longer than the one before."""
    made = [factories.make_node(number) for number in range(first, first + nodes)]
    job = factories.make_job(made, status="succeeded")
    for number, step in enumerate(job.steps.exclude(target="")):
        step.started_at = factories.BEGIN
        step.finished_at = factories.BEGIN + timedelta(minutes=number + 1)
        step.save(update_fields=["started_at", "finished_at"])
    return job


def test_many_nodes_cost_as_many_queries_as_few(client: Client) -> None:
    client.force_login(factories.make_user(group="viewer"))
    client.get(reverse("admin:index"))
    costs = []
    for nodes, first in ((2, 1), (40, 100)):
        job = finished(nodes, first)
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("admin:jobs_job_change", args=[job.job_id]))
        assert "Where the time went" in page.content.decode()
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_a_row_leads_to_its_node(client: Client) -> None:
    job = finished(2)
    client.force_login(factories.make_user(group="viewer"))
    page = client.get(reverse("admin:jobs_job_change", args=[job.job_id])).content.decode()
    drawn = page[page.index('id="pictures-timeline"') :]
    node = job.steps.exclude(target="").last()
    assert node is not None
    assert reverse("admin:nodes_node_change", args=[node.target]) in drawn


def test_a_node_that_is_gone_keeps_its_address() -> None:
    job = finished(1)
    timeline = job_timeline(job, {})
    assert timeline is not None and "172.16.80.1" in [row.name for row in timeline.nodes]


def test_a_job_that_waits_has_no_time_line(client: Client) -> None:
    job = factories.make_job([factories.make_node(1)], status="queued")
    Step.objects.filter(job=job).update(started_at=None)
    client.force_login(factories.make_user(group="viewer"))
    page = client.get(reverse("admin:jobs_job_change", args=[job.job_id])).content.decode()
    assert "Where the time went" not in page
