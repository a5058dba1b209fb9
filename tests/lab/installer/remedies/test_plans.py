"""Remedies about plans are followed as printed."""

from __future__ import annotations

import re

import pytest

from jobs.models import Job
from nodes.models import Node
from nodes.states import NodeStatus
from tests.lab.installer.remedies.stage import A11, A21, A22, A23, HYPERS, Stage
from tests.seen import seen
from tests.support import newzone
from zones.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.remedy("P10")
def test_no_such_plan(stage: Stage) -> None:
    plan = stage.draft()
    assert plan in stage.follow(stage.refused("P10", "show_plan", "pek3c-99"), "show_plan", ZONE="pek3c").out


@pytest.mark.remedy("P20")
def test_an_approved_plan_is_in_the_way(stage: Stage) -> None:
    plan = stage.approve(stage.draft())
    command = "config_qingcloud", "-s", stage.scale()
    remedy = stage.refused("P20", *command)
    assert "reject it" in remedy and "add -f" in remedy
    stage.does(*command, "-f")
    stage.approve(str(Plan.objects.get(status="draft").plan_id))
    remedy = stage.refused("P20", *command)
    stage.does("reject_plan", str(Plan.objects.get(status="approved").plan_id), "--hash", seen(plan))
    stage.does(*command)


@pytest.mark.remedy("P21")
def test_a_plan_that_cannot_be_taken_back(stage: Stage) -> None:
    plan = stage.begun(A21)
    command = "reject_plan", plan, "--hash", seen(plan)
    remedy = stage.refused("P21", *command)
    assert '"failed"' in stage.follow(remedy, "get_status").out
    stage.follow(remedy, "leave_out_nodes", "--hash", seen(plan), ADDRESS=A22)
    # Without it the plan has ended: all that is left of it is in service.
    stage.approve(plan)
    assert Plan.objects.get(plan_id=plan).status == "applied"


@pytest.mark.remedy("P40")
def test_scaling_without_a_plan(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    command = "scale_qingcloud", "-z", "pek3c", "-i", A21, A22
    path = stage.scale()
    stage.follow(stage.refused("P40", *command), "config_qingcloud", **{"scale_settings.pek3c.yaml": path})
    plan = str(Plan.objects.get(status="draft").plan_id)
    remedy = stage.refused("P40", *command)
    assert plan in stage.follow(remedy, "show_plan").out
    stage.follow(remedy, "approve_plan", "--hash", seen(plan))
    stage.does(*command)


@pytest.mark.remedy("P40")
def test_node_lists_without_a_plan(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    command = "gen_node_list", "-z", "pek3c"
    stage.follow(
        stage.refused("P40", *command), "config_qingcloud", **{"scale_settings.pek3c.yaml": stage.scale()}
    )
    stage.does(*command)


@pytest.mark.remedy("P40")
def test_a_new_zone_whose_draft_was_rejected(stage: Stage) -> None:
    """Advise the files of a new zone: a scale file cannot configure one that was never configured (R23)."""
    plan = newzone.drafted_zone(stage.region)
    stage.does("reject_plan", plan.plan_id, "--hash", seen(plan.plan_id))
    files = stage.new_zone_files()
    for command in (("scale_qingcloud", "-z", "pek3d", "-i", *newzone.NEW), ("gen_node_list", "-z", "pek3d")):
        stage.follow(stage.refused("P40", *command), "config_qingcloud", **files)
        made = Plan.objects.get(status="draft")
        stage.does("reject_plan", made.plan_id, "--hash", seen(made.plan_id))


@pytest.mark.remedy("P41")
def test_a_node_that_is_not_in_the_plan(stage: Stage) -> None:
    stage.approve(stage.draft())
    stage.region.nodes(23)
    command = "scale_qingcloud", "-z", "pek3c", "-i", A21, A22
    assert "omit this one" in stage.refused("P41", *command, A23)
    stage.does(*command)


@pytest.mark.remedy("P42")
def test_a_node_that_is_in_service_already(stage: Stage) -> None:
    stage.begun(A21)
    command = "scale_qingcloud", "-z", "pek3c", "-i"
    remedy = stage.refused("P42", *command, A21, A22)
    assert "omit it from this call" in remedy and remedy.endswith(f": {A22}")
    stage.does(*command, A22)


@pytest.mark.remedy("P43")
def test_a_node_of_the_plan_that_cannot_be_installed(stage: Stage) -> None:
    plan = stage.approve(stage.draft())
    command = "scale_qingcloud", "-z", "pek3c", "-i", A21
    remedy = stage.refused("P43", *command)
    assert "specify every node of the plan" in remedy
    stage.follow(remedy, "leave_out_nodes", "--hash", seen(plan))
    stage.approve(plan)
    stage.does(*command)


@pytest.mark.remedy("P62")
def test_leaving_out_everybody(stage: Stage) -> None:
    plan = stage.begun()
    remedy = stage.refused("P62", "leave_out_nodes", plan, "-i", A21, A22, "--hash", seen(plan))
    stage.follow(remedy, "reject_plan", "--hash", seen(plan))
    assert Plan.objects.get(plan_id=plan).status == "rejected"


@pytest.mark.remedy("P61")
def test_leaving_out_what_is_in_service(stage: Stage) -> None:
    plan = stage.begun(A21, roles={**HYPERS, 23: "hyper-repl"})
    command = "leave_out_nodes", plan, "-i"
    remedy = stage.refused("P61", *command, A21, "--hash", seen(plan))
    for address in (A22, A23):
        stage.does(*command, address, "--hash", seen(plan))
    stage.approve(plan)
    stage.follow(remedy, "retire_nodes", "-i", A21, "--reason", "burnt", "--confirm", "pek3cr01n21")


@pytest.mark.remedy("P61")
def test_leaving_out_a_machine_that_carries_management_vms(stage: Stage) -> None:
    """Advise to reject such a plan only while it can be rejected (P21 would lead back here)."""
    plan = newzone.planned_zone(stage.region)
    stage.does("scale_qingcloud_zone", "-z", "pek3d", "-i", *newzone.NEW)
    stage.ends(Job.objects.get(action="scale_qingcloud_zone"), "fail")
    ks, *hypers = newzone.NEW
    Node.objects.filter(mgmt_address__in=newzone.NEW).update(status=NodeStatus.SCALE_FAILED)
    command = "leave_out_nodes", plan.plan_id, "-i", ks, "--hash", seen(plan.plan_id)
    assert f"reject_plan {plan.plan_id}" in stage.refused("P61", *command)
    Node.objects.filter(mgmt_address__in=hypers).update(status=NodeStatus.ACTIVE)
    stage.refused("P21", "reject_plan", plan.plan_id, "--hash", seen(plan.plan_id))
    remedy = stage.refused("P61", *command)
    assert "reject" not in remedy
    stage.follow(remedy, "resume_job")


@pytest.mark.remedy("P61")
def test_leaving_out_the_machine_of_vms_before_any_is_in_service(stage: Stage) -> None:
    plan = newzone.planned_zone(stage.region)
    remedy = stage.refused(
        "P61", "leave_out_nodes", plan.plan_id, "-i", newzone.NEW[0], "--hash", seen(plan.plan_id)
    )
    stage.follow(remedy, "reject_plan", "--hash", seen(plan.plan_id))


@pytest.mark.remedy("P75")
def test_a_plan_that_was_changed(stage: Stage) -> None:
    plan = stage.draft()
    remedy = stage.refused("P75", "approve_plan", plan, "--hash", "0" * 64)
    [now] = re.findall(r"decide on the current plan \(hash ([0-9a-f]{64})\)", remedy)
    stage.does("approve_plan", plan, "--hash", now)


@pytest.mark.remedy("P80")
def test_retiring_without_a_word(stage: Stage) -> None:
    command = "retire_nodes", "-i", A11, "--reason", "burnt"
    remedy = stage.refused("P80", *command)
    assert "pek3cr01n11" in remedy and "--confirm" in remedy
    stage.does(*command, "--confirm", "pek3cr01n11")


@pytest.mark.remedy("P81")
def test_retiring_without_a_reason(stage: Stage) -> None:
    command = "retire_nodes", "-i", A11, "--confirm", "pek3cr01n11"
    assert stage.refused("P81", *command) == "enter the reason"
    stage.does(*command, "--reason", "burnt")
