"""Remedies of the rules about VGs and their segments (R04, R05) are followed as printed."""

from __future__ import annotations

import re

import pytest

from nodes.models import Node
from tests.lab.installer.remedies.files import Files, example_of, segments, vgs
from zones.models import EipPool, Zone

pytestmark = pytest.mark.django_db


@pytest.mark.remedy("R04")
def test_a_vg_without_a_segment(files: Files) -> None:
    files.example("R04")
    [line] = re.findall(r"^add (eips: .*)$", files.refused("R04"))
    files.scale("pek3a", vgs(41), line.replace("NETWORK", "139.198.10.0/24") + "\n")
    files.passes()


@pytest.mark.remedy("R05")
def test_segments_of_what_is_no_vg(files: Files) -> None:
    files.scale("pek3a", vgs(41), segments(vg41="'139.198.10.0/24|.1'", vg42="'139.198.20.0/24|.1'"))
    assert files.refused("R05") == "correct the address, or assign the role vg"
    broken = dict(files.texts)
    files.write("172.16.80.42:", "172.16.80.41:")
    files.write(
        "172.16.80.41: ['139.198.10.0/24|.1']\n  172.16.80.41: [", "172.16.80.41: ['139.198.10.0/24|.1', "
    )
    files.passes()
    files.texts = broken
    files.write("eips:", f"{vgs(42)}eips:")
    files.passes()


@pytest.mark.remedy("R05")
def test_a_segment_that_is_none(files: Files) -> None:
    files.scale("pek3a", vgs(41), segments(vg41="'139.198.10.0/24 .1'"))
    files.write("139.198.10.0/24 .1", example_of(files.refused("R05")))
    files.passes()


@pytest.mark.remedy("R05")
def test_a_segment_twice(files: Files) -> None:
    files.scale("pek3a", vgs(41), segments(vg41="'139.198.10.0/24|.1', '139.198.10.0/24|.1'"))
    assert files.refused("R05") == "remove one of the two"
    files.write(", '139.198.10.0/24|.1'", "")
    files.passes()


@pytest.mark.remedy("R05")
def test_a_network_with_two_gateways(files: Files) -> None:
    files.scale("pek3a", vgs(41, 42), segments(vg41="'139.198.10.0/24|.1'", vg42="'139.198.10.0/24|.2'"))
    assert files.refused("R05").endswith("correct one of the two")
    files.write("|.2", "|.1")
    files.passes()


@pytest.mark.remedy("R05")
def test_another_gateway_than_the_zone_has(files: Files) -> None:
    vg = Node.objects.get(mgmt_address="172.16.80.11")
    zone = Zone.objects.get(zone_id="pek3a")
    EipPool.objects.create(zone=zone, vg=vg, network="139.198.10.0/24", gateway="139.198.10.1")
    files.scale("pek3a", vgs(41), segments(vg41="'139.198.10.0/24|.2'"))
    assert files.refused("R05") == "a network has one gateway: correct this one"
    files.write("|.2", "|.1")
    files.passes()


@pytest.mark.remedy("R05")
def test_segments_that_overlap(files: Files) -> None:
    files.scale("pek3a", vgs(41, 42), segments(vg41="'139.198.8.0/22|.1'", vg42="'139.198.10.0/24|.1'"))
    assert files.refused("R05") == "make them disjoint, or assign the same network to both VGs"
    broken = dict(files.texts)
    files.write("139.198.8.0/22", "139.198.8.0/24")
    files.passes()
    files.texts = broken
    files.write("139.198.8.0/22", "139.198.10.0/24")
    files.passes()
    # On one VG the same network would stand twice.
    files.scale("pek3a", vgs(41), segments(vg41="'139.198.8.0/22|.1', '139.198.10.0/24|.1'"))
    assert files.refused("R05") == "make them disjoint"
    files.write("139.198.8.0/22", "139.198.8.0/24")
    files.passes()


@pytest.mark.remedy("R05")
def test_a_segment_that_meets_something_else(files: Files) -> None:
    files.example("R05")
    assert files.refused("R05") == "choose a network that is not used elsewhere"
    files.write("10.10.8.0/24", "139.198.10.0/24")
    files.passes()
