"""Small worlds for testing the pure core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from common.errors import Finding
from zones.core.documents import load_settings, load_variables
from zones.core.plan import PlanResult, make_plan
from zones.core.plan_input import Documents, Options
from zones.core.rules import Context, check
from zones.core.world import DiskView, NicView, NodeView, VbcView, World, ZoneView

GB = 10**9
ZONE = "devops1a"

VARIABLES: dict[str, dict[str, Any]] = {
    "common": {"region_id": "devops1", "domain": "example.com"},
    "base": {
        "zone_id": ZONE,
        "deploy_mode": "devops",
        "network_mode": "sdn",
        "installer_allocate_vbc": 1,
        "vm_base_network": "10.10.0.0/16",
        "vm_base_network_start": "10.10.50.0/24",
        "mgmt_network_gateway": "127.1.0.1",
        "mgmt_network_dns_servers": ["127.1.0.1"],
    },
    "advance": {"vip_pools": ["127.1.0.200/24-127.1.0.230/24"]},
}


def disk(name: str, kind: str = "ssd", size_gb: int = 960, **more: Any) -> DiskView:
    return DiskView(name, kind, size_gb * GB, by_id=f"{kind}-MODEL_{name.upper()}", serial=f"S{name}", **more)


def ssds(count: int) -> tuple[DiskView, ...]:
    return tuple(disk(f"sd{chr(ord('b') + index)}") for index in range(count))


def node(number: int, *, rack: int = 1, zone: str = ZONE, disks: int = 2, **more: Any) -> NodeView:
    """Make node ``number`` at 127.1.0.(10 + number) called ``<zone>r01nNN``, available, with that many SSDs."""
    address = f"127.1.0.{10 + number}"
    values: dict[str, Any] = {
        "node_id": f"n-{number:08d}",
        "address": address,
        "hostname": f"{zone}r{rack:02d}n{number:02d}",
        "status": "available",
        "cpu_cores": 32,
        "memory_bytes": 256 << 30,
        "os_name": "ubuntu",
        "os_version": "22.04",
        "host_key_fingerprint": f"SHA256:key{number}",
        "os_disk": disk("sda", "sata", 240),
        "data_disks": ssds(disks),
        "nics": (NicView("eth0", f"52:54:00:00:00:{number:02x}", address=address, prefix=24),),
        "mgmt_interface": "eth0",
        "default_interface": "eth0",
        "default_gateway": "127.1.0.1",
    }
    return NodeView(**values | more)


def vg(number: int, **more: Any) -> NodeView:
    """Make a node with a second network that carries the default route."""
    base = node(number, disks=0)
    outer = NicView("eth1", f"52:54:01:00:00:{number:02x}", address=f"198.51.100.{number}", prefix=24)
    values = {
        "nics": (*base.nics, outer),
        "default_interface": "eth1",
        "default_gateway": "198.51.100.254",
    }
    return replace(base, **values | more)


def ks(number: int, **more: Any) -> NodeView:
    return node(number, disks=1, **more)


def active(item: NodeView, role: str, *sub_roles: str, zone: str = ZONE) -> NodeView:
    return replace(item, status="active", zone_id=zone, role=role, sub_roles=sub_roles)


def zone_view(
    nodes: tuple[NodeView, ...] = (), variables: Mapping[str, Any] | None = None, **more: Any
) -> ZoneView:
    chosen = variables or VARIABLES
    values: dict[str, Any] = {
        "zone_id": chosen["base"]["zone_id"],
        "region_id": chosen["common"]["region_id"],
        "deploy_mode": chosen["base"]["deploy_mode"],
        "network_mode": chosen["base"]["network_mode"],
        "variables": chosen,
        "has_active_nodes": any(item.status == "active" for item in nodes),
        "nodes": nodes,
    }
    return ZoneView(**values | more)


def demo_zone(**base: Any) -> ZoneView:
    """Make one KS and two hypers in service that share one VBC; ``base`` overrides variables."""
    nodes = (
        active(ks(1), "ks", "seed"),
        active(node(2), "hyper-repl", "hyper"),
        active(node(3), "hyper-repl", "hyper"),
    )
    vbc = VbcView(("127.1.0.12", "127.1.0.13"), "10.10.50.0/24", "127.1.0.200", "127.1.0.12")
    return zone_view(nodes, with_base(**base), vbcs=(vbc,))


def with_base(**base: Any) -> dict[str, dict[str, Any]]:
    return {**VARIABLES, "base": VARIABLES["base"] | base}


def world(*fresh: NodeView, zones: tuple[ZoneView, ...] = ()) -> World:
    members = tuple(item for zone in zones for item in zone.nodes)
    return World(zones, members + fresh)


def settings_of(roles: Mapping[NodeView | str, str], **more: Any) -> dict[str, Any]:
    """Return settings content: ``{node: "role/sub,sub"}``."""
    entries = {}
    for key, text in roles.items():
        role, _, subs = text.partition("/")
        address = key if isinstance(key, str) else key.address
        entries[address] = {"role": role, "sub_roles": [sub for sub in subs.split(",") if sub]}
    return {"zone_id": ZONE, "roles": entries} | more


def documents(
    kind: str, settings: Mapping[str, Any], variables: Mapping[str, Any] | None = None
) -> Documents:
    """Return loaded documents; a finding of loading fails the test."""
    zone_id = settings["zone_id"]
    stem = "scale_settings" if kind == "scale" else "settings"
    found, findings = load_settings(
        f"{stem}.{zone_id}.yaml", yaml.safe_dump(dict(settings), sort_keys=False).encode(), kind
    )
    assert found is not None, findings
    read = None
    if variables is not None:
        name = f"variables.{variables['base']['zone_id']}.yaml"
        read, more = load_variables(name, yaml.safe_dump(dict(variables), sort_keys=False).encode())
        assert read is not None, more
        findings += more
    return Documents(kind, found, read, tuple(findings))


def ask(docs: Documents, known: World, options: Options | None = None) -> list[Finding]:
    return check(Context(docs, known, options or Options()))


def codes(findings: list[Finding] | tuple[Finding, ...], level: str = "error") -> list[str]:
    return [item.code for item in findings if item.level == level]


def scale(
    roles: Mapping[NodeView | str, str],
    zone: ZoneView | None = None,
    *fresh: NodeView,
    options: Options | None = None,
    **more: Any,
) -> list[Finding]:
    """Return findings of scaling ``zone`` (the demo zone when None) by the nodes of ``roles``."""
    target = zone or demo_zone()
    nodes = [item for item in roles if isinstance(item, NodeView)]
    known = world(*nodes, *fresh, zones=(target,))
    content = settings_of(roles, **more) | {"zone_id": target.zone_id}
    return ask(documents("scale", content), known, options)


def demo_scale() -> PlanResult:
    """Scale the demo zone by one VG and six hypers."""
    gateway, hypers = vg(4), [node(number) for number in range(5, 11)]
    roles: dict[NodeView | str, str] = {gateway: "vg/vgateway"} | dict.fromkeys(hypers, "hyper-repl/hyper")
    content = settings_of(roles, eips={gateway.address: ["203.0.113.0/24|.1"]})
    return make_plan(documents("scale", content), world(gateway, *hypers, zones=(demo_zone(),)))
