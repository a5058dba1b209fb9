"""An approval that becomes void (P31, P32, P71, Z30) comes with a way on, also where a plan is partly installed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from jobs.models import Job
from nodes.models import Disk, Node
from nodes.states import NodeStatus
from operations.models import Change
from operations.qemu.handler import started
from tests.factories import host_key
from tests.lab.installer.remedies.stage import A21, A22, Stage
from tests.seen import seen
from zones.core.rendering import SERVER_YAML
from zones.models import Plan, ZoneFile

pytestmark = pytest.mark.django_db(transaction=True)

SCALE = "scale_qingcloud", "-z", "pek3c", "-i"
NAME = "scale_settings.pek3c.yaml"


def another_disk(address: str) -> None:
    assert Disk.objects.filter(node__mgmt_address=address, name="sdb").update(serial="S-new")


def another_key(address: str) -> None:
    Node.objects.filter(mgmt_address=address).update(
        host_key=host_key(88), host_key_fingerprint=f"SHA256:{88:040d}"
    )


def another_name(address: str) -> None:
    node = Node.objects.get(mgmt_address=address)
    node.interfaces.filter(name="bond0").update(name="bond1")
    Node.objects.filter(pk=node.pk).update(mgmt_interface="bond1", default_interface="bond1")


CHANGES = pytest.mark.parametrize(("code", "change"), [("P31", another_disk), ("P32", another_key)])


@pytest.mark.remedy("P31", "P32")
@CHANGES
@pytest.mark.parametrize("failed", [False, True])
def test_before_anything_is_in_service(
    stage: Stage, code: str, change: Callable[[str], None], failed: bool
) -> None:
    if failed:
        stage.begun()
    else:
        stage.approve(stage.draft())
    change(A21)
    command = (*SCALE, A21, A22)
    remedy = stage.refused(code, *command)
    stage.follow(remedy, "config_qingcloud", **{NAME: str(stage.folder / NAME)})
    stage.approve(str(Plan.objects.get(status="draft").plan_id))
    stage.does(*command)


@pytest.mark.remedy("P31", "P32")
@CHANGES
def test_where_another_node_is_in_service(stage: Stage, code: str, change: Callable[[str], None]) -> None:
    """Leave the changed node out: with another one in service, such a plan cannot be superseded (P21)."""
    plan = stage.begun(A21)
    change(A22)
    remedy = stage.refused(code, *SCALE, A22)
    stage.follow(remedy, "leave_out_nodes", "--hash", seen(plan))
    stage.follow(remedy, "approve_plan", "--hash", seen(plan))
    assert "configure it in a plan of its own" in remedy
    stage.does("config_qingcloud", "-s", stage.scale({22: "hyper-repl"}))
    stage.approve(str(Plan.objects.get(status="draft").plan_id))
    stage.does(*SCALE, A22)


@pytest.mark.remedy("P31", "P32", "Z30")
@pytest.mark.parametrize("change", [another_disk, another_key, another_name])
def test_a_node_in_service_does_not_hold_the_others(stage: Stage, change: Callable[[str], None]) -> None:
    """Scale the others: a node in service is not touched again, and can be neither left out nor retired meanwhile."""
    stage.begun(A21)
    change(A21)
    stage.does(*SCALE, A22)


@pytest.mark.remedy("P31", "P32")
@CHANGES
def test_a_node_in_service_that_is_installed_again(
    stage: Stage, code: str, change: Callable[[str], None]
) -> None:
    """Require the approved machine where a hyper in service gets new settings after its Master was left out."""
    plan = stage.begun(A22)
    stage.does("leave_out_nodes", plan, "-i", A21, "--hash", seen(plan))
    key = Node.objects.get(mgmt_address=A22).host_key_fingerprint
    change(A22)
    command = "approve_plan", plan, "--hash", seen(plan)
    remedy = stage.refused(code, *command)
    assert remedy.startswith("restore its previous state")
    [again] = re.findall(r"\((collect_nodes [^)]*)\)", remedy)
    stage.does(*again.split())
    stage.ends(Job.objects.get(action="collect_nodes"), "succeed")
    Disk.objects.filter(node__mgmt_address=A22, name="sdb").update(serial="S-sdb")
    Node.objects.filter(mgmt_address=A22).update(host_key_fingerprint=key, status=NodeStatus.ACTIVE)
    stage.does(*command)


@pytest.mark.remedy("P71")
def test_a_disk_that_was_filled_since(stage: Stage) -> None:
    stage.approve(stage.draft())
    disk = Disk.objects.filter(node__mgmt_address=A21, name="sdb")
    disk.update(signatures=["xfs"], dirty=True)
    command = (*SCALE, A21, A22)
    remedy = stage.refused("P71", *command)
    again = {NAME: stage.scale()}
    [told] = re.findall(
        r"(erase: \{.*?\}) to the settings file",
        stage.refused("R17", "config_qingcloud", "-f", "-s", again[NAME]),
    )
    again[NAME] = stage.scale(extra=f"{told}\n")
    stage.follow(remedy, "config_qingcloud", **again)
    stage.approve(str(Plan.objects.get(status="draft").plan_id))
    stage.does(*command)


@pytest.mark.remedy("P34")
@pytest.mark.parametrize("installed", [(), (A21,)])
def test_maintenance_between_a_plan_and_its_job(stage: Stage, installed: tuple[str, ...]) -> None:
    before = "compute_server:\n  emulator:\n    2.4.1.2:\n      bin: /usr/bin\n    default: 2.4.1.2\n"
    ZoneFile.objects.create(zone=stage.region.plan.zone, path=SERVER_YAML, content=before)
    plan = stage.begun(*installed)
    two = "--qemu", "2.4.1.2", "--qemu", "2.11.1.1", "--default", "2.4.1.2"
    stage.does("set_qemu_version", "-z", "pek3c", *two)
    stage.does("set_qemu_version", "-z", "pek3c", "--approve", Change.objects.get().change_id)
    stage.does("set_qemu_version", "-z", "pek3c", "--apply")
    job = Job.objects.get(action="set_qemu_version")
    started(job)
    stage.ends(job, "succeed")
    command = (*SCALE, *([] if installed else [A21]), A22)
    remedy = stage.refused("P34", *command)
    if installed:
        assert "2.11.1.1" in stage.follow(remedy, "list_changes").out
        now = stage.file("now", ZoneFile.objects.get(path=SERVER_YAML).content)
        stage.follow(remedy, "edit_plan_file", "--hash", seen(plan), FILE=now)
    else:
        stage.follow(remedy, "config_qingcloud", **{NAME: str(stage.folder / NAME)})
        plan = str(Plan.objects.get(status="draft").plan_id)
    stage.approve(plan)
    stage.does(*command)
