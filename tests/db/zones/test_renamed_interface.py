"""The management interface is renamed between approval and job: each way out that is named leads out."""

from __future__ import annotations

import pytest

from common.errors import Refused
from nodes.models import Node
from operations.scaling.scale import scale_qingcloud
from tests.db.zones.test_services import NEW, approved
from tests.fixtures.region import Region, scale_file
from zones.models import Plan
from zones.services.approve import approve_plan
from zones.services.configure import config_qingcloud
from zones.services.leave_out import leave_out_nodes

pytestmark = pytest.mark.django_db(transaction=True)


def renamed(name: str) -> None:
    """Store what a collection stores after the node renamed its interface."""
    node = Node.objects.get(mgmt_address=NEW[0])
    node.interfaces.filter(name=node.mgmt_interface).update(name=name)
    Node.objects.filter(pk=node.pk).update(mgmt_interface=name)


def refusal(region: Region) -> str:
    with pytest.raises(Refused) as caught:
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    [finding] = caught.value.findings
    assert (finding.code, finding.node) == ("Z30", NEW[0])
    assert "its management interface is now bond1, but bond0 in its settings" in finding.detail
    return finding.remedy


def test_the_approval_is_void_and_says_so(region: Region) -> None:
    plan = approved(region)
    renamed("bond1")
    remedy = refusal(region)
    assert f"leave_out_nodes {plan.plan_id} -i {NEW[0]}" in remedy and "rename it back" in remedy


def test_renaming_it_back_leads_out(region: Region) -> None:
    approved(region)
    renamed("bond1")
    refusal(region)
    renamed("bond0")
    assert scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor).status == "queued"


@pytest.mark.remedy("Z30")
def test_going_on_without_the_node_leads_out(region: Region) -> None:
    plan = approved(region)
    renamed("bond1")
    refusal(region)
    plan.refresh_from_db()
    seen = plan.content_hash
    leave_out_nodes(plan_id=plan.plan_id, addresses=[NEW[0]], content_hash=seen, actor=region.actor)
    plan.refresh_from_db()
    approve_plan(plan_id=plan.plan_id, content_hash=plan.content_hash, actor=region.actor)
    job = scale_qingcloud(zone_id="pek3c", addresses=[NEW[1]], actor=region.actor)
    assert job.status == "queued"
    # And the node that was left out in a plan of its own, once the first is done.
    type(job).objects.all().delete()
    Plan.objects.filter(pk=plan.pk).update(status="applied")
    [done] = config_qingcloud(
        variables=[], settings=[scale_file({21: "hyper-repl"})], actor=region.actor, force=True
    )
    assert done.plan is not None
    text = done.plan.files.get(path__startswith="settings/", address=NEW[0]).content
    assert 'mgmt_network_interface="bond1"' in text
