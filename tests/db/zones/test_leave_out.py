"""A machine that cannot be installed does not block its zone forever."""

from __future__ import annotations

import pytest

from common.errors import Busy, Refused
from common.models import AuditEntry
from jobs.models import Job
from jobs.services.submit import submit
from nodes.models import Node
from nodes.services.delete import delete_nodes
from nodes.states import NodeStatus
from operations.scaling.phases import started
from operations.scaling.scale import scale_qingcloud
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan, edit_plan_file, leave_out_nodes, reject_plan
from tests.support import database
from zones.models import Plan, Role, VbcAssignment, VbcMember, ZoneFile
from zones.services.config_files import ConfigFile
from zones.services.configure import config_qingcloud
from zones.services.lookups import find_plan
from zones.services.revisions import hash_now, open_addresses
from zones.services.vbc_routes import vbc_routes

pytestmark = pytest.mark.django_db(transaction=True)
A21, A22, A23, A24 = (f"172.16.80.{number}" for number in (21, 22, 23, 24))


def node(address: str) -> Node:
    return Node.objects.get(mgmt_address=address)


def text(plan: Plan, path: str) -> str:
    return plan.files.get(path=path).content


def installed(region: Region, *done: str, roles: dict[int, str] | None = None, extra: str = "") -> Plan:
    """Make a plan of .21 to .24 that was approved and installed on ``done``; its job failed on the others."""
    wanted = roles or dict.fromkeys((21, 22, 23, 24), "hyper-repl")
    name = f"begun: {wanted} {extra}"
    plan_id = database.build_once(name, lambda: _begun(region, wanted, extra))
    Node.objects.filter(mgmt_address__in=done).update(status=NodeStatus.ACTIVE)
    Node.objects.filter(status=NodeStatus.SCALING).update(status=NodeStatus.SCALE_FAILED, error="no answer")
    Job.objects.update(status="failed")
    return find_plan(plan_id=plan_id)


def _begun(region: Region, wanted: dict[int, str], extra: str) -> str:
    for item in region.nodes(*wanted):
        if wanted[int(item.mgmt_address[-2:])] == "hyper-pair":
            item.disks.exclude(name="sdb").exclude(is_os=True).delete()
            item.disks.filter(name="sdb").update(observed_type="sata", rotational=True)
        if wanted[int(item.mgmt_address[-2:])] == "vg":
            item.interfaces.filter(name="eth1").update(
                address="139.198.10.9", prefix=24, gateway="139.198.10.1"
            )
            Node.objects.filter(pk=item.pk).update(default_interface="eth1", default_gateway="139.198.10.1")
    [made] = config_qingcloud(variables=[], settings=[scale_file(wanted, extra)], actor=region.actor)
    assert made.plan
    plan = approve_plan(plan_id=made.plan.plan_id, actor=region.actor)
    scale_qingcloud(zone_id="pek3c", addresses=sorted(plan.roles), actor=region.actor)
    return plan.plan_id


def test_a_begun_plan_names_the_way_out(region: Region) -> None:
    plan = installed(region, A21, A22, A24)
    with pytest.raises(Refused, match=f"leave_out_nodes {plan.plan_id}"):
        reject_plan(plan_id=plan.plan_id, actor=region.actor)


def test_the_rest_is_in_service_and_the_zone_goes_on(region: Region) -> None:
    plan = installed(region, A21, A22, A23)
    left = leave_out_nodes(plan_id=plan.plan_id, addresses=[A24], actor=region.actor, reason="dead board")
    plan = left.plan
    assert plan.status == "draft" and plan.decided_by == "" and sorted(plan.roles) == [A21, A22, A23]
    assert node(A24).status == NodeStatus.AVAILABLE and node(A24).error == ""
    assert not Role.objects.filter(node__mgmt_address=A24).exists()
    assert not VbcMember.objects.filter(node__mgmt_address=A24).exists()
    assert {node(address).status for address in (A21, A22, A23)} == {NodeStatus.ACTIVE}
    gone = node(A24).hostname
    assert gone not in text(plan, "hosts") and gone not in text(plan, "nodes/hyper")
    assert not plan.files.filter(path__in=[f"settings/{gone}", f"nodes/{gone}"]).exists()
    assert left.again == () and "hosts" in left.files
    told, steps = [item for item in plan.findings if item.code == "P64"]
    assert told.detail == f"{node(A24)} was left out by ann: dead board"
    # The job ended before these, and approving runs none of them.
    for verb in ("update_hyper_mirror -z pek3c", "dump_vbc_route -z pek3c", "rebuild_cache -z pek3c"):
        assert verb in steps.remedy
    assert hash_now(plan) == (plan.content_hash, [])
    assert AuditEntry.objects.filter(verb="leave_out_nodes", reason="dead board").count() == 1
    # Nothing waits to be installed: approving it applies it, and the zone can be scaled again.
    plan = approve_plan(plan_id=plan.plan_id, actor=region.actor)
    assert plan.status == "applied"
    assert gone not in ZoneFile.objects.get(zone=plan.zone, path="hosts").content
    assert vbc_routes(zone_id="pek3c").count("ip route add") == 3
    delete_nodes(addresses=[A24], actor=region.actor)
    region.nodes(25, 26)
    [again] = config_qingcloud(
        variables=[], settings=[scale_file({25: "hyper-repl", 26: "hyper-repl"})], actor=region.actor
    )
    assert again.plan and again.plan.status == "draft"


def test_the_next_hyper_becomes_master_and_is_installed_again(region: Region) -> None:
    plan = installed(region, A21, A22, A24)
    old = VbcMember.objects.get(node__mgmt_address=A23).vbc
    assert old.master == node(A23)
    before = text(plan, f"settings/{node(A24).hostname}")
    left = leave_out_nodes(plan_id=plan.plan_id, addresses=[A23], actor=region.actor)
    old.refresh_from_db()
    assert old.master == node(A24) and [item.node for item in old.members.all()] == [node(A24)]
    assert left.again == (node(A24).hostname,)
    file = left.plan.files.get(path=f"settings/{node(A24).hostname}")
    # The reviewer sees what is different from what the machine has.
    assert file.base == before and f'hyper_vip_address="{old.ipv4_vip}"' in file.content
    assert node(A24).status == NodeStatus.ACTIVE
    plan = approve_plan(plan_id=plan.plan_id, actor=region.actor)
    assert plan.status == "approved"
    assert node(A24).status == NodeStatus.ACTIVE, "it serves until it is scaled again"
    with pytest.raises(Refused) as refusal:
        scale_qingcloud(zone_id="pek3c", addresses=[A22], actor=region.actor)
    assert [(item.code, item.node) for item in refusal.value.findings] == [("P43", A24), ("P42", A22)]
    assert refusal.value.findings[1].remedy.endswith(
        f"remaining nodes of plan {plan.plan_id}: {', '.join(open_addresses(plan))}"
    )
    with pytest.raises(Refused, match=r"P30 .*start a new job .*scale_qingcloud -z pek3c"):
        started(Job.objects.get(action="scale_qingcloud"))
    job = scale_qingcloud(zone_id="pek3c", addresses=[A24], actor=region.actor)
    assert node(A24).status == NodeStatus.SCALING and node(A22).status == NodeStatus.ACTIVE
    assert {step.address for step in job.steps.filter(phase="install_nodes")} == {A24}


def test_without_it_only_what_failed_is_scaled_again(region: Region) -> None:
    plan = installed(region, A21, A22, A24)
    assert open_addresses(plan) == [A23]
    scale_qingcloud(zone_id="pek3c", addresses=[A23], actor=region.actor)
    assert node(A24).status == NodeStatus.ACTIVE


def test_nodes_that_wait_are_available_until_the_approval(region: Region) -> None:
    plan = installed(region, A21, A22)
    left = leave_out_nodes(plan_id=plan.plan_id, addresses=[A23], actor=region.actor)
    assert node(A24).status == NodeStatus.AVAILABLE
    assert left.again == ()
    assert f'hyper_vip_address="{VbcMember.objects.get(node=node(A24)).vbc.ipv4_vip}"' in text(
        left.plan, f"settings/{node(A24).hostname}"
    )
    # A second one, from the draft that the first one left.
    left = leave_out_nodes(plan_id=plan.plan_id, addresses=[A24], actor=region.actor)
    assert sorted(left.plan.roles) == [A21, A22]
    assert VbcAssignment.objects.count() == 2
    assert approve_plan(plan_id=plan.plan_id, actor=region.actor).status == "applied"


def test_a_gateway_takes_its_segments_along(region: Region) -> None:
    plan = installed(
        region,
        A21,
        A22,
        roles={21: "hyper-repl", 22: "hyper-repl", 23: "vg"},
        extra="eips:\n  172.16.80.23: ['139.198.10.0/24|.1']\n",
    )
    left = leave_out_nodes(plan_id=plan.plan_id, addresses=[A23], actor=region.actor)
    assert not left.plan.eip_pools.exists() and text(left.plan, "nodes/vg") == ""


@pytest.mark.parametrize("region", ["standard"], indirect=True)
def test_the_peer_of_a_pair_is_told_and_an_odd_number_too(region: Region) -> None:
    plan = installed(region, A21, A22, A24, roles=dict.fromkeys((21, 22, 23, 24), "hyper-pair"))
    left = leave_out_nodes(plan_id=plan.plan_id, addresses=[A23], actor=region.actor)
    settings = text(left.plan, f"settings/{node(A24).hostname}")
    assert "pair_hostname" not in settings and left.plan.roles[A24]["pair"] == ""
    assert node(A24).role.pair is None and left.again == (node(A24).hostname,)
    assert [item.level for item in left.plan.findings if item.code == "R02"] == ["warning"]


def test_edits_outlive_it_unless_they_are_in_the_way(region: Region) -> None:
    plan = installed(region, A21, A22, A23)
    Node.objects.filter(mgmt_address=A24).update(status=NodeStatus.SCALE_FAILED)
    plan = leave_out_nodes(plan_id=plan.plan_id, addresses=[A24], actor=region.actor).plan
    hosts = text(plan, "hosts")
    edit_plan_file(
        plan_id=plan.plan_id, path="hosts", content=hosts + "10.0.0.9 mirror\n", actor=region.actor
    )
    plan = approve_plan(plan_id=plan.plan_id, actor=region.actor)
    assert plan.status == "applied" and "10.0.0.9 mirror" in text(plan, "hosts")


def test_an_edit_at_the_lines_that_would_follow_is_not_thrown_away(region: Region) -> None:
    plan = installed(region, A21, A22, A23)
    row = plan.files.get(path="hosts")
    line = f"{A24} {node(A24).hostname}\n"
    row.rendered, row.content, row.edited_by = (
        row.content,
        row.content.replace(line, f"{line[:-1]} x\n"),
        "bo",
    )
    row.save()
    with pytest.raises(Refused, match="P63 error hosts: hosts was edited by bo"):
        leave_out_nodes(plan_id=plan.plan_id, addresses=[A24], actor=region.actor)
    plan.refresh_from_db()
    assert plan.status == "approved" and node(A24).status == NodeStatus.SCALE_FAILED
    assert ZoneFile.objects.filter(path=f"settings/{node(A21).hostname}").count() == 0


def test_what_cannot_be_left_out_is_named_and_nothing_changes(region: Region) -> None:
    plan = installed(region, A21)
    region.nodes(29)
    with pytest.raises(Refused) as refusal:
        leave_out_nodes(
            plan_id=plan.plan_id, addresses=[A21, A22, "172.16.80.29", "172.16.80.11"], actor=region.actor
        )
    assert [item.code for item in refusal.value.findings] == ["P61"] * 3
    with pytest.raises(Refused, match=r"P75 .*configure again"):
        leave_out_nodes(plan_id=region.plan.plan_id, addresses=["172.16.80.11"], actor=region.actor)
    plan.refresh_from_db()
    assert plan.status == "approved" and Role.objects.filter(plan=plan).count() == 4


def test_all_nodes_are_not_left_out_but_rejected(region: Region) -> None:
    plan = installed(region)
    with pytest.raises(Refused, match=r"P62 .*reject_plan"):
        leave_out_nodes(plan_id=plan.plan_id, addresses=[A21, A22, A23, A24], actor=region.actor)
    assert reject_plan(plan_id=plan.plan_id, actor=region.actor).status == "rejected"


def test_not_while_something_runs_in_the_region(region: Region) -> None:
    plan = installed(region, A21, A22, A23)
    submit(
        action="exec_nodes", targets=[], actor=region.actor, zone_id="pek3c", exclusive_scope="region:pek3"
    )
    with pytest.raises(Busy) as caught:
        leave_out_nodes(plan_id=plan.plan_id, addresses=[A24], actor=region.actor)
    assert caught.value.message.code == "R20"


VARIABLES = b"""\
common: {region_id: pek3, console_id: qingcloud, domain: example.com, cloud_type: private, site_protocol: https}
base:
  zone_id: pek3d
  deploy_mode: devops
  network_mode: sdn
  is_global_zone: 0
  installer_allocate_vbc: 1
  vm_base_network: 10.20.0.0/16
  vm_base_network_start: 10.20.50.0/24
  mgmt_network_gateway: 172.16.80.1
  mgmt_network_dns_servers: [172.16.80.1]
advance:
  mgmt_network_pools: ['172.16.80.100/24-172.16.80.140/24']
  vip_pools: ['172.16.80.231/24-172.16.80.240/24']
"""


def test_a_host_of_management_vms_stays_and_the_steps_of_the_region_are_named(region: Region) -> None:
    nodes = region.nodes(31, 32, 33)
    for item in nodes:
        item.hostname = f"pek3dr01n{str(item.mgmt_address)[-2:]}"
        item.save(update_fields=["hostname"])
    nodes[0].disks.filter(is_os=False).exclude(name="sdb").delete()
    lines = "zone_id: pek3d\nroles:\n  172.16.80.31: {role: ks, sub_roles: [seed]}\n"
    lines += "".join(
        f"  172.16.80.{number}: {{role: hyper-repl, sub_roles: [hyper]}}\n" for number in (32, 33)
    )
    [made] = config_qingcloud(
        variables=[ConfigFile("variables.pek3d.yaml", VARIABLES)],
        settings=[ConfigFile("settings.pek3d.yaml", lines.encode())],
        actor=region.actor,
    )
    assert made.plan
    plan = approve_plan(plan_id=made.plan.plan_id, actor=region.actor)
    with pytest.raises(Refused, match=r"P61 .*management VMs of the new zone run on"):
        leave_out_nodes(plan_id=plan.plan_id, addresses=["172.16.80.31"], actor=region.actor)
    left = leave_out_nodes(plan_id=plan.plan_id, addresses=["172.16.80.33"], actor=region.actor)
    assert any("clear_zone_cache" in item.remedy for item in left.plan.findings)
    assert sorted(left.plan.roles) == ["172.16.80.31", "172.16.80.32"]
    assert approve_plan(plan_id=plan.plan_id, actor=region.actor).status == "approved"
