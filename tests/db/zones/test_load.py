"""The world that a plan is computed from: what is left out of it never makes another plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import strategies as some

from common.readings import Readings
from nodes.models import Disk, NetworkInterface, Node
from tests.factories import BEGIN, GB, correct, make_node, make_plan, make_role, make_vbc, make_zone
from tests.support.examples import examples
from zones.core.documents import load_settings, load_variables
from zones.core.plan import PlanResult
from zones.core.plan_input import Documents, Options
from zones.core.plans import make_plans
from zones.core.world import KnownNode, NodeView, World, whole
from zones.load import load_world
from zones.models import EipPool, Zone, ZoneFile

pytestmark = pytest.mark.django_db
STATES = ("new", "available", "configured", "scaling", "scale_failed", "active", "retired")
POOLS = ("172.16.80.200/24-172.16.80.203/24", "172.16.80.1/24-172.16.80.60/24")


def variables(zone_id: str, *, mode: str, pool: str, gateway: str) -> dict[str, Any]:
    return {
        "common": {"region_id": "pek3", "domain": "example.com", "cloud_type": "private"},
        "base": {
            "zone_id": zone_id,
            "deploy_mode": "devops",
            "network_mode": mode,
            "is_global_zone": 0,
            "installer_allocate_vbc": int(mode == "sdn"),
            "vm_base_network": f"10.{10 if zone_id == 'pek3c' else 11}.0.0/16",
            "mgmt_network_gateway": gateway,
            "mgmt_network_dns_servers": ["172.16.80.53"],
        },
        "advance": {"vip_pools": [pool]},
    }


@some.composite
def fleets(draw: Any) -> dict[str, Any]:
    """Draw machines in two zones and in none, with addresses in the way of each other, and files for one or both."""
    mode = draw(some.sampled_from(["sdn", "vlan"]))
    machine = some.fixed_dictionaries(
        {
            "status": some.sampled_from(STATES),
            "zone": some.sampled_from([None, None, "pek3c", "pek3d"]),
            "role": some.sampled_from(["hyper-repl", "hyper-sanc", "vg", "ks"]),
            # Another machine's name, an address of the pools, and what a collection may lack.
            "hostname": some.sampled_from(["", "", "", "pek3cr01n21", "proxy0"]),
            "second": some.sampled_from(["", "", "172.16.80.200", "172.16.80.201", "172.16.80.1"]),
            "more": some.sampled_from([[], [], ["172.16.80.202/24", "fd00::202/64"], ["10.10.3.4/24"]]),
            "gateway": some.sampled_from(["", "172.16.80.1", "172.16.80.203"]),
            "mgmt_interface": some.sampled_from(["bond0", "bond0", "eth1", "eth7", ""]),
            "prefix": some.sampled_from([24, 24, 16, 32, None]),
            "extra": some.booleans(),
        }
    )
    return {
        "mode": mode,
        "machines": draw(some.lists(machine, min_size=1, max_size=7)),
        "named": draw(some.sets(some.integers(21, 28), min_size=1, max_size=4)),
        "other": draw(some.sets(some.integers(41, 43), max_size=2)),
        "kind": draw(some.sampled_from(["scale", "scale", "zone"])),
        "role": draw(some.sampled_from(["hyper-repl", "hyper-repl", "hyper-sanc", "vg"])),
        "pool": draw(some.sampled_from(POOLS)),
        "gateway": draw(some.sampled_from(["172.16.80.1", "172.16.80.22", "172.16.80.9"])),
        "reserved": draw(some.booleans()),
        "vbc": draw(some.booleans()),
        "force": draw(some.booleans()),
    }


def build(fleet: Mapping[str, Any]) -> None:
    zones = {}
    for zone_id in ("pek3c", "pek3d"):
        values = variables(zone_id, mode=fleet["mode"], pool=fleet["pool"], gateway=fleet["gateway"])
        zones[zone_id] = make_zone(
            zone_id,
            network_mode=fleet["mode"],
            deploy_mode="devops",
            variables=values,
            vms={"ks": ["172.16.80.2"]},
        )
    ZoneFile.objects.create(
        zone=zones["pek3c"], path="server/server.yaml", content="compute_server:\n  a: 1\n"
    )
    for number, seen in enumerate(fleet["machines"], 21):
        made = {key: seen[key] for key in ("status", "mgmt_interface")}
        node = make_node(number, **made, **({"hostname": seen["hostname"]} if seen["hostname"] else {}))
        node.interfaces.filter(name="bond0").update(prefix=seen["prefix"], gateway=seen["gateway"])
        node.interfaces.filter(name="eth1").update(address=seen["second"], addresses=seen["more"])
        if seen["extra"]:
            NetworkInterface.objects.create(node=node, name="eth9", type="physical", mac="52:54:00:00:99:01")
            correct(node.disks.get(name="sdc"), "size_bytes", 960 * GB)
        if seen["zone"]:
            make_role(node, zones[seen["zone"]], seen["role"])
        if seen["zone"] and seen["role"] == "vg":
            EipPool.objects.create(
                zone=zones[seen["zone"]],
                vg=node,
                network=f"198.51.{number}.0/24",
                gateway=f"198.51.{number}.1",
            )
    # Free ones, so that a plan is often possible.
    free = [make_node(number, hdd=False) for number in (*range(28, 30), *range(41, 44))]
    if fleet["vbc"]:
        make_vbc(zones["pek3d"], free[:1], number=60)
    if fleet["reserved"]:
        make_plan(zones["pek3d"], free[1:2], vms={"proxy": ["172.16.80.3"]})


def requests(fleet: Mapping[str, Any]) -> list[Documents]:
    found = []
    for zone_id, numbers in (("pek3c", fleet["named"]), ("pek3d", fleet["other"])):
        if not numbers:
            continue
        roles = {
            f"172.16.80.{number}": {"role": fleet["role"], "sub_roles": []} for number in sorted(numbers)
        }
        text: dict[str, Any] = {"zone_id": zone_id, "roles": roles}
        if fleet["role"] == "vg":
            text["eips"] = {address: [f"139.198.{index}.0/24|.1"] for index, address in enumerate(roles)}
        kind = fleet["kind"]
        stem = "scale_settings" if kind == "scale" else "settings"
        document, findings = load_settings(f"{stem}.{zone_id}.yaml", yaml.safe_dump(text).encode(), kind)
        assert document is not None
        given = None
        if kind == "zone":
            values = variables(zone_id, mode=fleet["mode"], pool=fleet["pool"], gateway=fleet["gateway"])
            given, more = load_variables(f"variables.{zone_id}.yaml", yaml.safe_dump(values).encode())
            findings = [*more, *findings]
        found.append(Documents(kind, document, given, tuple(findings)))
    return found


def planned(documents: list[Documents], world: World, force: bool) -> tuple[PlanResult, ...]:
    options = {item.settings.zone_id: Options(force=force) for item in documents}
    return make_plans(documents, world, options)


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fleet=fleets())
def test_what_is_not_named_makes_no_other_plan(db: None, fleet: dict[str, Any]) -> None:
    """Compare with the plan computed from a world in which everything is known of every node."""
    with transaction.atomic():
        build(fleet)
        documents = requests(fleet)
        named = {address for item in documents for address in item.settings.roles}
        everyone = [str(address) for address in Node.objects.values_list("mgmt_address", flat=True)]
        narrow, wide = load_world(named, Readings()), load_world(everyone, Readings())
        assert planned(documents, narrow, fleet["force"]) == planned(documents, wide, fleet["force"])
        assert narrow.used_addresses == wide.used_addresses
        assert {node.address for node in narrow.nodes if isinstance(node, NodeView)} <= named
        transaction.set_rollback(True)


def as_the_rows_say(node: Node) -> dict[str, Any]:
    """Return of a node and its parts what the models say, one by one."""
    own = {
        name: getattr(node, name)
        for name in (
            *(
                "node_id",
                "hostname",
                "status",
                "cpu_arch",
                "cpu_cores",
                "memory_bytes",
                "os_name",
                "os_version",
            ),
            *(
                "host_key_fingerprint",
                "qemu_version",
                "mgmt_interface",
                "default_interface",
                "default_gateway",
            ),
        )
    }
    fields = ("name", "by_id", "wwn", "serial", "model", "rotational", "zoned")
    disks = [
        {
            **{name: getattr(disk, name) for name in fields},
            **{name: disk.effective(name) for name in ("type", "size_bytes", "status")},
            "measured_bytes": disk.observed_size_bytes,
            "holds": tuple(disk.signatures),
        }
        for disk in node.disks.filter(present=True)
    ]
    nics = [
        {
            **{name: getattr(nic, name) for name in ("name", "mac", "type", "address", "prefix", "gateway")},
            **{name: getattr(nic, name) for name in ("bond_mode", "vlan_id", "raw_device")},
            "slaves": tuple(nic.slaves),
            "addresses": tuple(nic.addresses),
        }
        for nic in node.interfaces.all()
    ]
    return {**own, "disks": disks, "nics": nics}


def as_loaded(view: NodeView, like: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same of a view."""
    disks = [*((view.os_disk,) if view.os_disk else ()), *view.data_disks]
    parts = {
        "disks": [{name: getattr(disk, name) for name in like["disks"][0]} for disk in disks],
        "nics": [{name: getattr(nic, name) for name in like["nics"][0]} for nic in view.nics],
    }
    return {**{name: getattr(view, name) for name in like if name not in parts}, **parts}


def test_of_a_named_node_everything_is_read() -> None:
    node = make_node(
        21, qemu_version="7.2", clock_offset_ms=-90_000_000, clock_uncertainty_ms=5, clock_measured_at=BEGIN
    )
    Disk.objects.filter(name="sdb").update(
        signatures=["ext4"],
        wwn="0x5000c500a1",
        by_id="wwn-0x5000c500a1",
        rotational=False,
        zoned="host-aware",
    )
    correct(node.disks.get(name="sdc"), "size_bytes", 960 * GB)
    correct(node.disks.get(name="sdx"), "status", 0)
    Disk.objects.create(
        node=node, identity="gone", name="sdg", present=False, observed_type="ssd", observed_size_bytes=GB
    )
    node.interfaces.filter(name="bond0").update(
        bond_mode="802.3ad", slaves=["eth1", "eth2"], addresses=["172.16.80.21/24"], gateway="172.16.80.1"
    )
    NetworkInterface.objects.create(node=node, name="bond0.9", type="vlan", vlan_id=9, raw_device="bond0")
    make_role(node, make_zone(), "hyper-pair")
    view = whole(load_world(["172.16.80.21"], Readings()).node_by_address["172.16.80.21"])
    rows = as_the_rows_say(node)
    assert as_loaded(view, rows) == rows
    assert (view.zone_id, view.role, view.sub_roles) == ("pek3c", "hyper-pair", ("hyper",))
    assert view.clock_wrong == "error" and "measured 2026-03-04 01:02 UTC" in view.clock_words


def test_of_other_nodes_only_what_could_be_in_the_way() -> None:
    node = make_node(21)
    NetworkInterface.objects.filter(node=node, name="eth1").update(addresses=["10.0.0.7/24"])
    NetworkInterface.objects.create(node=node, name="eth2", type="physical", gateway="10.0.9.1")
    NetworkInterface.objects.create(node=node, name="eth3", type="physical")
    [known] = load_world([], Readings()).nodes
    assert type(known) is KnownNode and [nic.name for nic in known.nics] == ["bond0", "eth1", "eth2"]
    with pytest.raises(TypeError, match=r"172\.16\.80\.21 was loaded without its hardware"):
        whole(known)


def test_of_hypers_with_vlans_every_interface() -> None:
    nodes = {zone_id: make_node(number) for number, zone_id in enumerate(("pek3c", "pek3d"), 21)}
    for mode, (zone_id, node) in zip(("vlan", "sdn"), nodes.items(), strict=True):
        NetworkInterface.objects.create(node=node, name="eth3", type="physical")
        make_role(node, make_zone(zone_id, network_mode=mode))
    found = {node.zone_id: [nic.name for nic in node.nics] for node in load_world([], Readings()).nodes}
    assert found == {"pek3c": ["bond0", "eth1", "eth3"], "pek3d": ["bond0"]}


def test_only_one_zone() -> None:
    first, second, free = (make_node(number) for number in (21, 22, 23))
    zone, other = make_zone("pek3c"), make_zone("pek3d")
    make_role(first, zone)
    make_role(second, other)
    make_vbc(zone, [first], 50)
    make_vbc(other, [second], 51)
    world = load_world([str(free.mgmt_address)], Readings(), zone)
    assert [item.zone_id for item in world.zones] == ["pek3c"]
    assert [node.address for node in world.nodes] == ["172.16.80.21", "172.16.80.23"]
    assert [vbc.members for vbc in world.zones[0].vbcs] == [("172.16.80.21",)]


def test_a_zone_that_never_came_into_being_is_left_out() -> None:
    Zone.objects.create(zone_id="never", region_id="pek3", deploy_mode="devops", network_mode="sdn")
    assert load_world([], Readings()).zones == ()
