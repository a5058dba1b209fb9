"""Files of a zone that is new: one KS node, two hypers."""

from __future__ import annotations

from typing import Any

import yaml

from tests.factories import make_node
from tests.fixtures.region import Region
from tests.seen import approve_plan
from tests.support import database
from zones.models import Plan, Zone
from zones.services.config_files import ConfigFile
from zones.services.configure import config_qingcloud
from zones.services.lookups import find_plan

KS = {31: "ks"}
HYPERS = {32: "hyper-repl", 33: "hyper-repl"}
NEW = [f"172.16.80.{number}" for number in (*KS, *HYPERS)]
WEBS = ["172.16.80.151", "172.16.80.152"]


def variables_file(zone_id: str = "pek3d", **base: Any) -> ConfigFile:
    """Return ``variables.ZONE_ID.yaml`` in the region pek3."""
    content = {
        "common": {"region_id": base.pop("region_id", "pek3"), "domain": "example.com"},
        "base": {
            "zone_id": zone_id,
            "deploy_mode": "devops",
            "network_mode": "sdn",
            "installer_allocate_vbc": 1,
            "vm_base_network": "10.20.0.0/16",
            "vm_base_network_start": "10.20.50.0/24",
            "mgmt_network_gateway": "172.16.80.1",
            "mgmt_network_dns_servers": ["172.16.80.1"],
            **base,
        },
        "advance": {"vip_pools": ["172.16.80.231/24-172.16.80.240/24"]},
    }
    return ConfigFile(f"variables.{zone_id}.yaml", yaml.safe_dump(content, sort_keys=False).encode())


def settings_file(zone_id: str = "pek3d", roles: dict[int, str] | None = None, **more: Any) -> ConfigFile:
    """Return ``settings.ZONE_ID.yaml``."""
    given = roles or {**KS, **HYPERS}
    entries = {
        f"172.16.80.{number}": {"role": role, "sub_roles": ["seed"] if role == "ks" else []}
        for number, role in given.items()
    }
    content = {"zone_id": zone_id, "roles": entries, **more}
    return ConfigFile(f"settings.{zone_id}.yaml", yaml.safe_dump(content, sort_keys=False).encode())


def drafted_zone(region: Region) -> Plan:
    """Make the plan of zone pek3d, not decided yet."""
    return find_plan(plan_id=database.build_once("draft of zone pek3d", lambda: _draft(region).plan_id))


def planned_zone(region: Region) -> Plan:
    """Approve the same plan; pek3c is the global zone, with two web services and a memcached."""
    return find_plan(plan_id=database.build_once("approved zone pek3d", lambda: _approve(region).plan_id))


def _draft(region: Region) -> Plan:
    region.nodes(*HYPERS)
    [ks] = region.nodes(*KS)
    ks.disks.filter(name="sdc").delete()
    [done] = config_qingcloud(variables=[variables_file()], settings=[settings_file()], actor=region.actor)
    assert done.plan is not None
    return done.plan


def _approve(region: Region) -> Plan:
    plan = approve_plan(plan_id=drafted_zone(region).plan_id, actor=region.actor)
    Zone.objects.filter(zone_id="pek3c").update(
        is_global=True, vms={"webservice": WEBS, "zoocassa": ["172.16.80.153"]}
    )
    for address in (*WEBS, *plan.vms["proxy"]):
        make_node(int(address.rsplit(".", 1)[1]), mgmt_address=address, host_key="ssh-ed25519 AAAA")
    return plan
