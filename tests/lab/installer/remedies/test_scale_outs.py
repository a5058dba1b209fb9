"""Remedies of scale-outs, followed as printed."""

from __future__ import annotations

import pytest

from operations.models import ScaleOut
from tests.lab.installer.remedies.stage import Stage

pytestmark = pytest.mark.django_db
BEGIN = ("begin_scale_out", "-z", "pek3c")


@pytest.mark.remedy("B01")
def test_a_second_scale_out_of_the_zone(stage: Stage) -> None:
    stage.does(*BEGIN)
    remedy = stage.refused("B01", *BEGIN)
    stage.follow(remedy, "change_scale_out")
    stage.does(*BEGIN)


@pytest.mark.remedy("B02")
def test_a_node_of_another_scale_out(stage: Stage) -> None:
    stage.does("begin_scale_out", "-z", "pek3x", "-i", "172.16.99.7")
    command = *BEGIN, "-i", "172.16.99.7"
    remedy = stage.refused("B02", *command)
    stage.follow(remedy, "change_scale_out")
    stage.does(*command)


@pytest.mark.remedy("B08")
def test_nothing_to_change(stage: Stage) -> None:
    stage.does(*BEGIN)
    command = "change_scale_out", ScaleOut.objects.get().scale_out_id
    assert "--close" in stage.refused("B08", *command)
    stage.does(*command, "--close")
