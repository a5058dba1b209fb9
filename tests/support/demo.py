"""A small running zone and the nodes that come into it: real documents for real services."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from nodes.models import NetworkInterface, Node
from tests.factories import make_disk, make_node
from tests.fixtures.callers import Result
from tests.support import database
from zones.models import Plan

ZONE = "devops1a"
VARIABLES: dict[str, Any] = {
    "common": {"region_id": "devops1", "domain": "example.com", "cloud_type": "private"},
    "base": {
        "zone_id": ZONE,
        "deploy_mode": "devops",
        "network_mode": "sdn",
        "is_global_zone": 0,
        "installer_allocate_vbc": 1,
        "vm_base_network": "10.10.0.0/16",
        "vm_base_network_start": "10.10.50.0/24",
        "mgmt_network_gateway": "127.1.0.1",
        "mgmt_network_dns_servers": ["127.1.0.1"],
    },
    "advance": {"vip_pools": ["127.1.0.200/24-127.1.0.230/24"]},
}
OLD = {
    "127.1.0.11": {"role": "ks", "sub_roles": ["seed"]},
    "127.1.0.12": {"role": "hyper-repl", "sub_roles": ["hyper"]},
    "127.1.0.13": {"role": "hyper-repl", "sub_roles": ["hyper"]},
}
NEW = {f"127.1.0.{last}": {"role": "hyper-repl", "sub_roles": ["hyper"]} for last in (14, 15, 16, 17)}


def node(last: int, *, data_disks: int = 2) -> Node:
    """Make an available node 127.1.0.<last> with SSDs only."""
    made = make_node(
        last, ssds=0, hdd=False, mgmt_address=f"127.1.0.{last}", hostname=f"{ZONE}r01n{last:02d}"
    )
    NetworkInterface.objects.filter(node=made, name="eth1").delete()
    for number in range(data_disks):
        make_disk(made, f"sd{chr(98 + number)}", order=number + 1, by_id=f"ssd-{last}-{number}")
    return made


def nodes() -> None:
    """Make all machines of the demo."""
    database.build_once("the demo's machines", _nodes)


def _nodes() -> None:
    node(11, data_disks=1)
    for last in range(12, 18):
        node(last)


def running(run: Callable[..., Result], folder: Path) -> dict[str, str]:
    """Make the machines, the zone that runs on three of them, and its files; return the paths of these."""
    files = write(folder)

    def build() -> None:
        nodes()
        done = run("adopt_zone", "-v", files["variables"], "-s", files["settings"])
        assert done.code == 0, done.err

    database.build_once("the demo's zone", build)
    return files


def draft(run: Callable[..., Result], folder: Path) -> Plan:
    """Make the same, and a draft that adds four hypers."""
    files = write(folder)

    def build() -> None:
        running(run, folder)
        done = run("config_qingcloud", "-s", files["scale"])
        assert done.code == 0, done.err

    database.build_once("the demo's draft", build)
    return Plan.objects.get(status="draft")


def old_settings() -> dict[str, Any]:
    """Return the roles of the nodes already in the zone."""
    return {"zone_id": ZONE, "roles": deepcopy(OLD)}


def running_settings() -> dict[str, Any]:
    """Return the settings of the zone as it runs: with the network of its hypers."""
    vbc = {
        "mgmt_ips": ["127.1.0.12", "127.1.0.13"],
        "ipv4_vbc": "10.10.50.0/24",
        "ipv4_vip": "127.1.0.200|127.1.0.12",
    }
    return {**old_settings(), "vbc": [vbc]}


def new_settings() -> dict[str, Any]:
    """Return settings that add four hypers."""
    return {"zone_id": ZONE, "roles": deepcopy(NEW)}


def texts() -> dict[str, dict[str, str]]:
    """Return the files as ``{"name", "text"}`` by what they are."""
    return {
        "variables": _file(f"variables.{ZONE}.yaml", VARIABLES),
        "settings": _file(f"settings.{ZONE}.yaml", running_settings()),
        "scale": _file(f"scale_settings.{ZONE}.yaml", new_settings()),
    }


def write(folder: Path) -> dict[str, str]:
    """Write the files and a list of the new addresses to disk; return paths by what they are."""
    paths = {}
    for kind, file in texts().items():
        path = folder / file["name"]
        path.write_text(file["text"])
        paths[kind] = str(path)
    new = folder / "ip_list"
    new.write_text("\n".join(NEW))
    return {**paths, "ip_list": str(new)}


def _file(name: str, content: Any) -> dict[str, str]:
    return {"name": name, "text": yaml.safe_dump(content, sort_keys=False)}
