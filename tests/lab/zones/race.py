"""Zones that want addresses from the same pools, for processes that configure them at the same moment."""

from __future__ import annotations

from zones.services.config_files import ConfigFile

ZONES = ("pek3p", "pek3q", "pek3r")
_VARIABLES = """\
common: {{region_id: {zone}region}}
base:
  zone_id: {zone}
  deploy_mode: devops
  network_mode: sdn
  installer_allocate_vbc: 1
  vm_base_network: 10.50.0.0/16
  vm_base_network_start: 10.50.10.0/24
  mgmt_network_gateway: 172.16.80.1
advance:
  mgmt_network_pools: ['172.16.80.100/24-172.16.80.180/24']
  vip_pools: ['172.16.80.200/24-172.16.80.250/24']
"""


def numbers_of(zone_id: str) -> range:
    """Return last numbers of the zone's nodes: the first is its KS node."""
    first = 11 + 10 * ZONES.index(zone_id)
    return range(first, first + 7)


def files_of(zone_id: str) -> tuple[ConfigFile, ConfigFile]:
    """Return its variables and settings."""
    lines = [f"zone_id: {zone_id}", "roles:"]
    for position, number in enumerate(numbers_of(zone_id)):
        role = "{role: hyper-repl}" if position else "{role: ks, sub_roles: [seed]}"
        lines.append(f"  172.16.80.{number}: {role}")
    return (
        ConfigFile(f"variables.{zone_id}.yaml", _VARIABLES.format(zone=zone_id).encode()),
        ConfigFile(f"settings.{zone_id}.yaml", ("\n".join(lines) + "\n").encode()),
    )
