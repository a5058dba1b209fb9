"""Remedies about allocated addresses and about requests to the API are followed as printed."""

from __future__ import annotations

import re

import pytest
from rest_framework.test import APIClient

from nodes.models import NetworkInterface
from tests.lab.installer.remedies.desk import SCALE, VARIABLES_D, Desk, again
from tests.lab.installer.remedies.stage import A21, Stage
from zones.models import Zone
from zones.services import configure

pytestmark = pytest.mark.django_db(transaction=True)
START, BASE = "vm_base_network_start: 10.20.50.0/24", "vm_base_network: 10.20.0.0/16"
POOL = "172.16.80.231/24-172.16.80.240/24"
TWO = "  vbc_group_size: 1\n"


@pytest.mark.remedy("A01")
@pytest.mark.parametrize(
    "mended",
    [
        (BASE, "vm_base_network_start: 10.20.1.0/24"),
        ("vm_base_network: 10.20.0.0/23", "vm_base_network_start: 10.20.0.0/24"),
    ],
    ids=["widen vm_base_network", "or lower vm_base_network_start"],
)
def test_no_network_is_left_for_a_vbc(zone: Desk, mended: tuple[str, str]) -> None:
    group = ("advance:\n", f"advance:\n{TWO}")
    narrow = (BASE, "vm_base_network: 10.20.0.0/23"), (START, "vm_base_network_start: 10.20.1.0/24"), group
    assert zone.broken("A01", VARIABLES_D, *narrow) == "widen vm_base_network, or lower vm_base_network_start"
    zone.saved(VARIABLES_D, (BASE, mended[0]), (START, mended[1]), group)


@pytest.mark.remedy("A01")
def test_no_network_is_left_from_the_first_one_on(zone: Desk) -> None:
    """Advise to widen the network where the range starts at its beginning and cannot start lower."""
    group, without = ("advance:\n", f"advance:\n{TWO}"), (f"  {START}\n", "")
    remedy = zone.broken("A01", VARIABLES_D, (BASE, "vm_base_network: 10.20.0.0/24"), without, group)
    assert remedy == "widen vm_base_network"
    zone.saved(VARIABLES_D, (BASE, "vm_base_network: 10.20.0.0/23"), without, group)


@pytest.mark.remedy("A01", "A02")
@pytest.mark.parametrize(
    ("code", "section", "change"),
    [
        ("A01", "base", {"vm_base_network": "10.10.50.0/24"}),
        ("A02", "advance", {"vip_pools": ["172.16.80.200/24-172.16.80.200/24"]}),
        ("A03", "base", {"vm_base_network_start": "10.11.0.0/24"}),
        ("A04", "advance", {"vip_pools": ["172.16.90.200/24-172.16.90.210/24"]}),
    ],
)
def test_a_zone_in_service_that_has_no_more_to_give(
    scale: Desk, code: str, section: str, change: dict[str, object]
) -> None:
    """Correct the stored variables of a zone in service by configuring it again, with the nodes that run."""
    zone = Zone.objects.get(zone_id="pek3c")
    zone.variables[section].update(change)
    zone.save(update_fields=["variables"])
    again(scale, scale.broken(code, SCALE))
    scale.saved(SCALE)


@pytest.mark.remedy("A02")
def test_no_vip_is_left(zone: Desk) -> None:
    group = ("advance:\n", f"advance:\n{TWO}")
    assert (
        zone.broken("A02", VARIABLES_D, (POOL, "172.16.80.231/24-172.16.80.231/24"), group)
        == "widen vip_pools"
    )
    zone.saved(VARIABLES_D, (POOL, "172.16.80.231/24-172.16.80.232/24"), group)


def fill_upper_half(stage: Stage) -> None:
    """Occupy every address of the upper half: one machine has them all, which is quick."""
    [node] = stage.region.nodes(99)
    NetworkInterface.objects.bulk_create(
        NetworkInterface(
            node=node, name=f"eth{number}", address=f"172.16.80.{number}", prefix=24, type="physical"
        )
        for number in range(128, 255)
    )


@pytest.mark.remedy("A02")
@pytest.mark.parametrize("verb", ["specify", "widen"])
@pytest.mark.parametrize("way", ["mgmt_network_pools", "mgmt_network_address"])
def test_no_address_is_left_for_management_vms(zone: Desk, verb: str, way: str) -> None:
    """Advise to widen the pools, or to give some: the default, half of the network, is fixed."""
    vips = (POOL, "172.16.80.60/24-172.16.80.70/24")
    pools = "  mgmt_network_pools: ['172.16.80.100/24-172.16.80.101/24']\n" if verb == "widen" else ""
    if not pools:
        fill_upper_half(zone.stage)
    advance = "advance:\n"
    remedy = zone.broken("A02", VARIABLES_D, (advance, advance + pools), vips)
    other = "mgmt_network_address for these roles"
    assert remedy == f"{verb} mgmt_network_pools, or {'specify ' * (verb == 'widen')}{other}"
    if way == "mgmt_network_pools":
        pools = "  mgmt_network_pools: ['172.16.80.100/24-172.16.80.120/24']\n"
    else:
        [roles] = re.findall(r"^A02 error .*?\(([a-z, ]+)\)", zone.stage.run(*zone.command).err, re.MULTILINE)
        given = ", ".join(f"{role}: [172.16.80.{place}]" for place, role in enumerate(roles.split(", "), 110))
        pools += f"  mgmt_network_address: {{{given}}}\n"
    zone.saved(VARIABLES_D, (advance, advance + pools), vips)


@pytest.mark.remedy("A03")
def test_the_start_of_networks_that_there_are_not(zone: Desk) -> None:
    start = "  vm_base_network_ipv6_start: fd00:20:0:1::/64\n"
    here = f"  {BASE}\n"
    assert zone.broken("A03", VARIABLES_D, (here, here + start)) == "set both or neither"
    zone.saved(VARIABLES_D)
    both = (here, f"{here}  vm_base_network_ipv6: fd00:20::/48\n{start}")
    remedy = zone.broken("A02", VARIABLES_D, both)
    assert remedy == "add IPv6 addresses to vip_pools"
    zone.saved(VARIABLES_D, both, (f"['{POOL}'", f"['{POOL}', 'fd00:80::10/64-fd00:80::20/64'"))


@pytest.mark.remedy("A03")
@pytest.mark.parametrize(
    ("remedy", "wrong", "right"),
    [
        ("choose a network inside 10.20.0.0/16", "10.21.0.0/24", "10.20.9.0/24"),
        ("use a network of /30 or larger", "10.20.50.0/31", "10.20.50.0/30"),
    ],
)
def test_a_start_that_is_none(zone: Desk, remedy: str, wrong: str, right: str) -> None:
    key = "vm_base_network_start: "
    assert zone.broken("A03", VARIABLES_D, (START, key + wrong)) == remedy
    zone.saved(VARIABLES_D, (START, key + right))


@pytest.mark.remedy("A03")
@pytest.mark.parametrize("start", ["", "  vm_base_network_start: 10.20.0.0/31\n"], ids=["none", "all of it"])
def test_a_base_network_that_is_too_small_itself(zone: Desk, start: str) -> None:
    """Advise a larger base network where the given one is too small to contain another."""
    wrong = (BASE, "vm_base_network: 10.20.0.0/31"), (f"  {START}\n", start)
    assert zone.broken("A03", VARIABLES_D, *wrong) == "use a network of /30 or larger"
    assert "10.20.0.0/31 is too small" in zone.stage.run(*zone.command).err
    zone.saved(
        VARIABLES_D, (BASE, "vm_base_network: 10.20.0.0/30"), (f"  {START}\n", start.replace("/31", "/30"))
    )


@pytest.mark.remedy("A04")
def test_vips_outside_the_network_of_the_hypers(zone: Desk) -> None:
    """Advise the network of the hypers, not that of the KS node, whose mask differs."""
    NetworkInterface.objects.filter(address="172.16.80.31").update(prefix=16)
    remedy = zone.broken("A04", VARIABLES_D, (POOL, "172.16.90.231/24-172.16.90.240/24"))
    [network] = re.findall(r"^use a pool inside (\S+)$", remedy)
    assert network == "172.16.80.0/24"
    zone.saved(VARIABLES_D)


@pytest.mark.remedy("A05")
@pytest.mark.parametrize("stored", [False, True])
def test_somebody_is_at_an_address_of_the_pool(
    zone: Desk, scale: Desk, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    there = {"172.16.80.201", "172.16.80.231"}
    monkeypatch.setattr(configure, "answering", lambda addresses: frozenset(addresses & there))
    desk = scale if stored else zone
    remedy = warned("A05", desk.stage.does(*desk.command).err)
    assert remedy.startswith("find out which machines use these addresses, and remove them from the pool")
    if stored:
        again(desk, remedy, ("172.16.80.200/24", "172.16.80.202/24"))
    else:
        desk.stage.file(VARIABLES_D, desk.texts[VARIABLES_D].replace("172.16.80.231/24", "172.16.80.232/24"))
    assert "A05" not in desk.stage.does(*desk.command).err


def warned(code: str, err: str) -> str:
    """Return the remedy of the warning of this code."""
    [remedy] = re.findall(rf"^{code} warning.*? -> (.*)$", err, re.MULTILINE)
    return str(remedy)


@pytest.mark.remedy("W01")
@pytest.mark.parametrize(
    ("place", "missing", "key"),
    [
        ("nodes", "n-nothing0", "node_id"),
        ("disks", "999999", "id"),
        ("networks", "999999", "id"),
        ("vbc-assignments", "999999", "id"),
        ("roles", "n-nothing0", "node_id"),
    ],
)
def test_nothing_of_that_key(stage: Stage, viewer: APIClient, place: str, missing: str, key: str) -> None:
    refused = viewer.get(f"/api/v1/{place}/{missing}/")
    [finding] = refused.json()["findings"]
    assert (refused.status_code, finding["code"], finding["remedy"]) == (
        404,
        "W01",
        "get the id from the list",
    )
    first = viewer.get(f"/api/v1/{place}/").json()["results"][0]
    assert viewer.get(f"/api/v1/{place}/{first[key]}/").status_code == 200


@pytest.mark.remedy("W02")
def test_a_request_that_names_a_node_by_an_id_that_is_none(stage: Stage, operator: APIClient) -> None:
    stage.region.nodes(21)
    refused = operator.post("/api/v1/nodes/collect/", {"node_ids": ["n-nothing0"]}, format="json")
    [finding] = refused.json()["findings"]
    assert (finding["code"], finding["remedy"]) == ("W02", "get the id from the list of nodes")
    found = operator.get("/api/v1/nodes/", {"mgmt_address": A21}).json()["results"]
    done = operator.post("/api/v1/nodes/collect/", {"node_ids": [found[0]["node_id"]]}, format="json")
    assert done.status_code == 202
