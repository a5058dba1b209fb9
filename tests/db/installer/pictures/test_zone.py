"""The page of a zone draws it with what its open plan adds, in as many queries for many nodes as for few."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from installer.console.pictures.load_zone import zone_map
from tests import factories
from zones.states import PlanStatus

pytestmark = pytest.mark.django_db


def test_nodes_of_a_draft_join_and_others_do_not() -> None:
    zone = factories.make_zone()
    old, new = factories.make_node(1, status="active"), factories.make_node(2)
    factories.make_role(old, zone)
    factories.make_vbc(zone, [old], 10)
    factories.make_plan(zone, [new])
    drawn = zone_map(zone)
    slots = {slot.node_id: slot for rack in drawn.racks for slot in rack.slots}
    assert (slots[old.node_id].joins, slots[new.node_id].joins) == ("", "draft")
    assert drawn.joining == 1 and slots[new.node_id].about == "Master"
    # What the plan adds comes first.
    assert [vbc.joins for vbc in drawn.vbcs] == ["draft", ""]


def test_nodes_of_an_approved_plan_have_a_role_and_still_join() -> None:
    zone = factories.make_zone()
    new = factories.make_node(2, status="configured")
    plan = factories.make_plan(zone, [new], status=PlanStatus.APPROVED)
    factories.make_role(new, zone, plan=plan)
    [rack] = zone_map(zone).racks
    assert [slot.joins for slot in rack.slots] == ["approved"]


def test_a_closed_plan_adds_nothing() -> None:
    zone = factories.make_zone()
    factories.make_plan(zone, [factories.make_node(2)], status=PlanStatus.REJECTED)
    assert zone_map(zone).racks == ()


def test_pairs_and_pools_are_read() -> None:
    zone = factories.make_zone()
    one, other, gateway = (factories.make_node(number) for number in (1, 2, 3))
    factories.make_role(one, zone, "hyper-pair", pair=other)
    factories.make_role(gateway, zone, "vg")
    factories.make_eip(zone, gateway)
    drawn = zone_map(zone)
    assert drawn.racks[0].slots[0].about == "pair r01n02"
    assert drawn.gateways[0].svg


def test_many_nodes_cost_as_many_queries_as_few(client: Client) -> None:
    client.force_login(factories.make_user(group="viewer"))
    client.get(reverse("admin:index"))
    costs = []
    for begin, end in ((1, 4), (100, 240)):
        zone = factories.make_zone(f"zone{begin}", region_id=f"r{begin}")
        nodes = [factories.make_node(number) for number in range(begin, end)]
        for node in nodes[1:]:
            factories.make_role(node, zone)
        factories.make_vbc(zone, nodes[1:], begin)
        factories.make_plan(zone, nodes[:1])
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("admin:zones_zone_change", args=[zone.zone_id]))
        assert "Map of the zone" in page.content.decode()
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_a_drawn_node_leads_to_its_page(client: Client) -> None:
    zone = factories.make_zone()
    node = factories.make_node(1)
    factories.make_role(node, zone)
    client.force_login(factories.make_user(group="viewer"))
    page = client.get(reverse("admin:zones_zone_change", args=[zone.zone_id])).content.decode()
    drawn = page[page.index('id="pictures-zone"') : page.index('id="counts"')]
    assert reverse("admin:nodes_node_change", args=[node.node_id]) in drawn
    assert " style=" not in drawn
