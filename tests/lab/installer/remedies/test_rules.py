"""Remedies of the rules are followed as printed."""

from __future__ import annotations

import re

import pytest

from jobs.models import Job
from nodes.models import Disk, Node
from nodes.states import NodeStatus
from tests.lab.installer.remedies.stage import A21, A22, HYPERS, Stage
from tests.seen import seen
from tests.support import newzone
from zones.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.remedy("R16")
def test_configuring_a_node_that_was_not_collected(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.region.nodes(22, status=NodeStatus.NEW)
    command = "config_qingcloud", "-s", stage.scale()
    stage.follow(stage.refused("R16", *command), "collect_nodes", "-i", A22)
    stage.ends(Job.objects.get(action="collect_nodes"), "succeed")
    Node.objects.filter(mgmt_address=A22).update(status=NodeStatus.AVAILABLE)
    stage.does(*command)


@pytest.mark.remedy("R16")
def test_configuring_a_node_without_a_key(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.region.nodes(22, host_key="", host_key_fingerprint="")
    command = "config_qingcloud", "-s", stage.scale()
    stage.establish(stage.refused("R16", *command), A22)
    stage.does(*command)


@pytest.mark.remedy("R16")
def test_configuring_a_node_in_service(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    assert stage.refused("R16", "config_qingcloud", "-s", stage.scale({**HYPERS, 11: "hyper-repl"})).endswith(
        "remove it from this file"
    )
    stage.does("config_qingcloud", "-s", stage.scale())


@pytest.mark.remedy("R17")
def test_a_disk_that_does_not_fit(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    Disk.objects.filter(node__mgmt_address=A21, is_os=False).update(observed_status=0)
    command = "config_qingcloud", "-s", stage.scale()
    remedy = stage.refused("R17", *command)
    assert "correct the type or status of the disks with modify_node_attributes" in remedy
    for disk in ("sdb", "sdc"):
        stage.does("modify_node_attributes", "-i", A21, "-d", disk, "-s", "1")
    stage.does(*command)


def scale_of_new_zone(stage: Stage) -> tuple[str, str, str]:
    path = stage.file("scale_settings.pek3d.yaml", newzone.settings_file().data)
    return "config_qingcloud", "-s", path


@pytest.mark.remedy("R16")
def test_a_new_zone_that_is_scaled_first(stage: Stage) -> None:
    plan = newzone.drafted_zone(stage.region).plan_id
    stage.does("reject_plan", plan, "--hash", seen(plan))
    command = scale_of_new_zone(stage)
    remedy = stage.refused("R16", *command)
    stage.follow(remedy, "config_qingcloud", **stage.new_zone_files())
    stage.follow(remedy, "approve_plan", "--hash", seen(Plan.objects.get(status="draft").plan_id))
    assert "is not registered" not in stage.run(*command).err


@pytest.mark.remedy("R23")
def test_configuring_a_zone_again(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    files = stage.new_zone_files()
    command = "config_qingcloud", "-v", files["variables.pek3d.yaml"], "-s", files["settings.pek3d.yaml"]
    assert stage.refused("R23", *command) == "use -f to configure it again"
    stage.does(*command, "-f")


@pytest.mark.remedy("Z02")
def test_a_zone_that_runs_and_was_drafted_as_a_new_one(stage: Stage) -> None:
    """Adopt the zone, as R16 of its scale_settings advises."""
    plan = newzone.drafted_zone(stage.region).plan_id
    files = list(stage.new_zone_files().values())
    running = newzone.settings_file(
        vbc=[
            {
                "mgmt_ips": ["172.16.80.32", "172.16.80.33"],
                "ipv4_vbc": "10.20.50.0/24",
                "ipv4_vip": "172.16.80.231|172.16.80.32",
            }
        ]
    )
    stage.file(running.name, running.data)
    command = "adopt_zone", "-v", files[0], "-s", files[1]
    stage.follow(stage.refused("Z02", *command), "reject_plan", "--hash", seen(plan))
    assert "adopt_zone" in stage.refused("R16", *scale_of_new_zone(stage))
    stage.does(*command)
    assert "scale_settings" in stage.refused("Z02", *command)
    assert "is not registered" not in stage.run(*scale_of_new_zone(stage)).err


@pytest.mark.remedy("D10")
def test_a_key_with_a_slip_of_the_pen(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    command = "config_qingcloud", "-s", stage.scale()
    text = (stage.folder / "scale_settings.pek3c.yaml").read_text()
    stage.scale(extra="qemu_verzion: 2.11.1.1\n")
    [meant] = re.findall(r"did you mean '?(\w+)'?", stage.refused("D10", *command))
    stage.file("scale_settings.pek3c.yaml", f"{text}{meant}: 2.11.1.1\n")
    assert "D10" not in stage.does(*command).err


@pytest.mark.remedy("D04")
def test_a_file_with_tabs(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    command = "config_qingcloud", "-s", stage.scale()
    text = (stage.folder / "scale_settings.pek3c.yaml").read_text()
    stage.file("scale_settings.pek3c.yaml", text.replace("\n  172", "\n\t172"))
    assert stage.refused("D04", *command) == "replace the tab with spaces"
    stage.file("scale_settings.pek3c.yaml", text)
    stage.does(*command)
