"""The nodes meant by a group or by the name of one node, and the message when there are none."""

from __future__ import annotations

import pytest

from common.actor import Actor
from common.errors import NotFound, Refused
from nodes.models import Node
from nodes.states import NodeStatus
from operations.commands.service import exec_nodes
from tests.factories import make_node, make_role, make_zone
from zones.models import Role, Zone
from zones.services.groups import list_machine_groups, read_group, read_machines, read_node

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def zones() -> None:
    """Make two zones, the id of one the beginning of the other's, and a node without any."""
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
        ("172.16.80.3", "pek3c", "is in zone pek3c-2, not in pek3c -> specify that zone: pek3c-2"),
        ("vg", "pek3c", "group 'vg' has no nodes in zone pek3c -> describe_nodes"),
        ("seed", "", "group 'seed' has no nodes -> describe_nodes"),
        ("pek3c-vg", "", "group 'pek3c-vg' has no nodes -> describe_nodes"),
        ("pek3c-2-hyper", "pek3c", "specify a group of pek3c: pek3c-hyper"),
        ("hypers", "", "no group or node is named 'hypers' -> did you mean hyper?"),
        ("172.16.80.99", "", "no group or node is named '172.16.80.99'"),
        ("$(reboot)", "", "specify a node by host name, address or n-id"),
        ("", "", "no group or node is named ''"),
    ],
)
def test_nobody_is_meant(group: str, zone_id: str, said: str) -> None:
    with pytest.raises(NotFound) as caught:
        read_group(group, zone_id=zone_id)
    assert said in str(caught.value) and "G01" in str(caught.value)


@pytest.fixture
def vms() -> None:
    """Make two proxies in the first zone, one in the second, and a KS node that is a pgpool."""
    for number, host in ((101, "pek3c-proxy0"), (102, "pek3c-proxy1"), (103, "pek3c-2-proxy0")):
        make_node(number, hostname=host, host_key="ssh-ed25519 AAAA")
    first, second = Zone.objects.get(zone_id="pek3c"), Zone.objects.get(zone_id="pek3c-2")
    first.vms = {"proxy": ["172.16.80.101", "172.16.80.102"]}
    second.vms = {"proxy": ["172.16.80.103"], "webservice": ["172.16.80.104"]}
    first.save(), second.save()
    ks = make_node(6, status=NodeStatus.ACTIVE, host_key="ssh-ed25519 AAAA")
    Role.objects.filter(pk=make_role(ks, first, "ks").pk).update(sub_roles=["pgpool"])


def ran_on(group: str, zone_id: str = "") -> list[str]:
    return [node.hostname for node in read_machines(group, zone_id=zone_id)]


def test_groups_of_commands_know_management_vms(vms: None) -> None:
    assert ran_on("proxy", "pek3c") == ran_on("pek3c-proxy") == ["pek3c-proxy0", "pek3c-proxy1"]
    assert ran_on("proxy") == ["pek3c-proxy0", "pek3c-proxy1", "pek3c-2-proxy0"]
    assert (
        ran_on("pek3c-2-proxy") == ran_on("172.16.80.103") == ran_on("pek3c-2-proxy0") == ["pek3c-2-proxy0"]
    )
    # The same role on a machine, and the groups of machines, are as before.
    assert ran_on("pgpool", "pek3c") == ran_on("ks", "pek3c") == ["pek3cr01n06"]
    assert ran_on("hyper", "pek3c") == meant("hyper", "pek3c")
    with pytest.raises(NotFound, match="group 'dnsmaster' has no nodes"):
        ran_on("dnsmaster", "pek3c")
    with pytest.raises(NotFound, match="is in no zone"):
        ran_on("172.16.80.103", "pek3c")


def test_a_vm_that_the_console_cannot_log_in_to_is_named(vms: None) -> None:
    with pytest.raises(Refused, match=r"G02 error 172.16.80.104: webservice .* is not registered"):
        ran_on("webservice")


def test_a_command_on_vms_excludes_what_scales_their_region(vms: None) -> None:
    actor = Actor("ann", "command")
    job = exec_nodes(group="proxy", zone_id="pek3c", command="touch /tmp/x", actor=actor, anything=True)
    assert job.zone_id == "pek3c" and job.exclusive_scope == Zone.objects.get(zone_id="pek3c").exclusive_scope
    assert {"proxy": 2, "pgpool": 1, "hyper": 2}.items() <= dict(list_machine_groups(zone_id="pek3c")).items()
