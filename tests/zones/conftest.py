"""A region with one running zone, and nodes that are available."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from common.actor import Actor
from nodes.models import Node
from nodes.states import NodeStatus
from tests.factories import make_node
from zones.models import Plan
from zones.services import ConfigFile, adopt_zone

VARIABLES = b"""\
common: {region_id: pek3, console_id: qingcloud, domain: example.com, cloud_type: private, site_protocol: https}
base:
  zone_id: pek3c
  deploy_mode: MODE
  network_mode: sdn
  is_global_zone: 0
  installer_allocate_vbc: 1
  vm_base_network: 10.10.0.0/16
  vm_base_network_start: 10.10.50.0/24
  mgmt_network_gateway: 172.16.80.1
  mgmt_network_dns_servers: [172.16.80.1]
advance:
  vip_pools: ['172.16.80.200/24-172.16.80.230/24']
"""


# What hypers .11 and .12 have: networks of machines that run are given, not allocated.
RUNNING = "vbc:\n  - {mgmt_ips: [172.16.80.11, 172.16.80.12], ipv4_vbc: 10.10.50.0/24, ipv4_vip: 172.16.80.200|172.16.80.11}\n"


def settings_text(roles: dict[int, str], extra: str = "") -> bytes:
    """Return a settings file; roles by last number of the address."""
    lines = [f"  172.16.80.{number}: {{role: {role}, sub_roles: []}}" for number, role in roles.items()]
    return ("zone_id: pek3c\nroles:\n" + "\n".join(lines) + "\n" + extra).encode()


def scale_file(roles: dict[int, str], extra: str = "") -> ConfigFile:
    """Return ``scale_settings.pek3c.yaml``."""
    return ConfigFile("scale_settings.pek3c.yaml", settings_text(roles, extra))


@dataclass
class Region:
    """What the fixtures made; ``plan`` adopted the zone."""

    plan: Plan
    actor: Actor

    def nodes(self, *numbers: int, **fields: object) -> list[Node]:
        """Make available nodes with two usable SSDs."""
        made = [make_node(number, **fields) for number in numbers]  # type: ignore[arg-type]
        for node in made:
            node.disks.filter(name="sdx").delete()
        return made


@pytest.fixture
def region(db: None, actor: Actor, request: pytest.FixtureRequest) -> Region:
    """Provide zone pek3c with hypers .11 and .12 in service; indirect parameter: the deploy mode."""
    mode = getattr(request, "param", "devops")
    made = Region(plan=None, actor=actor)  # type: ignore[arg-type]
    made.nodes(11, 12)
    made.plan = adopt_zone(
        variables=ConfigFile("variables.pek3c.yaml", VARIABLES.replace(b"MODE", mode.encode())),
        settings=ConfigFile(
            "settings.pek3c.yaml", settings_text({11: "hyper-repl", 12: "hyper-repl"}, RUNNING)
        ),
        actor=actor,
    )
    assert set(Node.objects.values_list("status", flat=True)) == {NodeStatus.ACTIVE}
    return made
