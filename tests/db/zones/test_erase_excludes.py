"""Scaling and erasing exclude each other on a node, whichever starts first."""

from __future__ import annotations

import pytest

from common.errors import Busy, Refused
from jobs.engine import work_slice
from jobs.models import Step
from jobs.services.submit import Target, submit
from jobs.states import StepStatus
from nodes.models import Node
from nodes.services.erase import erase_data_disks, preview_erase
from nodes.states import NodeStatus
from operations.scaling.scale import scale_qingcloud
from tests.db.zones.test_services import NEW, approved
from tests.fixtures.region import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(region: Region) -> Region:
    approved(region)
    Node.objects.update(host_key="ssh-ed25519 AAAA")
    return region


def test_no_scaling_while_disks_are_erased(ready: Region) -> None:
    permit = preview_erase(addresses=NEW[:1], disks=["sdb"], actor=ready.actor)
    job = erase_data_disks(permit_id=permit.permit_id, actor=ready.actor)
    with pytest.raises(Busy, match=f"erase_data_disks {job.job_id}"):
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=ready.actor)
    assert Node.objects.filter(status=NodeStatus.SCALING).count() == 0
    Step.objects.filter(job=job).update(status=StepStatus.SUCCEEDED)
    assert scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=ready.actor)


def test_no_erasing_while_a_scaling_waits_or_runs(ready: Region) -> None:
    permit = preview_erase(addresses=NEW[:1], disks=["sdb"], actor=ready.actor)
    scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=ready.actor)
    with pytest.raises(Refused, match="is scaling"):
        preview_erase(addresses=NEW[:1], disks=["sdb"], actor=ready.actor)
    with pytest.raises(Refused, match="is scaling"):
        erase_data_disks(permit_id=permit.permit_id, actor=ready.actor)


def test_a_scaling_that_was_queued_looks_again_when_it_starts(ready: Region) -> None:
    job = scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=ready.actor)
    node = Node.objects.get(mgmt_address=NEW[0])
    erasing = submit(
        action="erase_data_disks", targets=[Target(node.node_id, NEW[0])], actor=ready.actor, params={}
    )
    work_slice.run_slice(job.pk)
    job.refresh_from_db()
    assert job.status == "failed" and erasing.job_id in job.error


def test_an_erasing_that_was_queued_looks_again_when_it_starts(ready: Region) -> None:
    permit = preview_erase(addresses=NEW[:1], disks=["sdb"], actor=ready.actor)
    job = erase_data_disks(permit_id=permit.permit_id, actor=ready.actor)
    node = Node.objects.get(mgmt_address=NEW[0])
    other = submit(
        action="scale_qingcloud", targets=[Target(node.node_id, NEW[0])], actor=ready.actor, params={}
    )
    work_slice.run_slice(job.pk)
    job.refresh_from_db()
    assert job.status == "failed" and other.job_id in job.error
