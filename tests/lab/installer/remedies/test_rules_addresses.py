"""Remedies of the rule on where each address must lie (R24) are followed as printed."""

from __future__ import annotations

import re

import pytest

from nodes.models import NetworkInterface
from tests.lab.installer.remedies.files import VARIABLES, Files, given, hypers, segments, vgs
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db

POOL = "['172.16.80.240/24-172.16.80.250/24']"


@pytest.mark.remedy("R24")
def test_a_gateway_of_another_network(files: Files) -> None:
    files.example("R24")
    [right] = re.findall(r"collected with (\S+?)\)", files.refused("R24"))
    files.set("mgmt_network_gateway", right)
    files.passes(without="R24")


@pytest.mark.remedy("R24")
def test_a_gateway_that_is_none(files: Files) -> None:
    for wrong, what in (
        ("224.0.0.1", "multicast"),
        ("172.16.80.255", "broadcast"),
        ("172.16.80.21", "in use"),
    ):
        files.new(variables=VARIABLES.replace("172.16.80.1\n", f"{wrong}\n"))
        remedy = files.refused("R24", what)
        assert remedy.startswith(("write the gateway", "choose a host address", "choose another address"))
        files.set("mgmt_network_gateway", "172.16.80.1")
        files.passes(without="R24")


@pytest.mark.remedy("R24")
def test_another_gateway_than_was_collected(files: Files) -> None:
    files.new(variables=VARIABLES.replace("172.16.80.1\n", "172.16.80.254\n"))
    [right] = re.findall(r"^write (\S+), unless", files.warned("R24"))
    files.set("mgmt_network_gateway", right)
    files.passes(without="R24")


@pytest.mark.remedy("R24")
def test_a_gateway_that_the_zone_has_stored(files: Files) -> None:
    """Configure the zone again: the file that adds nodes has no gateway."""
    zone = Zone.objects.get(zone_id="pek3d")
    zone.variables["base"]["mgmt_network_gateway"] = "192.168.99.1"
    zone.save()
    files.scale("pek3d", hypers(21, 22))
    scaling = dict(files.texts)
    remedy = files.refused("R24")
    plan = Plan.objects.get(zone=zone, status="applied")
    files.texts = {item["name"]: item["text"] for item in plan.sources}
    assert files.command("-f") == tuple(
        str(files.folder / word) if word.endswith(".yaml") else word for word in again(remedy)
    )
    files.passes("-f")
    plan = Plan.objects.get(status="draft")
    files.does("approve_plan", plan.plan_id, "--hash", plan.content_hash)
    files.texts = scaling
    files.passes()


def again(remedy: str) -> list[str]:
    [command] = re.findall(r"\((config_qingcloud [^)]*)\)", remedy)
    name, force, *files = command.split()
    return [name, *files, force]


@pytest.mark.remedy("R24")
def test_addresses_that_no_machine_has(files: Files) -> None:
    files.new(variables=VARIABLES.replace(POOL, "['169.254.0.10/24-169.254.0.20/24']"))
    assert files.refused("R24") == "correct it"
    files.write("['169.254.0.10/24-169.254.0.20/24']", POOL)
    files.passes()
    files.scale("pek3a", vgs(41), segments(vg41="'169.254.7.0/24|.1'"))
    assert files.refused("R24") == "correct it"
    files.write("169.254.7.0", "139.198.10.0")
    files.passes()


@pytest.mark.remedy("R24")
def test_a_pool_outside_the_management_network(files: Files) -> None:
    files.new(variables=VARIABLES.replace(POOL, "['172.16.90.240/24-172.16.90.250/24']"))
    [network] = re.findall(r"^choose addresses inside (\S+)$", files.refused("R24"))
    assert network == "172.16.80.0/24"
    files.write("['172.16.90.240/24-172.16.90.250/24']", POOL)
    files.passes()


@pytest.mark.remedy("R24")
def test_a_vm_at_an_end_of_the_network(files: Files) -> None:
    files.new(variables=given(proxy="172.16.80.255"))
    assert files.refused("R24") == "choose a host address of that network"
    files.write("172.16.80.255", "172.16.80.101")
    files.passes()


@pytest.mark.remedy("R24")
def test_a_name_server_in_a_pool(files: Files) -> None:
    """Skip a pool address that cannot be given; once it is taken out of the pool, no warning is left."""
    files.new(
        variables=VARIABLES.replace("advance:", "  mgmt_network_dns_servers: [172.16.80.245]\nadvance:")
    )
    assert files.warned("R24") == "remove it from the pool"
    files.write(POOL, "['172.16.80.240/24-172.16.80.244/24', '172.16.80.246/24-172.16.80.250/24']")
    files.passes(without="R24")


@pytest.mark.remedy("R24")
def test_an_address_in_use_or_of_vms(files: Files) -> None:
    for wrong in ("172.16.80.200", "10.40.3.4"):
        files.new(variables=VARIABLES.replace("advance:", f"  mgmt_network_dns_servers: [{wrong}]\nadvance:"))
        assert files.refused("R24") == "choose another address"
        files.write(wrong, "172.16.80.3")
        files.passes(without="R24")


@pytest.mark.remedy("R24")
def test_a_base_network_on_the_management_network(files: Files) -> None:
    files.new(variables=VARIABLES.replace("10.40.0.0/16", "172.16.0.0/16"))
    assert files.warned("R24") == "choose a separate network if possible"
    files.write("172.16.0.0/16", "10.40.0.0/16")
    files.passes(without="R24")
    files.new(variables=VARIABLES.replace("10.40.0.0/16", "172.16.80.0/25"))
    assert files.refused("R24") == "make them disjoint"
    files.write("172.16.80.0/25", "10.40.0.0/16")
    files.passes(without="R24")


@pytest.mark.remedy("R24")
def test_a_segment_whose_router_is_a_node(files: Files) -> None:
    NetworkInterface.objects.filter(node__mgmt_address="172.16.80.43", name="eth1").update(
        address="139.198.10.7", prefix=24
    )
    files.scale("pek3a", vgs(41), segments(vg41="'139.198.10.0/24|.7'"))
    assert files.refused("R24") == "choose the router's address"
    files.write("|.7", "|.1")
    files.passes()


@pytest.mark.remedy("R24")
def test_pools_on_other_networks(files: Files) -> None:
    for pool, what in (
        ("172.16.80.100/24-172.16.80.110/24", "management"),
        ("10.40.1.1/24-10.40.1.9/24", "base"),
    ):
        files.new(variables=f"{VARIABLES}  eip_network_pools: ['{pool}']\n")
        assert files.refused("R24", what) == "make them disjoint"
        files.write(pool, "139.198.10.10/24-139.198.10.20/24")
        files.passes()
