"""Counts of a zone are right after rebuild_cache: the same as when each node is looked at."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import pytest
from django.db import connection, connections

from jobs.engine import work_slice
from jobs.models import Job
from nodes.models import Node
from nodes.states import NodeStatus
from operations.scaling import phases
from tests.factories import make_job, make_node, make_role, make_vbc, make_zone
from tests.fixtures.region import Region
from zones.models import Zone, ZoneCounts
from zones.services import statistics

pytestmark = pytest.mark.django_db(transaction=True)


def rebuild(run: Any) -> dict[str, Any]:
    job = Job.objects.get(job_id=run("rebuild_cache", "-z", "pek3c").out.strip())
    assert job.exclusive_scope == "region:pek3"
    work_slice.run_slice(job.pk)
    job.refresh_from_db()
    assert job.status == "succeeded", job.error
    return dict(ZoneCounts.objects.get(zone__zone_id="pek3c").values)


def recount() -> dict[str, Any]:
    """Count again slowly, one node after another."""
    zone = Zone.objects.get(zone_id="pek3c")
    nodes = [node for node in Node.objects.all() if hasattr(node, "role") and node.role.zone == zone]
    return {
        "nodes": len(nodes),
        "cores": sum(node.cpu_cores for node in nodes),
        "memory_bytes": sum(node.memory_bytes for node in nodes),
        "by_status": dict(Counter(node.status for node in nodes)),
        "by_role": dict(Counter(node.role.role for node in nodes)),
        "vbcs": len(list(zone.vbcs.all())),
        "eip_pools": len(list(zone.eip_pools.all())),
    }


def test_counts_are_right(run: Any) -> None:
    zone = make_zone()
    assert rebuild(run) == recount()
    nodes = [make_node(number, status=NodeStatus.ACTIVE) for number in range(1, 5)]
    for node in nodes:
        make_role(node, zone, "vg" if node == nodes[0] else "hyper-repl")
    make_vbc(zone, nodes[1:3])
    make_role(make_node(9), make_zone("other"))
    assert rebuild(run) == recount()
    nodes[3].role.delete()
    assert rebuild(run) == recount() and recount()["nodes"] == 3


def test_an_applied_plan_is_counted(region: Region) -> None:
    values = ZoneCounts.objects.get(zone__zone_id="pek3c").values
    assert values == recount() and values["by_status"] == {"active": 2}


def test_boss_must_be_known(run: Any) -> None:
    make_zone(vms={"boss": ["172.16.80.77"]})
    refused = run("rebuild_cache", "-z", "pek3c")
    assert refused.code == 2 and "boss 172.16.80.77 of zone pek3c is not registered" in refused.err


def test_a_scaling_that_stops_half_way_is_counted(region: Region) -> None:
    came, late = region.nodes(21, 22)
    for node in (came, late):
        make_role(node, region.plan.zone, "hyper-repl")
    Node.objects.filter(pk=came.pk).update(status=NodeStatus.ACTIVE)
    Node.objects.filter(pk=late.pk).update(status=NodeStatus.SCALING)
    job = make_job([came, late], status="failed", params={"plan_id": region.plan.plan_id})
    phases.ended(job)
    values = ZoneCounts.objects.get(zone__zone_id="pek3c").values
    assert values == recount() and values["by_status"] == {"active": 3, "scale_failed": 1}


@pytest.mark.postgresql
def test_a_count_that_began_earlier_does_not_win(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the later of two counts: the first began before a node came, and writes only after the second."""
    counted, go_on = threading.Event(), threading.Event()
    count = statistics.count_zone

    def slowly(zone: Zone) -> dict[str, Any]:
        values = count(zone)
        if threading.current_thread() is first:
            counted.set()
            assert go_on.wait(30)
        return values

    def counting() -> None:
        statistics.store_counts(Zone.objects.get(zone_id="pek3c"))
        connections.close_all()

    monkeypatch.setattr(statistics, "count_zone", slowly)
    first, second = threading.Thread(target=counting), threading.Thread(target=counting)
    first.start()
    assert counted.wait(30)
    make_role(make_node(30, status=NodeStatus.ACTIVE), region.plan.zone, "hyper-repl")
    second.start()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        while second.is_alive() and time.monotonic() < deadline:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                break
    go_on.set()
    first.join(30)
    second.join(30)
    assert ZoneCounts.objects.get(zone__zone_id="pek3c").values == recount()
