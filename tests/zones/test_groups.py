"""Who is meant by a group or by the name of one node, and what is said when nobody is."""

from __future__ import annotations

import pytest

from jobs.errors import NotFound
from nodes.models import Node
from nodes.states import NodeStatus
from tests.factories import make_node, make_role, make_zone
from zones.services.groups import read_group, read_node

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def zones() -> None:
    """Two zones, the id of one the beginning of the other's, and a node without any."""
    first, second = make_zone(), make_zone("pek3c-2")
    for number in (1, 2):
        make_role(make_node(number, status=NodeStatus.ACTIVE), first)
    make_role(make_node(3, status=NodeStatus.ACTIVE), second)
    make_role(make_node(4, status=NodeStatus.RETIRED), first)
    make_node(5)


def meant(group: str, zone_id: str = "") -> list[str]:
    return [node.hostname for node in read_group(group, zone_id=zone_id)]


def test_one_node_by_any_of_its_names() -> None:
    node = Node.objects.get(mgmt_address="172.16.80.1")
    for name in (node.hostname, node.hostname.upper(), node.node_id, "172.16.80.1"):
        assert meant(name) == meant(name, "pek3c") == [node.hostname]
        assert read_node(name) == node


def test_groups_of_zones_whose_ids_begin_alike() -> None:
    assert meant("pek3c-hyper") == ["pek3cr01n01", "pek3cr01n02"]
    assert meant("pek3c-2-hyper") == meant("hyper", "pek3c-2") == ["pek3cr01n03"]


@pytest.mark.parametrize("name", ["hyper", "pek3c-hyper", "all", ""])
def test_a_group_is_not_one_node(name: str) -> None:
    with pytest.raises(NotFound):
        read_node(name)


@pytest.mark.parametrize(
    ("group", "zone_id", "said"),
    [
        ("172.16.80.4", "", "is retired"),
        ("172.16.80.5", "", "is in no zone (it is available)"),
        ("172.16.80.3", "pek3c", "is in zone pek3c-2, not in pek3c -> name that zone: pek3c-2"),
        ("vg", "pek3c", "no node is in group 'vg' of zone pek3c -> describe_nodes"),
        ("seed", "", "no node is in group 'seed' -> describe_nodes"),
        ("pek3c-vg", "", "no node is in group 'pek3c-vg' -> describe_nodes"),
        ("pek3c-2-hyper", "pek3c", "name a group of pek3c: pek3c-hyper"),
        ("hypers", "", "there is no group and no node 'hypers' -> did you mean hyper?"),
        ("172.16.80.99", "", "there is no group and no node '172.16.80.99'"),
        ("$(reboot)", "", "a node is its host name, address or n-id"),
        ("", "", "there is no group and no node ''"),
    ],
)
def test_nobody_is_meant(group: str, zone_id: str, said: str) -> None:
    with pytest.raises(NotFound) as caught:
        read_group(group, zone_id=zone_id)
    assert said in str(caught.value) and "G01" in str(caught.value)
