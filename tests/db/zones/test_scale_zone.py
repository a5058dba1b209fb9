"""scale_qingcloud_zone in the database: its steps, what it refuses, and what it excludes."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from common.errors import Busy, Refused
from installer.cli.main import load_command
from jobs.models import Job
from nodes.models import Node
from operations.cache.service import clear_zone_cache
from operations.changes import approve_change, approved_change, make_change
from operations.commands.service import exec_nodes
from operations.haproxy.service import apply_haproxy
from operations.mirror.service import update_hyper_mirror
from operations.models import Change
from operations.packages.service import build_global_conf, update_nodes
from operations.scaling.scale import dry_run, scale_qingcloud
from operations.scaling.scale_zone import dry_run_zone, scale_qingcloud_zone
from operations.statistics.service import rebuild_cache
from tests.factories import make_job, make_node
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan
from tests.support.newzone import NEW, drafted_zone, planned_zone
from zones.models import Plan, Zone
from zones.services.configure import config_qingcloud

pytestmark = pytest.mark.django_db(transaction=True)
PHASES = [
    *("build_pkgs", "install_nodes", "update_nodes", "verify", "update_hyper_mirror", "vbc_route"),
    *("clear_zone_cache", "restart_services", "haproxy"),
]


@pytest.fixture
def planned(region: Region) -> Plan:
    return planned_zone(region)


def begin(region: Region, **more: Any) -> Job:
    return scale_qingcloud_zone(zone_id="pek3d", addresses=NEW, actor=region.actor, **more)


def test_the_regional_steps_come_last_and_one_by_one(planned: Plan, region: Region) -> None:
    rows = dry_run_zone(zone_id="pek3d", addresses=NEW)
    assert list(dict.fromkeys(row["phase"] for row in rows)) == PHASES
    assert "bind 0.0.0.0:7777" in rows[-1]["command"]
    job = begin(region)
    steps = list(job.steps.order_by("position").values_list("phase", "address", "position"))
    assert list(dict.fromkeys(phase for phase, _, _ in steps)) == PHASES
    regional = [(phase, address) for phase, address, _ in steps if phase in PHASES[6:]]
    assert regional == [
        ("clear_zone_cache", ""),
        ("restart_services", "172.16.80.151"),
        ("restart_services", "172.16.80.152"),
        *(("haproxy", address) for address in planned.vms["proxy"]),
    ]
    assert len({position for phase, _, position in steps if phase in PHASES[6:]}) == len(regional)
    assert job.params["cache_servers"] == "172.16.80.153:11211"
    assert job.exclusive_scope == "region:pek3"


def test_machines_that_the_console_does_not_know(planned: Plan, region: Region) -> None:
    Node.objects.filter(mgmt_address__in=["172.16.80.152"]).delete()
    with pytest.raises(Refused, match=r"webservice 172.16.80.152 of zone pek3c is not registered"):
        begin(region)
    assert not Job.objects.filter(action="scale_qingcloud_zone").exists()
    assert not Node.objects.filter(status="scaling").exists()
    Zone.objects.filter(zone_id="pek3c").update(is_global=False)
    with pytest.raises(Refused, match="global zone of region pek3 is not registered"):
        begin(region)


def test_boss_of_the_new_zone_counts_again(planned: Plan, region: Region) -> None:
    planned.vms = {**planned.vms, "boss": ["172.16.80.161", "172.16.80.162"]}
    planned.save()
    with pytest.raises(Refused, match=r"boss 172.16.80.161 of zone pek3d is not registered"):
        begin(region)
    for number in (161, 162):
        make_node(number, host_key="ssh-ed25519 AAAA")
    rows = dry_run_zone(zone_id="pek3d", addresses=NEW)
    [told] = [row["node"] for row in rows if row["phase"] == "rebuild_cache"]
    [step] = begin(region).steps.filter(phase="rebuild_cache")
    assert step.address == told == "172.16.80.161"


def grown(region: Region) -> dict[str, Any]:
    """Return what names an approved plan that adds two hypers to zone pek3c; the first call makes it."""
    if not Plan.objects.filter(zone__zone_id="pek3c", kind="scale").exists():
        region.nodes(21, 22)
        files = [scale_file({21: "hyper-repl", 22: "hyper-repl"})]
        [done] = config_qingcloud(variables=[], settings=files, actor=region.actor)
        assert done.plan is not None
        approve_plan(plan_id=done.plan.plan_id, actor=region.actor)
    return {
        "zone_id": "pek3c",
        "addresses": ["172.16.80.21", "172.16.80.22"],
        "actor": region.actor,
    }


def test_a_plan_that_adds_nodes_is_no_new_zone(region: Region) -> None:
    with pytest.raises(Refused, match="use scale_qingcloud -z pek3c"):
        scale_qingcloud_zone(**grown(region))


def test_a_new_zone_is_no_plan_that_adds_nodes(planned: Plan, region: Region) -> None:
    for verb in (
        lambda: scale_qingcloud(zone_id="pek3d", addresses=NEW, actor=region.actor),
        lambda: dry_run(zone_id="pek3d", addresses=NEW),
    ):
        with pytest.raises(Refused, match="use scale_qingcloud_zone -z pek3d"):
            verb()
    assert not Job.objects.filter(action="scale_qingcloud").exists()
    assert not Node.objects.filter(status="scaling").exists()
    # The global zone itself needs no regional steps.
    Zone.objects.filter(zone_id="pek3c").update(is_global=False)
    Zone.objects.filter(zone_id="pek3d").update(is_global=True)
    assert scale_qingcloud(zone_id="pek3d", addresses=NEW, actor=region.actor).action == "scale_qingcloud"


def test_without_an_approval_nothing_begins(region: Region) -> None:
    given = {"zone_id": "pek3d", "addresses": NEW, "actor": region.actor}
    for verb in (lambda: scale_qingcloud_zone(**given), lambda: dry_run_zone(zone_id="pek3d", addresses=NEW)):
        with pytest.raises(Refused, match="zone 'pek3d' does not exist"):
            verb()
    drafted_zone(region)
    with pytest.raises(Refused, match=r"P40 error: plan pek3d-1 is not approved -> review it"):
        scale_qingcloud_zone(**given)
    with pytest.raises(SystemExit) as caught:
        call_command("scale_qingcloud_zone", zone="pek3d", ip=NEW)
    assert caught.value.code == 2
    assert not Job.objects.filter(action="scale_qingcloud_zone").exists()
    assert not Node.objects.filter(status="scaling").exists()


def write_haproxy(region: Region) -> Job:
    """Write haproxy.cfg of the proxies of zone pek3d, with an approved change."""
    zone = Zone.objects.get(zone_id="pek3d")
    if approved_change(zone, Change.Kind.HAPROXY) is None:
        change = make_change(zone, Change.Kind.HAPROXY, [], region.actor)
        approve_change(change_id=change.change_id, actor=region.actor)
    return apply_haproxy(zone_id="pek3d", actor=region.actor)


EXCLUSIVE = {
    "scale_qingcloud_zone": begin,
    "scale_qingcloud": lambda region: scale_qingcloud(**grown(region)),
    "apply_haproxy": write_haproxy,
    "rebuild_cache": lambda region: rebuild_cache(zone_id="pek3c", actor=region.actor),
    "clear_zone_cache": lambda region: clear_zone_cache(zone_id="pek3c", actor=region.actor),
    "update_hyper_mirror": lambda region: update_hyper_mirror(zone_id="pek3c", actor=region.actor),
    "update_nodes": lambda region: update_nodes(
        group="all", packages=["pitrix-global-conf"], zone_id="pek3c", actor=region.actor
    ),
    "build_global_conf": lambda region: build_global_conf(zone_id="pek3c", actor=region.actor),
    "exec_nodes": lambda region: exec_nodes(
        group="hyper", command="touch /tmp/x", zone_id="pek3c", actor=region.actor, anything=True
    ),
}


def test_each_excludes_each(planned: Plan, region: Region) -> None:
    grown(region)
    for running, begins in EXCLUSIVE.items():
        with transaction.atomic():
            first = begins(region)
            assert first.action == running
            for verb in EXCLUSIVE.values():
                with pytest.raises(Busy) as caught:
                    verb(region)
                assert caught.value.job_id == first.job_id
            transaction.set_rollback(True)


def test_commands(planned: Plan, region: Region) -> None:
    running = make_job(exclusive_scope="region:pek3")
    with pytest.raises(SystemExit) as caught:
        call_command("scale_qingcloud_zone", zone="pek3d", ip=NEW)
    assert caught.value.code == 3
    running.delete()
    call_command("scale_qingcloud_zone", zone="pek3d", ip=NEW)
    assert Job.objects.get(action="scale_qingcloud_zone").zone_id == "pek3d"
    for old in ("status", "log"):
        with pytest.raises(SystemExit):
            call_command(load_command(f"get_scale_qingcloud_zone_{old}"), "j-00000000")
