"""Remedies about zones are followed as printed."""

from __future__ import annotations

import pytest

from nodes.models import Node
from nodes.states import NodeStatus
from tests.lab.installer.remedies.stage import A11, A21, A22, Stage
from tests.seen import seen
from tests.support import newzone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.remedy("Z01")
def test_no_such_zone(stage: Stage) -> None:
    remedy = stage.refused("Z01", "show_plan", "-z", "pek3x")
    assert "registered zones: pek3c" in remedy
    stage.does("show_plan", "-z", "pek3c")


@pytest.mark.remedy("Z06")
def test_a_plan_that_adds_nodes_given_to_the_verb_of_new_zones(stage: Stage) -> None:
    stage.approve(stage.draft())
    remedy = stage.refused("Z06", "scale_qingcloud_zone", "-z", "pek3c", "-i", A21, A22)
    stage.follow(remedy, "scale_qingcloud", "-i", A21, A22)


@pytest.mark.remedy("Z07")
def test_a_plan_of_a_new_zone_given_to_the_verb_that_adds_nodes(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    remedy = stage.refused("Z07", "scale_qingcloud", "-z", "pek3d", "-i", *newzone.NEW)
    stage.follow(remedy, "scale_qingcloud_zone", "-i", *newzone.NEW, "--dry-run")


@pytest.mark.remedy("Z20")
def test_retiring_what_serves_no_zone(stage: Stage) -> None:
    stage.region.nodes(21)
    remedy = stage.refused("Z20", "retire_nodes", "-i", A21, "--dry-run")
    stage.follow(remedy, "delete_nodes", "-i", A21)


@pytest.mark.remedy("Z20")
def test_retiring_what_is_not_installed(stage: Stage) -> None:
    plan = stage.begun(A21)
    command = "retire_nodes", "-i", A22, "--dry-run"
    remedy = stage.refused("Z20", *command)
    stage.follow(remedy, "leave_out_nodes", "-i", A22, "--hash", seen(plan))
    assert "delete_nodes" in stage.refused("Z20", *command)


@pytest.mark.remedy("Z20")
def test_retiring_what_is_being_installed(stage: Stage) -> None:
    stage.begun()
    Node.objects.filter(mgmt_address=A22).update(status=NodeStatus.RETIRED)
    remedy = stage.refused("Z20", "retire_nodes", "-i", A22, "--dry-run")
    assert "has already left service" in remedy


@pytest.mark.remedy("Z22")
def test_retiring_beside_an_open_plan(stage: Stage) -> None:
    plan = stage.draft()
    command = "retire_nodes", "-i", A11, "--dry-run"
    stage.follow(stage.refused("Z22", *command), "reject_plan", "--hash", seen(plan))
    stage.does(*command)
