"""A retired machine takes nothing with it that others need, and the remaining work is listed."""

from __future__ import annotations

import pytest

from common.actor import Actor
from common.errors import Busy, NotFound, Refused
from common.models import AuditEntry
from jobs.services.submit import submit
from nodes.models import Node
from nodes.services.add import add_nodes
from nodes.services.delete import delete_nodes
from nodes.states import NodeStatus
from tests.fixtures.region import Region, scale_file
from tests.seen import leave_out_nodes
from zones.models import EipPool, Role, VbcAssignment, VbcMember, Zone, ZoneFile
from zones.services.configure import config_qingcloud
from zones.services.retire import Retired, retire_nodes
from zones.services.statistics import count_zone, kept_counts
from zones.services.vbc_routes import vbc_routes

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor("ann", "command")
A11, A12 = "172.16.80.11", "172.16.80.12"


def node(address: str) -> Node:
    return Node.objects.get(mgmt_address=address)


def retire(*addresses: str, reason: str = "scrapped") -> Retired:
    """Retire nodes like a person who has typed their names."""
    names = " ".join(Node.objects.filter(mgmt_address__in=addresses).values_list("hostname", flat=True))
    return retire_nodes(addresses=addresses, actor=ANN, reason=reason, confirm=names)


def sentences(done: Retired) -> str:
    return "\n".join(item.sentence() for item in done.findings)


def settings(hostname: str) -> str:
    return ZoneFile.objects.get(path=f"settings/{hostname}").content


def test_the_next_hyper_is_master_and_what_it_needs_is_told(region: Region) -> None:
    vbc = VbcAssignment.objects.get()
    assert vbc.master == node(A11)
    heir = node(A12).hostname
    assert "hyper_vip_address" not in settings(heir)
    done = retire(A11, reason="main board")
    vbc.refresh_from_db()
    assert vbc.master == node(A12) and [item.node for item in vbc.members.all()] == [node(A12)]
    assert node(A11).status == NodeStatus.RETIRED and not Role.objects.filter(node=node(A11)).exists()
    text = sentences(done)
    assert f"{heir} becomes Master of {vbc}" in text and "update_hyper_mirror -z pek3c" in text
    assert f'+hyper_vip_address="{vbc.ipv4_vip}"' in done.settings[f"settings/{heir}"]
    # The zone has what the person was advised to bring there.
    assert f'hyper_vip_address="{vbc.ipv4_vip}"' in settings(heir)
    assert not ZoneFile.objects.filter(path=f"settings/{node(A11).hostname}").exists()
    assert f"{vbc.ipv4_network} via {vbc.ipv4_vip}" in vbc_routes(zone_id="pek3c")
    assert kept_counts(zone_id="pek3c")[0] == count_zone(Zone.objects.get())
    entry = AuditEntry.objects.get(verb="retire_nodes")
    assert entry.reason == "main board" and A11 in str(entry.detail)


def test_a_dry_run_tells_the_same_and_changes_nothing(region: Region) -> None:
    told = retire_nodes(addresses=[A11], actor=region.actor, dry_run=True)
    assert node(A11).status == NodeStatus.ACTIVE and VbcAssignment.objects.get().master == node(A11)
    assert not AuditEntry.objects.filter(verb="retire_nodes").exists()
    done = retire(A11)
    assert (sentences(told), told.settings) == (sentences(done), done.settings)


def test_the_last_hyper_of_a_network_frees_it_and_its_route_is_named(region: Region) -> None:
    vbc = VbcAssignment.objects.get()
    done = retire(A11, A12)
    assert not VbcAssignment.objects.exists() and not VbcMember.objects.exists()
    assert f"ip route del {vbc.ipv4_network} via {vbc.ipv4_vip}" in sentences(done)
    assert not done.settings


def test_the_machine_in_its_place_may_have_its_address_and_name(region: Region) -> None:
    name = node(A12).hostname
    retire(A12)
    with pytest.raises(
        Refused,
        match="belongs to a retired node -> if another machine uses the address now, run delete_nodes first",
    ):
        add_nodes(addresses=[A12], actor=region.actor)
    with pytest.raises(Refused, match="P80"):
        delete_nodes(addresses=[A12], actor=region.actor)
    delete_nodes(addresses=[A12], actor=region.actor, confirm=name)
    region.nodes(12, 13)
    assert node(A12).hostname == name
    wanted = scale_file({12: "hyper-repl", 13: "hyper-repl"})
    [made] = config_qingcloud(variables=[], settings=[wanted], actor=region.actor)
    assert made.plan and made.plan.files.get(path=f"settings/{name}").base == ""


def test_an_edit_by_hand_of_the_heir_is_kept(region: Region) -> None:
    heir = node(A12).hostname
    row = ZoneFile.objects.get(path=f"settings/{heir}")
    row.content = row.content.replace("## General", '## General\nown_key="kept"')
    row.save()
    done = retire(A11)
    assert 'own_key="kept"' in settings(heir) and "own_key" not in "".join(
        line for line in done.settings[f"settings/{heir}"].splitlines() if line.startswith(("+", "-"))
    )


def test_lines_in_the_way_are_left_and_said(region: Region) -> None:
    heir = node(A12).hostname
    row = ZoneFile.objects.get(path=f"settings/{heir}")
    rule = next(line for line in row.content.splitlines() if line.startswith("vm_network_routing_rule"))
    row.content = row.content.replace(rule, 'vm_network_routing_rule="mine"')
    row.save()
    done = retire(A11)
    assert "its file was edited at the lines that change" in sentences(done)
    assert sentences(done).count(f"the settings of {heir} must change") == 1
    assert "+hyper_vip_address" in done.settings[f"settings/{heir}"]
    assert 'vm_network_routing_rule="mine"' in settings(heir)


@pytest.mark.parametrize("region", ["standard"], indirect=True)
def test_an_odd_number_of_hypers_is_said(region: Region) -> None:
    text = sentences(retire(A11))
    assert "1 hypers would remain" in text and "update_hyper_mirror" not in text


def test_a_gateway_takes_its_segments_along(region: Region) -> None:
    EipPool.objects.create(
        zone=Zone.objects.get(), vg=node(A12), network="139.198.10.0/24", gateway="139.198.10.1"
    )
    Role.objects.filter(node=node(A12)).update(role="vg")
    text = sentences(retire(A12))
    assert "139.198.10.0/24" in text and "no vg node remains" in text and not EipPool.objects.exists()


def test_a_pair_and_management_vms_are_named(region: Region) -> None:
    Role.objects.filter(node=node(A11)).update(role="hyper-pair", pair=node(A12))
    Role.objects.filter(node=node(A12)).update(role="hyper-pair", pair=node(A11))
    zone = Zone.objects.get()
    ZoneFile.objects.create(zone=zone, path="vms/vms.yaml", content=f"vms: {{proxy0: {{host: {A11}}}}}")
    done = retire(A11)
    heir = node(A12).hostname
    assert f"{heir} loses its DRBD peer {node(A11).hostname}" in sentences(done)
    assert f"proxy0 was placed on {node(A11).hostname}" in sentences(done)
    assert Role.objects.get().pair is None


def test_a_placement_edited_beyond_reading_hinders_nothing(region: Region) -> None:
    ZoneFile.objects.create(zone=Zone.objects.get(), path="vms/vms.yaml", content="vms: [")
    done = retire(A11)
    assert "make sure that no management VM ran there" in sentences(done)


def test_only_nodes_in_service_of_one_zone(region: Region) -> None:
    region.nodes(21)
    with pytest.raises(Refused, match="is available, not in service") as refusal:
        retire(A11, "172.16.80.21")
    assert [item.node for item in refusal.value.findings] == ["172.16.80.21"]
    with pytest.raises(NotFound):
        retire("172.16.80.99")
    retire(A11)
    with pytest.raises(Refused, match="is retired, not in service -> it has already left service"):
        retire(A11)
    other = Zone.objects.create(zone_id="pek3d", region_id="pek3", deploy_mode="devops", network_mode="sdn")
    Node.objects.filter(mgmt_address="172.16.80.21").update(status=NodeStatus.ACTIVE)
    Role.objects.create(zone=other, node=node("172.16.80.21"), role="ks")
    with pytest.raises(Refused, match="serve pek3c and pek3d"):
        retire(A12, "172.16.80.21")


def test_an_open_plan_and_a_running_job_come_first(region: Region) -> None:
    region.nodes(21, 22)
    wanted = scale_file({21: "hyper-repl", 22: "hyper-repl"})
    [made] = config_qingcloud(variables=[], settings=[wanted], actor=region.actor)
    assert made.plan
    with pytest.raises(Refused, match=f"reject_plan {made.plan.plan_id}"):
        retire(A11)
    made.plan.delete()
    job = submit(action="rebuild_cache", targets=[], actor=region.actor, exclusive_scope="region:pek3")
    with pytest.raises(Busy, match=job.job_id):
        retire(A11)
    assert node(A11).status == NodeStatus.ACTIVE


def test_what_cannot_leave_a_plan_names_this_verb(region: Region) -> None:
    region.nodes(21, 22)
    wanted = scale_file({21: "hyper-repl", 22: "hyper-repl"})
    [made] = config_qingcloud(variables=[], settings=[wanted], actor=region.actor)
    assert made.plan
    Node.objects.filter(mgmt_address="172.16.80.21").update(status=NodeStatus.ACTIVE)
    with pytest.raises(Refused, match="once the plan is applied: retire_nodes"):
        leave_out_nodes(plan_id=made.plan.plan_id, addresses=["172.16.80.21"], actor=region.actor)
