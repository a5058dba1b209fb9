"""Maintain nodes in service after a scaling: the steps are those of the zone."""

from __future__ import annotations

import pytest

from common.errors import Refused
from nodes.models import Node
from operations.scaling.scale import dry_run, scale_qingcloud
from operations.supervisor.core import restart_script
from tests.factories import make_node
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan
from zones.models import Zone
from zones.services.configure import config_qingcloud
from zones.services.zone_vms import global_zone, vm_addresses, vm_nodes

NEW = ["172.16.80.21", "172.16.80.22"]


@pytest.mark.parametrize("names", [[], ["a b"], ["$(reboot)"], ["-h"]])
def test_only_names_of_programs_are_restarted(names: list[str]) -> None:
    with pytest.raises(ValueError, match="not a valid program name"):
        restart_script(names, steady_s=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("region", "wanted"), [("devops", 4), ("fusion", 4), ("standard", 0)], indirect=["region"]
)
def test_all_hypers_are_told_in_fusion_and_devops(region: Region, wanted: int) -> None:
    region.nodes(21, 22)
    [done] = config_qingcloud(
        variables=[], settings=[scale_file({21: "hyper-repl", 22: "hyper-repl"})], actor=region.actor
    )
    assert done.plan is not None
    approve_plan(plan_id=done.plan.plan_id, actor=region.actor)
    rows = [row for row in dry_run(zone_id="pek3c", addresses=NEW) if row["phase"] == "update_hyper_mirror"]
    job = scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    assert job.steps.filter(phase="update_hyper_mirror").count() == len(rows) == wanted
    assert not job.steps.filter(phase="rebuild_cache").exists()


@pytest.mark.django_db
def test_management_vms_are_nodes_that_the_console_can_log_in_to(region: Region) -> None:
    zone = Zone.objects.get()
    zone.vms = {"webservice": ["172.16.80.101", "172.16.80.102"], "ks": ["172.16.80.111"]}
    zone.save()
    make_node(101, host_key="ssh-ed25519 AAAA")
    make_node(102, host_key="")
    with pytest.raises(Refused) as caught:
        vm_nodes(zone, "webservice")
    assert [item.node for item in caught.value.findings] == ["172.16.80.102"]
    Node.objects.filter(mgmt_address="172.16.80.102").update(host_key="ssh-ed25519 BBBB")
    assert [str(node.mgmt_address) for node in vm_nodes(zone, "webservice")] == zone.vms["webservice"]
    assert vm_addresses(zone, "proxy") == []
    zone.deploy_mode = "fusion"
    assert vm_addresses(zone, "proxy") == ["172.16.80.111"]
    with pytest.raises(Refused, match="global zone of region pek3"):
        global_zone("pek3")
