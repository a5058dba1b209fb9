"""Constraints that the database itself enforces on every caller."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from jobs.models import Event, Job, Step
from nodes.models import Disk, DiskCorrection, NetworkInterface, Node
from tests.factories import make_node, make_role, make_vbc, make_zone
from zones.models import Plan, Role, VbcMember, Zone

pytestmark = pytest.mark.django_db


def refused(make: object, **values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**values)  # type: ignore[operator]


def test_jobs_steps_and_events() -> None:
    job = Job.objects.create(action="a", created_by="ann", exclusive_scope="region:r")
    refused(Job.objects.create, action="b", created_by="bob", exclusive_scope="region:r")
    refused(Job.objects.create, action="a", created_by="ann", status="resting")
    Step.objects.create(job=job, phase="p", position=0, target="n-1")
    refused(Step.objects.create, job=job, phase="p", position=1, target="n-1")
    refused(Step.objects.create, job=job, phase="q", position=1, status="lost")
    Event.objects.create(job=job, seq=1, ts=job.created_at, line="x")
    refused(Event.objects.create, job=job, seq=1, ts=job.created_at, line="y")


def test_nodes_and_disks() -> None:
    node = Node.objects.create(mgmt_address="10.0.0.1")
    refused(Node.objects.create, mgmt_address="10.0.0.1")
    refused(Node.objects.create, mgmt_address="10.0.0.2", status="broken")
    refused(Node.objects.create, mgmt_address="10.0.0.2", ssh_port=0)
    disk = Disk.objects.create(
        node=node, identity="i", name="sdb", observed_type="ssd", observed_size_bytes=1
    )
    refused(
        Disk.objects.create, node=node, identity="i", name="sdc", observed_type="ssd", observed_size_bytes=1
    )
    refused(
        Disk.objects.create, node=node, identity="j", name="sdc", observed_type="tape", observed_size_bytes=1
    )
    refused(
        Disk.objects.create, node=node, identity="j", name="sdc", observed_type="ssd", observed_size_bytes=0
    )
    refused(DiskCorrection.objects.create, disk=disk, field="serial", value="x", against="y", made_by="a")
    refused(NetworkInterface.objects.create, node=node, name="eth0", type="token-ring")


def test_zones_plans_and_networks() -> None:
    zone = make_zone()
    refused(
        Zone.objects.create, zone_id=zone.zone_id, region_id="r", deploy_mode="devops", network_mode="sdn"
    )
    refused(Zone.objects.create, zone_id="other", region_id="r", deploy_mode="solo", network_mode="sdn")
    nodes = [make_node(7), make_node(8)]
    make_role(nodes[0], zone)
    refused(Role.objects.create, node=nodes[0], zone=zone, role="vg")
    refused(Role.objects.create, node=nodes[1], zone=zone, role="king")
    vbc = make_vbc(zone, nodes)
    refused(make_vbc, zone=zone, nodes=[make_node(9)])
    refused(VbcMember.objects.create, vbc=vbc, node=nodes[0])
    plan = {"zone": zone, "kind": "scale", "content_hash": "h", "created_by": "ann"}
    Plan.objects.create(plan_id="p-1", revision=1, **plan)
    refused(Plan.objects.create, plan_id="p-2", revision=2, **plan)  # one open plan per zone
    refused(Plan.objects.create, plan_id="p-3", revision=1, status="rejected", **plan)
