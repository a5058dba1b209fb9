"""A configuration costs the same number of queries however many nodes it adds, and however many there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan, edit_plan_file, reject_plan
from zones.services.configure import config_qingcloud

pytestmark = pytest.mark.django_db(transaction=True)


def costs(region: Region, numbers: range) -> list[int]:
    """Count queries of configuring, configuring again, editing, approving and rejecting."""
    found = []
    files = [scale_file(dict.fromkeys(numbers, "hyper-repl"))]

    def counted(call: object) -> None:
        with CaptureQueriesContext(connection) as seen:
            call()  # type: ignore[operator]
        found.append(len(seen))

    counted(lambda: config_qingcloud(variables=[], settings=files, actor=region.actor))
    counted(lambda: config_qingcloud(variables=[], settings=files, actor=region.actor))
    plan = region.plan.zone.plans.get(status="draft")
    text = plan.files.get(path="hosts").content + "10.0.0.9 mirror\n"
    counted(lambda: edit_plan_file(plan_id=plan.plan_id, path="hosts", content=text, actor=region.actor))
    counted(lambda: approve_plan(plan_id=plan.plan_id, actor=region.actor))
    counted(lambda: reject_plan(plan_id=plan.plan_id, actor=region.actor))
    return found


def test_five_nodes_cost_as_much_as_twenty(region: Region) -> None:
    region.nodes(*range(21, 41))
    few = costs(region, range(21, 26))
    assert costs(region, range(21, 41)) == few, few
    # Twelve read the world, one asks for all of it again once allocations are locked; PostgreSQL is told of the job thrice.
    assert few[0] <= 50 and max(few) <= 72, few


def test_a_larger_fleet_costs_as_much(region: Region) -> None:
    region.nodes(*range(21, 24))
    few = costs(region, range(21, 24))
    region.nodes(*range(31, 41))
    assert costs(region, range(21, 24)) == few, few
