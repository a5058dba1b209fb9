"""Nodes are found by what people know of them, and addresses sort as numbers, on both databases."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from nodes.models import Node, address_order
from nodes.search import as_mac, matching
from tests.factories import make_node, make_user
from tests.support.examples import named

pytestmark = pytest.mark.django_db

ORDERED = (
    "10.0.0.2",
    "10.0.0.9",
    "10.0.0.10",
    "10.0.1.1",
    "100.0.0.1",
    "192.168.0.1",
    "2001:db8::9",
    "2001:db8::10",
    "fe80::1",
)


@pytest.fixture
def three() -> None:
    make_node(1, hostname="pek3cr01n01", mgmt_address="172.16.80.1")
    make_node(10, hostname="PEK3CR01N10", mgmt_address="172.16.80.10")
    make_node(300, hostname="sh1ar07n300", mgmt_address="2001:db8::30")


# What to look for, and which nodes it finds, in REST; the list of the console is asked for some of it, too.
SEARCHES: tuple[tuple[str, set[int], bool], ...] = (
    ("172.16.80.1", {1, 10}, False),
    ("16.80.10", {10}, False),
    ("db8::3", {300}, False),
    ("pek3cr01n01", {1}, False),
    ("cr01n", {1, 10}, False),
    ("CR01N", {1, 10}, False),
    ("SN000300", {300}, False),
    ("000300", {300}, False),
    ("52:54:00:00:0a:01", {10}, False),
    ("00:0A:01", {10}, False),
    ("52-54-00-00-0a-02", {10}, False),
    ("5254.0000.0a02", {10}, False),
    ("5254.0000.0a", {10}, True),
    ("52:54", {1, 10, 300}, True),
    ("pek3 172.16.80.10", {10}, True),
    ("52:54:00 sh1a", {300}, False),
    ("pek3 sh1a", set(), True),
    ("%", set(), True),
    ("_", set(), False),
    ("nothing", set(), False),
)


def test_what_is_found(three: None, viewer: APIClient, client: Client) -> None:
    client.force_login(make_user(group="viewer"))
    for text, found, on_page in SEARCHES:
        with named(text):
            serials = {f"SN{number:06d}" for number in found}
            rows = viewer.get("/api/v1/nodes/", {"search": text}).json()["results"]
            assert [row["product"]["serial"] for row in rows] == sorted(serials), "each once"
            if on_page:
                page = client.get(reverse("admin:nodes_node_changelist"), {"q": text})
                assert {node.product_serial for node in page.context["cl"].result_list} == serials


def test_a_public_id_is_found(three: None) -> None:
    node = Node.objects.get(hostname="pek3cr01n01")
    assert list(matching(Node.objects.all(), [node.node_id])) == [node]


@pytest.mark.parametrize("word", ["pek3", "SN000001", "n-abc", "172.16.80.1", "g1", "x:y"])
def test_what_no_mac_holds_is_not_looked_for_among_macs(word: str) -> None:
    assert not as_mac(word)
    assert "nodes_networkinterface" not in str(matching(Node.objects.all(), [word]).query)


def test_one_query_without_joins_reads_the_narrow_indexes(three: None) -> None:
    found = matching(Node.objects.all(), ["52:54:00"])
    assert "DISTINCT" not in str(found.query) and "JOIN" not in str(found.query)
    with CaptureQueriesContext(connection) as seen:
        assert len(found) == 3
    assert len(seen) == 1
    if connection.vendor == "sqlite":
        assert "COVERING INDEX node_search" in found.explain() and "INDEX interface_mac" in found.explain()
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off"
        )
    assert "on node_search" in found.explain() and "on interface_search" in found.explain()


def test_addresses_sort_as_numbers(viewer: APIClient, client: Client) -> None:
    for number, address in enumerate(reversed(ORDERED), 1):
        make_node(number, mgmt_address=address)
    assert tuple(Node.objects.values_list("mgmt_address", flat=True)) == ORDERED

    def listed(path: str) -> tuple[str, ...]:
        rows = viewer.get(f"/api/v1/{path}").json()["results"]
        return tuple(dict.fromkeys(row["mgmt_address"] for row in rows))

    assert listed("nodes/") == ORDERED and listed("nodes/?ordering=mgmt_address") == ORDERED
    assert listed("nodes/?ordering=-mgmt_address") == ORDERED[::-1]
    assert listed("disks/") == ORDERED and listed("networks/?ordering=node__mgmt_address") == ORDERED
    client.force_login(make_user(group="viewer"))
    page = client.get(reverse("admin:nodes_node_changelist"), {"o": "1"})
    assert tuple(node.mgmt_address for node in page.context["cl"].result_list) == ORDERED


def test_the_order_is_stored_however_a_node_is(viewer: APIClient) -> None:
    Node.objects.bulk_create([Node(mgmt_address="10.0.0.10"), Node(mgmt_address="10.0.0.9")])
    Node.objects.create(mgmt_address="10.0.0.11").save()
    for node in Node.objects.all():
        assert node.address_order == address_order(node.mgmt_address) != ""
