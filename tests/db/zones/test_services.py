"""From files to an approved plan to a job, in the database; machines come in tests/system."""

from __future__ import annotations

from typing import NoReturn

import pytest
from pytest_django import DjangoAssertNumQueries

from common.errors import Busy, NotFound, Refused
from jobs.models import Job
from jobs.services.submit import submit
from nodes.models import Disk, Node
from nodes.services.delete import delete_nodes
from nodes.services.modify import modify_disks
from nodes.states import NodeStatus
from operations.scaling.scale import dry_run, scale_qingcloud
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan, reject_plan
from tests.support.findings import finding
from zones.models import EipPool, Plan, Role, VbcAssignment, VbcMember, ZoneFile
from zones.services.config_files import ConfigFile
from zones.services.configure import config_qingcloud
from zones.services.destruction import plan_destroys
from zones.services.groups import read_group
from zones.services.lookups import find_plan
from zones.services.vbc_routes import vbc_routes

pytestmark = pytest.mark.django_db(transaction=True)
HYPERS = {21: "hyper-repl", 22: "hyper-repl"}
NEW = ["172.16.80.21", "172.16.80.22"]


def codes(refusal: Refused) -> list[str]:
    return [item.code for item in refusal.findings if item.level == "error"]


def configure(region: Region, roles: dict[int, str] = HYPERS, extra: str = "", **options: bool) -> Plan:
    [done] = config_qingcloud(
        variables=[], settings=[scale_file(roles, extra)], actor=region.actor, **options
    )
    assert done.plan is not None
    return done.plan


def approved(region: Region) -> Plan:
    region.nodes(21, 22)
    return approve_plan(plan_id=configure(region).plan_id, actor=region.actor)


def test_adopting_records_the_zone_as_it_runs(region: Region) -> None:
    assert region.plan.status == "applied" and region.plan.zone.region_id == "pek3"
    assert vbc_routes(zone_id="pek3c") == "ip route add 10.10.50.0/24 via 172.16.80.200\n"


def test_a_draft_reserves_and_a_rejection_frees(region: Region) -> None:
    region.nodes(21, 22)
    plan = configure(region)
    assert plan.status == "draft"
    assert "10.10.51.0" not in vbc_routes(zone_id="pek3c")  # only planned
    with pytest.raises(Refused, match="reject the plan"):
        delete_nodes(addresses=[NEW[0]], actor=region.actor)
    assert list(plan.vbcs.values_list("ipv4_network", "ipv4_vip")) == [("10.10.51.0/24", "172.16.80.201")]
    assert Node.objects.get(mgmt_address=NEW[0]).status == NodeStatus.AVAILABLE
    reject_plan(plan_id=plan.plan_id, actor=region.actor, comment="wrong rack")
    assert VbcAssignment.objects.count() == 1 and VbcMember.objects.count() == 2
    assert find_plan(plan_id=plan.plan_id).comment == "wrong rack"


def test_a_second_draft_supersedes_the_first_and_gives_the_same(region: Region) -> None:
    region.nodes(21, 22)
    first, second = configure(region), configure(region)
    first.refresh_from_db()
    assert first.status == "superseded" and second.revision == first.revision + 1
    assert first.content_hash == second.content_hash
    assert VbcAssignment.objects.filter(plan=second).count() == 1


def test_check_changes_nothing(region: Region) -> None:
    region.nodes(21, 22)
    [done] = config_qingcloud(variables=[], settings=[scale_file(HYPERS)], actor=region.actor, check=True)
    assert done.plan is None
    assert (
        Plan.objects.count() == 1
        and VbcAssignment.objects.count() == 1
        and not Job.objects.filter(action="config_qingcloud")
    )


@pytest.mark.parametrize("region", ["standard"], indirect=True)
def test_an_odd_number_in_a_standard_zone_is_refused(region: Region) -> None:
    region.nodes(21, 22, 23)
    with pytest.raises(Refused) as caught:
        configure(region, {**HYPERS, 23: "hyper-repl"})
    assert codes(caught.value) == ["R02"]
    assert caught.value.findings[0].file == "scale_settings.pek3c.yaml" and caught.value.findings[0].line
    assert Plan.objects.count() == 1


def test_all_findings_at_once(region: Region) -> None:
    region.nodes(21, ssds=0)
    region.nodes(24)
    with pytest.raises(Refused) as caught:
        configure(region, {21: "hyper-repl", 22: "hyper-repl", 24: "vg", 11: "ks"})
    assert {"R04", "R16", "R17", "R18"} <= set(codes(caught.value))


def test_an_unknown_zone_and_an_unknown_plan(region: Region) -> None:
    with pytest.raises(NotFound):
        find_plan(zone_id="nowhere")
    with pytest.raises(Refused):
        config_qingcloud(
            variables=[],
            settings=[ConfigFile("scale_settings.nowhere.yaml", b"zone_id: nowhere\nroles: {}\n")],
            actor=region.actor,
        )


def test_approval_gives_roles_and_an_approved_plan_needs_force_to_give_way(region: Region) -> None:
    plan = approved(region)
    assert plan.status == "approved" and plan.decided_by == "ann"
    assert set(Node.objects.filter(mgmt_address__in=NEW).values_list("status", flat=True)) == {"configured"}
    assert Role.objects.filter(plan=plan).count() == 2
    with pytest.raises(Refused, match="add -f"):
        configure(region)
    again = configure(region, force=True)
    assert Role.objects.filter(plan=plan).count() == 0
    assert approve_plan(plan_id=again.plan_id, actor=region.actor).status == "approved"
    with pytest.raises(Refused, match="ann approved it at"):
        approve_plan(plan_id=again.plan_id, actor=region.actor)


def test_scaling_needs_an_approved_plan_and_its_nodes(region: Region) -> None:
    region.nodes(21, 22)
    with pytest.raises(Refused, match="no plan to apply"):
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    plan = configure(region)
    with pytest.raises(Refused, match="is not approved"):
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    approve_plan(plan_id=plan.plan_id, actor=region.actor)
    with pytest.raises(Refused) as caught:
        scale_qingcloud(zone_id="pek3c", addresses=[NEW[0], "172.16.80.11"], actor=region.actor)
    assert codes(caught.value) == ["P41", "P43"]
    job = scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    assert job.exclusive_scope == "region:pek3"
    with pytest.raises(Busy, match=job.job_id):
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)


def test_who_comes_second_by_a_moment_is_told_of_the_job(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(region)
    begun: list[Job] = []

    def late(*args: object) -> NoReturn:
        monkeypatch.undo()
        begun.append(scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor))
        raise Refused([finding("P42", "is scaling")])

    monkeypatch.setattr("operations.scaling.scale._begin", late)
    with pytest.raises(Busy) as caught:
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    assert caught.value.job_id == begun[0].job_id


def test_any_other_job_of_the_region_excludes_scaling(region: Region) -> None:
    approved(region)
    other = submit(
        action="scale_qingcloud",
        targets=[],
        actor=region.actor,
        exclusive_scope="region:pek3",
        zone_id="pek3d",
    )
    with pytest.raises(Busy, match=other.job_id):
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    assert set(Node.objects.filter(mgmt_address__in=NEW).values_list("status", flat=True)) == {"configured"}


def test_a_changed_file_disk_or_host_key_voids_the_approval(region: Region) -> None:
    plan = approved(region)
    file = plan.files.get(path="settings/pek3cr01n21")
    kept = file.content
    file.content = kept.replace("vpool", "vp00l", 1)
    file.save(update_fields=["content"])
    with pytest.raises(Refused, match="a rendered file differs from the approved one"):
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    file.content = kept
    file.save(update_fields=["content"])
    Disk.objects.filter(node__mgmt_address=NEW[0], name="sdb").update(serial="SWAPPED")
    with pytest.raises(Refused, match="P31") as caught:
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    assert [item.node for item in caught.value.findings] == [NEW[0]]
    detail = caught.value.findings[0].detail
    assert "|" not in detail and "serial SWAPPED, " in detail and " bytes)" in detail, detail
    Node.objects.filter(mgmt_address=NEW[1]).update(host_key_fingerprint="SHA256:other")
    with pytest.raises(Refused) as caught:
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    assert codes(caught.value) == ["P31", "P32"]
    assert not Job.objects.filter(action="scale_qingcloud").exists()


def test_a_plan_from_before_maintenance_does_not_write_the_old_file_back(region: Region) -> None:
    plan = approved(region)
    path = "server/server.yaml"
    plan.files.create(path=path, base="emulator: old\n", content="emulator: planned\n")
    ZoneFile.objects.create(zone=plan.zone, path=path, content="emulator: maintained since\n")
    with pytest.raises(Refused, match="P34"):
        scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)


def test_a_correction_of_a_disk_to_be_formatted_voids_a_draft(region: Region) -> None:
    region.nodes(21, 22)
    plan = configure(region)
    modify_disks(addresses=[NEW[0]], disk="sdb", actor=region.actor, status=0)
    with pytest.raises(Refused, match="P31"):
        approve_plan(plan_id=plan.plan_id, actor=region.actor)


def test_a_vg_brings_its_segments(region: Region) -> None:
    [vg] = region.nodes(24, ssds=0, default_interface="eth1", default_gateway="139.198.10.1")
    vg.interfaces.filter(name="eth1").update(address="139.198.10.24", prefix=24)
    plan = configure(region, {24: "vg"}, "eips:\n  172.16.80.24: ['139.198.10.0/24|.1|HA0']\n")
    pool = EipPool.objects.get(plan=plan)
    assert (pool.network, pool.gateway, pool.ha_group) == ("139.198.10.0/24", "139.198.10.1", "HA0")
    reject_plan(plan_id=plan.plan_id, actor=region.actor)
    assert not EipPool.objects.exists()


def test_groups_and_routes(region: Region) -> None:
    assert [node.hostname for node in read_group("hyper")] == ["pek3cr01n11", "pek3cr01n12"]
    assert len(read_group("pek3c-hyper-repl")) == 2 and len(read_group("pek3cr01n12")) == 1
    with pytest.raises(NotFound, match="group 'vg' has no nodes"):
        read_group("vg")
    assert vbc_routes(group="hyper", syntax="cisco") == "ip route 10.10.50.0 255.255.255.0 172.16.80.200\n"
    with pytest.raises(Refused, match="unknown syntax"):
        vbc_routes(group="hyper", syntax="junos")


def test_a_dry_run_shows_every_script_and_touches_nothing(region: Region) -> None:
    approved(region)
    rows = dry_run(zone_id="pek3c", addresses=NEW)
    assert [row["phase"] for row in rows if row["node"] == NEW[0]] == ["install_nodes"] * 4 + [
        "update_nodes",
        "update_nodes",
        "verify",
        "update_hyper_mirror",
    ]
    disk = next(row for row in rows if row["component"] == "disk" and row["node"] == NEW[0])
    assert 'vpool_layout="mirror"' in disk["command"] and "zpool create vpool" in disk["command"]
    assert not Job.objects.filter(action="scale_qingcloud").exists()


def test_what_a_stored_plan_destroys(
    region: Region, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    region.nodes(21, 22)
    plan = configure(region)
    Disk.objects.filter(node__mgmt_address="172.16.80.22", name="sdc").update(signatures=["gpt"])
    with django_assert_num_queries(4):
        found = plan_destroys(plan)
    assert [(item.node, item.name, item.holds, item.becomes) for item in found] == [
        ("172.16.80.21", "sdb", (), "ZFS pool vpool, mirror with sdc"),
        ("172.16.80.21", "sdc", (), "ZFS pool vpool, mirror with sdb"),
        ("172.16.80.22", "sdb", (), "ZFS pool vpool, mirror with sdc"),
        ("172.16.80.22", "sdc", ("gpt",), "ZFS pool vpool, mirror with sdb"),
    ]
    assert plan_destroys(region.plan) == (), "adopting formats nothing"
