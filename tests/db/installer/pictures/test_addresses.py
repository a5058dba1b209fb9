"""The address space of a zone: who has what, in any zone, and the search; a fixed number of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import Finding
from common.messages import message
from installer.console.pictures.load_addresses import AddressSpace, address_space
from tests import factories
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db
VARIABLES = {
    "base": {
        "vm_base_network": "10.10.0.0/16",
        "vm_base_network_start": "10.10.40.0/24",
        "mgmt_network_gateway": "172.16.80.1",
    },
    "advance": {"vip_pools": ["172.16.80.200/24-172.16.80.230/24"]},
}


@pytest.fixture
def zone() -> Zone:
    """Make a zone with two hypers in service, a gateway and a draft with one more hyper."""
    made = factories.make_zone(variables=VARIABLES, vms={"proxy": ["172.16.80.101"]})
    nodes = [factories.make_node(number, status="active") for number in (1, 2, 3)]
    for node in nodes[:2]:
        factories.make_role(node, made)
    factories.make_role(nodes[2], made, "vg")
    factories.make_vbc(made, nodes[:2], 50)
    factories.make_eip(made, nodes[2])
    finding = Finding(message("A05", field="vip_pools", addresses=["172.16.80.220"]), "warning")
    factories.make_plan(made, [factories.make_node(4)], findings=[finding])
    return made


def told(space: AddressSpace) -> list[tuple[str, str]]:
    assert space.found is not None
    return [(holder.kind, holder.who) for holder in space.found.holders]


def test_each_network_of_the_zone_is_drawn(zone: Zone) -> None:
    strips = {strip.name: strip for strip in address_space(zone).strips}
    assert [(strip.purpose, name) for name, strip in strips.items()][:2] == [
        ("Management network", "172.16.80.0/24"),
        ("Base network", "10.10.0.0/16"),
    ]
    assert "EIP pool" in [strip.purpose for strip in strips.values()]
    kinds = {kind: number for kind, number, _ in strips["172.16.80.0/24"].counts}
    assert kinds["gateway"] == "1" and kinds["answered"] == "1"


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("172.16.80.1", ("gateway", "gateway of nodes")),
        ("172.16.80.2", ("used", "node pek3cr01n02 of zone pek3c")),
        ("172.16.80.101", ("used", "management VM proxy of zone pek3c")),
        ("172.16.80.200", ("used", "VIP of 10.10.50.0/24 of zone pek3c")),
        ("172.16.80.220", ("answered", "a machine that is not registered")),
        ("172.16.80.230", ("reserved", "vip_pools of zone pek3c")),
        ("10.10.50.9", ("used", "VBC network via 172.16.80.200 of zone pek3c")),
        ("10.10.51.9", ("reserved", "VBC network via 172.16.80.201 in the open plan of zone pek3c")),
        ("10.10.7.1", ("reserved", "not allocated: before vm_base_network_start of zone pek3c")),
    ],
)
def test_a_search_tells_who_has_an_address(zone: Zone, address: str, first: tuple[str, str]) -> None:
    assert told(address_space(zone, address))[0] == first


def test_an_address_of_another_zone_is_found(zone: Zone) -> None:
    other = factories.make_zone("pek3d", region_id="pek3d")
    node = factories.make_node(9, mgmt_address="10.99.0.9", hostname="pek3dr01n09")
    factories.make_role(node, other)
    assert told(address_space(zone, "10.99.0.9")) == [("used", "node pek3dr01n09 of zone pek3d")]


def test_nobody_has_a_free_address(zone: Zone) -> None:
    space = address_space(zone, "172.16.80.77")
    assert space.found is not None and space.found.free


def test_what_is_no_address_is_told_and_kept(client: Client, zone: Zone) -> None:
    client.force_login(factories.make_user(group="viewer"))
    url = reverse("admin:zones_zone_addresses", args=[zone.zone_id])
    page = client.get(url, {"address": '"><script>x'}).content.decode()
    assert "<script>x" not in page and 'value="&quot;&gt;&lt;script&gt;x"' in page
    assert 'role="alert"' in page


def test_the_page_tells_and_leads_to_the_node(client: Client, zone: Zone) -> None:
    client.force_login(factories.make_user(group="viewer"))
    url = reverse("admin:zones_zone_addresses", args=[zone.zone_id])
    assert url in client.get(reverse("admin:zones_zone_change", args=[zone.zone_id])).content.decode()
    page = client.get(url, {"address": "172.16.80.2"}).content.decode()
    node = zone.roles.get(node__mgmt_address="172.16.80.2").node
    found = page[page.index('id="address-found"') : page.index('id="pictures-addresses"')]
    assert reverse("admin:nodes_node_change", args=[node.node_id]) in found
    page = client.get(url, {"address": "9.9.9.9"}).content.decode()
    assert "no network of zone pek3c contains it" in page
    assert "It lies in" in client.get(url, {"address": "172.16.80.77"}).content.decode()


def test_stored_variables_of_any_shape_are_no_error() -> None:
    for variables in (
        {},
        {"base": {}, "advance": []},
        {"base": {"vm_base_network": 7}, "advance": {"vip_pools": [1, "x"]}},
    ):
        zone = factories.make_zone(
            f"z{Zone.objects.count()}", region_id=f"r{Zone.objects.count()}", variables=variables
        )
        assert address_space(zone, "10.0.0.1").strips == ()


def test_many_nodes_cost_as_many_queries_as_few(client: Client, zone: Zone) -> None:
    client.force_login(factories.make_user(group="viewer"))
    url = reverse("admin:zones_zone_addresses", args=[zone.zone_id])
    client.get(url)
    costs = []
    for begin, end in ((10, 12), (20, 60)):
        nodes = [factories.make_node(number) for number in range(begin, end)]
        for node in nodes:
            factories.make_role(node, zone)
        factories.make_vbc(zone, nodes, begin)
        with CaptureQueriesContext(connection) as seen:
            client.get(url, {"address": "172.16.80.2"})
        costs.append(len(seen))
    assert costs[0] == costs[1] and Plan.objects.count() == 1
