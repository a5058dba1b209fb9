"""Configuring a zone again, and a zone whose id changes."""

from __future__ import annotations

from typing import Any

import pytest

from common.actor import Actor
from common.errors import Busy, NotFound, Refused
from common.models import AuditEntry
from jobs.models import Job
from jobs.services.submit import submit
from nodes.models import Node
from tests.fixtures.region import Region
from tests.seen import approve_plan, reject_plan
from tests.support.newzone import settings_file, variables_file
from zones.models import Plan, Role, VbcAssignment, Zone
from zones.services.adopt import adopt_zone
from zones.services.configure import config_qingcloud

pytestmark = pytest.mark.django_db(transaction=True)


def nodes_of_new_zone(region: Region, zone_id: str = "pek3d") -> None:
    region.nodes(31, ssds=1, hostname=f"{zone_id}r01n31")
    for number in (32, 33):
        region.nodes(number, hostname=f"{zone_id}r01n{number}")


def configure(
    actor: Actor, zone_id: str = "pek3d", base: dict[str, Any] | None = None, **options: Any
) -> Plan:
    roles, more = options.pop("roles", None), options.pop("more", {})
    [done] = config_qingcloud(
        variables=[variables_file(zone_id, **(base or {}))],
        settings=[settings_file(zone_id, roles, **more)],
        actor=actor,
        **options,
    )
    assert done.plan is not None
    return done.plan


def in_service(region: Region) -> Plan:
    nodes_of_new_zone(region)
    plan = configure(region.actor)
    approve_plan(plan_id=plan.plan_id, actor=region.actor)
    Node.objects.filter(role__plan=plan).update(status="active")
    from zones.services.apply import apply_plan

    plan.refresh_from_db()
    assert apply_plan(plan, "apply")
    return plan


def codes(refusal: Refused, level: str = "error") -> list[str]:
    return [item.code for item in refusal.findings if item.level == level]


def test_an_approved_zone_is_configured_again_with_force_only(region: Region) -> None:
    nodes_of_new_zone(region)
    plan = approve_plan(plan_id=configure(region.actor).plan_id, actor=region.actor)
    with pytest.raises(Refused) as caught:
        configure(region.actor)
    assert {"P20", "R23"} <= set(codes(caught.value))
    again = configure(region.actor, force=True)
    plan.refresh_from_db()
    assert plan.status == "superseded" and again.content_hash == plan.content_hash


def test_a_zone_in_service_keeps_its_nodes_and_networks(region: Region) -> None:
    first = in_service(region)
    before = list(VbcAssignment.objects.order_by("pk").values("pk", "ipv4_network", "ipv4_vip"))
    again = configure(region.actor, force=True, base={"mgmt_network_dns_servers": ["172.16.80.2"]})
    assert approve_plan(plan_id=again.plan_id, actor=region.actor).status == "applied"
    assert list(VbcAssignment.objects.order_by("pk").values("pk", "ipv4_network", "ipv4_vip")) == before
    assert set(Role.objects.filter(zone=first.zone).values_list("plan", flat=True)) == {first.pk}
    assert "172.16.80.2" in first.zone.files.get(path="settings/pek3dr01n32").content
    assert set(Node.objects.filter(role__zone=first.zone).values_list("status", flat=True)) == {"active"}


def test_what_is_in_service_is_not_configured_away(region: Region) -> None:
    in_service(region)
    with pytest.raises(Refused) as caught:
        configure(
            region.actor,
            force=True,
            base={"deploy_mode": "fusion"},
            roles={31: "ks", 32: "hyper-sanc"},
        )
    found = [item.detail for item in caught.value.findings if item.code == "R23"]
    assert len(found) == 3, found
    assert any("deploy_mode is fusion" in detail for detail in found)
    assert any("pek3dr01n33" in detail and "missing in this file" in detail for detail in found)
    assert any("hyper-sanc in this file" in detail for detail in found)
    assert Plan.objects.filter(zone__zone_id="pek3d").count() == 1


def test_manual_vbcs_in_service_are_repeated_as_they_are(region: Region) -> None:
    in_service(region)
    base = {"installer_allocate_vbc": 0}
    vbc = {
        "mgmt_ips": ["172.16.80.33", "172.16.80.32"],
        "ipv4_vbc": "10.20.50.0/24",
        "ipv4_vip": "172.16.80.231|172.16.80.32",
    }
    same = configure(region.actor, force=True, base=base, more={"vbc": [vbc]})
    assert same.vbcs.count() == 0
    moved = {**vbc, "ipv4_vbc": "10.20.60.0/24"}
    with pytest.raises(Refused) as caught:
        configure(region.actor, force=True, base=base, more={"vbc": [moved]})
    assert set(codes(caught.value)) == {"R06"}
    assert "write that VBC exactly as in service" in str(caught.value)


def test_a_rejected_draft_does_not_decide_what_the_zone_is(region: Region) -> None:
    nodes_of_new_zone(region)
    draft = configure(
        region.actor, base={"region_id": "elsewhere", "deploy_mode": "fusion"}, roles={32: "hyper-repl"}
    )
    reject_plan(plan_id=draft.plan_id, actor=region.actor)
    plan = configure(region.actor)
    approve_plan(plan_id=plan.plan_id, actor=region.actor)
    zone = Zone.objects.get(zone_id="pek3d")
    assert (zone.region_id, zone.deploy_mode) == ("pek3", "devops")


def test_two_drafts_never_share_an_address_of_a_management_vm(region: Region) -> None:
    nodes_of_new_zone(region)
    region.nodes(41, ssds=1, hostname="pek3er01n41")
    region.nodes(42, hostname="pek3er01n42")
    first = configure(region.actor)
    second = configure(
        region.actor,
        "pek3e",
        base={"vm_base_network_start": "10.20.90.0/24"},
        roles={41: "ks", 42: "hyper-repl"},
    )
    used = [{address for addresses in plan.vms.values() for address in addresses} for plan in (first, second)]
    assert used[0] and used[1] and not used[0] & used[1]


def test_a_changed_id_is_hinted_at_then_listed_then_confirmed(region: Region) -> None:
    nodes_of_new_zone(region)
    plan = approve_plan(plan_id=configure(region.actor).plan_id, actor=region.actor)
    with pytest.raises(Refused) as caught:
        configure(region.actor, "pek3x")
    assert "R23" in codes(caught.value, "info") and "--rekey-from pek3d" in str(caught.value)
    with pytest.raises(Refused) as caught:
        configure(region.actor, "pek3x", force=True, rekey_from="pek3d")
    assert codes(caught.value) == ["R23"]
    listed = [item.detail for item in caught.value.findings if item.level == "info"]
    assert (
        "zone pek3d becomes pek3x" in listed and f"plan {plan.plan_id} (approved) becomes pek3x-1" in listed
    )
    assert sum(row.startswith("node ") for row in listed) == 3
    assert any("10.20.50.0/24" in row for row in listed) and any(row.startswith("job ") for row in listed)
    assert Zone.objects.filter(zone_id="pek3d").exists() and Role.objects.filter(plan=plan).count() == 3
    again = configure(region.actor, "pek3x", force=True, rekey_from="pek3d", rekey_confirmed=True)
    assert again.plan_id == "pek3x-2" and again.zone_id == plan.zone_id
    plan.refresh_from_db()
    assert (plan.plan_id, plan.status) == ("pek3x-1", "superseded")
    assert (
        not Zone.objects.filter(zone_id="pek3d").exists() and not Job.objects.filter(zone_id="pek3d").exists()
    )
    assert AuditEntry.objects.get(verb="rekey_zone").detail["former"] == "pek3d"
    assert approve_plan(plan_id="pek3x-2", actor=region.actor).status == "approved"


def test_checking_a_changed_id_changes_nothing(region: Region) -> None:
    nodes_of_new_zone(region)
    plan = approve_plan(plan_id=configure(region.actor).plan_id, actor=region.actor)
    [done] = config_qingcloud(
        variables=[variables_file("pek3x")],
        settings=[settings_file("pek3x")],
        actor=region.actor,
        force=True,
        rekey_from="pek3d",
        check=True,
    )
    plan.refresh_from_db()
    assert done.plan is None and plan.status == "approved" and plan.plan_id == "pek3d-1"


@pytest.mark.parametrize(
    ("old", "new", "force", "says"),
    [
        ("nowhere", "pek3x", True, "zone 'nowhere' does not exist"),
        ("pek3d", "pek3x", False, "add -f"),
        ("pek3d", "pek3c", True, "zone pek3c already exists"),
    ],
)
def test_ids_that_cannot_change(region: Region, old: str, new: str, force: bool, says: str) -> None:
    nodes_of_new_zone(region)
    configure(region.actor)
    with pytest.raises(Refused, match=says) as caught:
        configure(region.actor, new, force=force, rekey_from=old, rekey_confirmed=True)
    assert isinstance(caught.value, NotFound) == (old == "nowhere")


def test_the_id_of_a_zone_in_service_stays(region: Region) -> None:
    in_service(region)
    with pytest.raises(Refused, match="has active nodes"):
        configure(region.actor, "pek3x", force=True, rekey_from="pek3d", rekey_confirmed=True)


def test_no_id_changes_while_a_job_of_the_region_runs(region: Region) -> None:
    nodes_of_new_zone(region)
    configure(region.actor)
    submit(
        action="scale_qingcloud",
        targets=[],
        actor=region.actor,
        exclusive_scope="region:pek3",
        zone_id="pek3c",
    )
    with pytest.raises(Busy):
        configure(region.actor, "pek3x", force=True, rekey_from="pek3d", rekey_confirmed=True)


def test_two_variables_files_of_one_zone_are_refused(region: Region) -> None:
    nodes_of_new_zone(region)
    with pytest.raises(Refused, match="is specified twice"):
        config_qingcloud(
            variables=[variables_file(), variables_file()], settings=[settings_file()], actor=region.actor
        )


def test_a_zone_whose_plans_were_all_rejected_hinders_nobody(region: Region) -> None:
    nodes_of_new_zone(region)
    draft = configure(region.actor, base={"region_id": "new", "is_global_zone": 1})
    reject_plan(plan_id=draft.plan_id, actor=region.actor)
    plan = configure(region.actor, "pek3e", base={"region_id": "new", "is_global_zone": 1})
    assert [item.code for item in plan.findings if item.code == "R11"] == ["R11"]
    assert approve_plan(plan_id=plan.plan_id, actor=region.actor).status == "approved"


def test_a_region_has_one_global_zone_also_among_adopted_ones(region: Region) -> None:
    nodes_of_new_zone(region)
    base = {"region_id": "new", "is_global_zone": 1}
    draft = configure(region.actor, base=base)
    region.nodes(41, ssds=1, hostname="pek3er01n41")
    adopted = adopt_zone(
        variables=variables_file("pek3e", **base),
        settings=settings_file("pek3e", {41: "ks"}),
        actor=region.actor,
    )
    assert adopted.zone.is_global
    with pytest.raises(Refused, match="R11"):
        approve_plan(plan_id=draft.plan_id, actor=region.actor)
    region.nodes(42, ssds=1, hostname="pek3fr01n42")
    with pytest.raises(Refused, match="the global zone of region new is pek3e"):
        adopt_zone(
            variables=variables_file("pek3f", **base),
            settings=settings_file("pek3f", {42: "ks"}),
            actor=region.actor,
        )
