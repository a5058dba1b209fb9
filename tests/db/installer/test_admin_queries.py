"""Pages cost the same number of queries however many rows they show."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


def fill(first: int, last: int) -> None:
    """Make nodes with disks, corrections and roles, each with a zone, a plan and a job."""
    for number in range(first, last):
        zone = factories.make_zone(f"zone{number}", region_id=f"region{number}")
        node = factories.make_node(number, error="broken", status="scale_failed")
        factories.correct(node.disks.get(name="sdb"), "type", "sata", against="nvme")
        factories.make_role(node, zone)
        factories.make_plan(zone)
        factories.make_vbc(zone, [node], number)
        factories.make_eip(zone, node)
        factories.make_job([node], status="failed" if number % 2 else "running", zone_id=zone.zone_id)


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


LISTS = (
    "index",
    "nodes_node_changelist",
    "zones_zone_changelist",
    "zones_plan_changelist",
    "zones_vbcassignment_changelist",
    "zones_eippool_changelist",
    "jobs_job_changelist",
)


def test_three_rows_cost_as_much_as_ten(client: Client) -> None:
    client.force_login(factories.make_user(group="operator"))
    urls = [reverse(f"admin:{name}") for name in LISTS]
    # As many jobs run as the first page estimates the time left of.
    fill(1, 6)
    client.get(urls[0])
    few = {url: queries(client, url) for url in urls}
    fill(6, 13)
    assert {url: queries(client, url) for url in urls} == few
    home = few.pop(urls[0])
    assert home <= 36 and max(few.values()) <= 24, (home, few)


def test_pages_of_a_zone_a_plan_and_a_job_do_not_grow_with_their_nodes(client: Client) -> None:
    client.force_login(factories.make_user(group="approver"))
    client.get(reverse("admin:index"))  # notes that the person is there
    counts = []
    for begin, end in ((1, 4), (40, 50)):
        zone = factories.make_zone(f"zone{begin}", region_id=f"region{begin}")
        nodes = [factories.make_node(number) for number in range(begin, end)]
        for node in nodes:
            factories.make_role(node, zone)
        plan = factories.make_plan(zone, nodes)
        job = factories.make_job(nodes, zone_id=zone.zone_id)
        looked = factories.make_job(nodes, zone_id=zone.zone_id, action="exec_nodes", status="failed")
        counts.append(
            [
                queries(client, reverse("admin:zones_zone_change", args=[zone.zone_id])),
                queries(client, reverse("admin:zones_plan_change", args=[plan.plan_id])),
                queries(client, reverse("admin:jobs_job_change", args=[job.job_id])),
                queries(client, reverse("admin:jobs_job_answers", args=[looked.job_id])),
                queries(client, reverse("admin:zones_zone_maintain", args=[zone.zone_id])),
                queries(client, reverse("admin:zones_zone_qemu", args=[zone.zone_id])),
            ]
        )
    assert counts[0] == counts[1]
