"""Remedies about the section vpool of a settings file are followed as printed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nodes.models import Node
from tests.factories import make_disk
from tests.lab.installer.remedies.files import KS, Files, hypers, in_service
from tests.lab.installer.remedies.stage import A21
from zones.core.rendering.settings_reader import read_settings
from zones.models import Plan

pytestmark = pytest.mark.django_db


def pool(layout: str, more: str = "", address: str = A21) -> str:
    """Return the section with one entry."""
    return f"vpool:\n  {address}: {{layout: {layout}{more}}}\n"


def planned() -> dict[str, Any]:
    """Return the settings file of .21 in the draft."""
    file = Plan.objects.get(status="draft").files.get(address=A21, path__startswith="settings/")
    return read_settings(file.content)


@pytest.mark.remedy("P01")
@pytest.mark.parametrize("way", ["reason", "layout", "advice"])
def test_a_stripe_without_a_reason(files: Files, way: str) -> None:
    files.scale("pek3a", hypers(21, 22), pool("stripe"))
    assert files.refused("P01", "loses all data") == "add a reason, or choose another layout"
    if way == "reason":
        files.write("layout: stripe", "layout: stripe, reason: 'scratch space only'")
    elif way == "layout":
        files.write("layout: stripe", "layout: mirror")
    else:
        files.take_out("vpool")
    files.passes()
    found = planned()["vpool_layout"], planned()["vpool_reason"]
    assert found == ("stripe", "scratch space only") if way == "reason" else found[0] == "mirror"


@pytest.mark.remedy("P02")
def test_a_layout_that_the_disks_do_not_allow(files: Files) -> None:
    make_disk(Node.objects.get(mgmt_address=A21), "sdd", order=3)
    files.scale("pek3a", hypers(21, 22), pool("mirror"))
    remedy = files.refused("P02", "cannot be built from 3 SSDs")
    layouts = remedy.removeprefix("choose one of: ").split(", ")
    assert layouts == ["stripe", "raidz"]
    for layout in layouts:
        files.scale("pek3a", hypers(21, 22), pool(layout, ", reason: 'because'"))
        files.passes()
        assert planned()["vpool_layout"] == layout


@pytest.mark.remedy("P02")
def test_a_layout_whose_disks_were_counted_wrong(files: Files) -> None:
    """Correct the disks instead, as the page of the code advises."""
    make_disk(Node.objects.get(mgmt_address=A21), "sdd", order=3)
    files.scale("pek3a", hypers(21, 22), pool("mirror"))
    files.refused("P02")
    files.does("modify_node_attributes", "-i", A21, "-d", "sdd", "-s", "0")
    files.passes()


@pytest.mark.remedy("P03")
def test_a_pool_on_what_is_no_node_of_the_file(files: Files) -> None:
    files.scale("pek3a", hypers(21, 22), pool("mirror", address="172.16.80.23"))
    [section] = re.findall(r"^remove it from (\w+)$", files.refused("P03", "172.16.80.23 is not a node"))
    files.take_out(section)
    files.passes()


@pytest.mark.remedy("P03")
@pytest.mark.parametrize("way", ["out", "role"])
def test_a_pool_on_another_role(files: Files, way: str) -> None:
    roles = hypers(21) + hypers(22, role="hyper-sanc")
    files.scale("pek3a", roles, pool("mirror", address="172.16.80.22"))
    remedy = files.refused("P03", "is hyper-sanc")
    assert remedy == "remove it from vpool, or change its role"
    if way == "out":
        files.take_out("vpool")
    else:
        files.write("role: hyper-sanc", "role: hyper-repl")
    files.passes()


@pytest.mark.remedy("R23")
@pytest.mark.parametrize("way", ["layout", "out"])
def test_another_layout_for_a_pool_in_service(files: Files, way: str) -> None:
    files.new(KS + hypers(21, 22), pool("stripe", ", reason: scratch"))
    files.passes()
    in_service()
    files.write("layout: stripe", "layout: mirror")
    remedy = files.refused("R23", "is stripe in service, but mirror in this file", "-f")
    if way == "layout":
        [layout] = re.findall(r"^write layout: (\w+),", remedy)
        files.write("layout: mirror", f"layout: {layout}")
    else:
        files.take_out("vpool")
    files.passes("-f")
    assert (planned()["vpool_layout"], planned()["vpool_reason"]) == ("stripe", "scratch")
