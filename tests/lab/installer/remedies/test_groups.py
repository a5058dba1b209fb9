"""Remedies about commands on groups of machines are followed as printed."""

from __future__ import annotations

import re

import pytest
from rest_framework.test import APIClient

from jobs.models import Job
from nodes.models import Node
from nodes.states import NodeStatus
from tests.factories import make_node, make_role, make_zone
from tests.lab.installer.remedies.stage import A11, A21, A22, Stage
from tests.support import newzone
from zones.models import Zone

pytestmark = pytest.mark.django_db(transaction=True)
WEB = newzone.WEBS[0]


@pytest.mark.remedy("X01")
def test_a_command_that_is_too_long(stage: Stage) -> None:
    for wrong in (" ", f"lsblk {'sda ' * 5_000}"):
        remedy = stage.refused("X01", "exec_nodes", "hyper", wrong)
        [most] = re.findall(r"^use at most (\d+) characters$", remedy)
        stage.does("exec_nodes", "hyper", f"uptime #{'x' * int(most)}"[: int(most)])
        stage.ends(Job.objects.get(action="exec_nodes", status="queued"), "succeed")


@pytest.mark.remedy("X02")
def test_a_command_without_time(stage: Stage) -> None:
    command = "exec_nodes", "hyper", "uptime", "--timeout"
    for wrong in ("0", "90000"):
        remedy = stage.refused("X02", *command, wrong)
        [least, most] = re.findall(r"\d+", remedy)
        for right in (least, most):
            stage.does(*command, right)


@pytest.mark.remedy("X04")
def test_a_command_that_changes_two_regions(stage: Stage) -> None:
    other = make_zone("sh1a", region_id="sh1", deploy_mode="devops")
    make_role(make_node(61, status=NodeStatus.ACTIVE, hostname="sh1ar01n61"), other)
    command = "systemctl restart cron"
    remedy = stage.refused("X04", "exec_nodes", "hyper", command)
    assert remedy == "run it for one zone at a time: -z ZONE, or ZONE-GROUP"
    stage.does("exec_nodes", "hyper", command, "-z", "pek3c")
    stage.does("exec_nodes", "sh1a-hyper", command)


@pytest.mark.remedy("X06")
def test_what_is_no_program(stage: Stage) -> None:
    restart = "restart_services", "-z", "pek3c", "-r", "hyper"
    remedy = stage.refused("X06", *restart, "compute server")
    [most] = re.findall(r"up to (\d+) names", remedy)
    names = [f"pitrix:compute_server_{number:02}" for number in range(int(most) + 1)]
    assert stage.refused("X06", *restart, *names) == remedy
    stage.does(*restart, *names[1:])


@pytest.mark.remedy("X07")
@pytest.mark.parametrize("programs", [(), ("rsyslogd",)])
def test_programs_that_run_nobody_knows_where(stage: Stage, programs: tuple[str, ...]) -> None:
    command = "restart_services", *programs, "-z", "pek3c"
    remedy = stage.refused("X07", *command)
    assert "-r GROUP" in remedy and "hyper or a host name" in remedy
    stage.does(*command, "-r", "hyper")
    stage.ends(Job.objects.get(action="restart_services"), "succeed")
    stage.does(*command, "-r", "pek3cr01n11")


@pytest.mark.remedy("G01")
def test_a_zone_without_such_machines(stage: Stage) -> None:
    remedy = stage.refused("G01", "exec_nodes", "vg", "uptime")
    [first, *_] = stage.follow(remedy, "describe_nodes").json["node_set"]
    stage.does("exec_nodes", first["hostname"], "uptime")


@pytest.mark.remedy("G02")
def test_a_management_vm_that_was_not_registered(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    Node.objects.filter(mgmt_address=WEB).delete()
    command = "restart_services", "-z", "pek3c"
    remedy = stage.refused("G02", *command)
    stage.follow(remedy, "add_nodes")
    stage.establish(remedy, WEB)
    stage.does(*command)


@pytest.mark.remedy("G02")
def test_a_management_vm_whose_key_nobody_has_seen(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    Node.objects.filter(mgmt_address=WEB).update(host_key="", host_key_fingerprint="")
    command = "restart_services", "-z", "pek3c"
    remedy = stage.refused("G02", *command)
    assert "add_nodes" not in remedy
    stage.establish(remedy, WEB)
    stage.does(*command)


@pytest.mark.remedy("G04")
def test_a_region_whose_memcached_are_not_known(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    Zone.objects.filter(zone_id="pek3c").update(vms={"webservice": newzone.WEBS})
    scale = "scale_qingcloud_zone", "-z", "pek3d", "--dry-run", "-i", *newzone.NEW
    clear = "clear_zone_cache", "-z", "pek3d"
    for command in (clear, scale):
        remedy = stage.refused("G04", *command)
        options = re.findall(r"(?:specify them|scale_qingcloud_zone): ([\w-]+)", remedy)
        assert options == ["-S", "--cache-servers"]
        stage.does(*command, options[command == scale], "10.0.0.1:11211;10.0.0.2:11211")


@pytest.mark.remedy("G05")
@pytest.mark.parametrize(
    "command",
    [
        ("update_nodes", "pek3cr01n21", "pitrix-global-conf"),
        ("restart_services", "compute_server", "-z", "pek3c", "-r", "pek3cr01n21"),
    ],
)
def test_nodes_that_wait_to_be_scaled(stage: Stage, command: tuple[str, ...]) -> None:
    stage.approve(stage.draft())
    remedy = stage.refused("G05", *command)
    stage.follow(remedy, "scale_qingcloud", "-i", A21, A22)
    stage.ends(Job.objects.get(action="scale_qingcloud"), "succeed")
    Node.objects.filter(mgmt_address__in=(A21, A22)).update(status=NodeStatus.ACTIVE)
    stage.does(*command)


@pytest.mark.remedy("G05")
def test_nodes_of_a_new_zone_that_wait(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    command = "update_nodes", "pek3d-hyper", "pitrix-global-conf"
    remedy = stage.refused("G05", *command)
    stage.follow(remedy, "scale_qingcloud_zone", "-i", *newzone.NEW)
    stage.ends(Job.objects.get(action="scale_qingcloud_zone"), "succeed")
    Node.objects.filter(mgmt_address__in=newzone.NEW).update(status=NodeStatus.ACTIVE)
    stage.does(*command)


@pytest.mark.remedy("G01")
def test_a_group_of_another_zone(stage: Stage) -> None:
    make_zone("sh1a", region_id="sh1", deploy_mode="devops")
    command = "exec_nodes", "sh1a-hyper", "uptime"
    remedy = stage.refused("G01", *command, "-z", "pek3c")
    [group] = re.findall(r"specify a group of pek3c: (\S+)$", remedy)
    stage.does("exec_nodes", group, "uptime", "-z", "pek3c")


@pytest.mark.remedy("G01")
def test_a_node_of_another_zone(stage: Stage) -> None:
    make_zone("sh1a", region_id="sh1", deploy_mode="devops")
    command = "exec_nodes", "pek3cr01n11", "uptime", "-z"
    zone = stage.refused("G01", *command, "sh1a").removeprefix("specify that zone: ")
    stage.does(*command, zone)


@pytest.mark.remedy("G01")
def test_a_node_that_is_in_no_zone_yet(stage: Stage) -> None:
    [node] = stage.region.nodes(21)
    remedy = stage.refused("G01", "exec_nodes", A21, "uptime", "-z", "pek3c")
    assert remedy == "omit the zone and specify the node by address or n-id"
    for name in (A21, node.node_id):
        stage.does("exec_nodes", name, "uptime")


@pytest.mark.remedy("G01")
def test_packages_for_a_node_that_is_in_no_zone_yet(stage: Stage) -> None:
    command = "update_nodes", A21, "pitrix-global-conf"
    plan = stage.draft()
    remedy = stage.refused("G01", *command)
    assert remedy.startswith("configure and scale it first; until then use exec_nodes to run commands there")
    stage.does("exec_nodes", A21, "uptime")
    stage.approve(plan)
    stage.does("scale_qingcloud", "-z", "pek3c", "-i", A21, A22)
    stage.ends(Job.objects.get(action="scale_qingcloud"), "succeed")
    Node.objects.filter(mgmt_address__in=(A21, A22)).update(status=NodeStatus.ACTIVE)
    stage.does(*command)


@pytest.mark.remedy("G01")
def test_a_node_that_left(stage: Stage) -> None:
    stage.does("retire_nodes", "-i", A11, "--reason", "burnt", "--confirm", "pek3cr01n11")
    remedy = stage.refused("G01", "exec_nodes", A11, "uptime")
    assert remedy == "commands can only be sent to nodes in service"
    stage.does("exec_nodes", "pek3cr01n12", "uptime")


@pytest.mark.remedy("X05")
def test_what_nodes_answered_to_another_kind_of_job(stage: Stage, operator: APIClient) -> None:
    stage.region.nodes(21)
    stage.does("collect_nodes", "-i", A21)
    stage.does("exec_nodes", "hyper", "uptime")
    where = "/api/v1/zones/pek3c/answers/?job="
    wrong = operator.get(where + Job.objects.get(action="collect_nodes").job_id)
    [finding] = wrong.json()["findings"]
    assert (wrong.status_code, finding["code"]) == (400, "X05")
    [action] = re.findall(r"^specify a job of (\S+) or", finding["remedy"])
    assert operator.get(where + Job.objects.get(action=action).job_id).status_code == 200
