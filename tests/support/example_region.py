"""The region that the examples of the rules are about."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from common.actor import Actor
from nodes.models import NetworkInterface, Node
from tests.factories import make_node
from tests.support import database
from zones.services.adopt import adopt_zone
from zones.services.config_files import ConfigFile

_VARIABLES = """\
common: {{region_id: pek3}}
base:
  zone_id: {zone}
  deploy_mode: {mode}
  network_mode: {network}
  installer_allocate_vbc: {allocate}
  vm_base_network: 10.{base}.0.0/16
  vm_base_network_start: 10.{base}.50.0/24
  mgmt_network_gateway: 172.16.80.1
advance:
  vip_pools: ['172.16.80.{vips}/24-172.16.80.{last}/24']
"""


def _vbc(first: int, second: int, base: int, vip: int) -> str:
    """Return the VBC that two running hypers share."""
    members = f"[172.16.80.{first}, 172.16.80.{second}]"
    return f"vbc:\n  - {{mgmt_ips: {members}, ipv4_vbc: 10.{base}.50.0/24, ipv4_vip: 172.16.80.{vip}|172.16.80.{first}}}\n"


ZONES = (
    ("pek3a", "standard", "sdn", 1, 10, 200, (11, 12), _vbc(11, 12, 10, 200) + "qemu_version: 2.11.1.1\n"),
    ("pek3d", "devops", "sdn", 1, 20, 220, (13, 14), _vbc(13, 14, 20, 220)),
    ("pek3m", "standard", "sdn", 0, 30, 230, (15, 16), _vbc(15, 16, 30, 230)),
    ("pek3v", "devops", "vlan", 0, 60, 235, (17, 18), ""),
)


def build(actor: Actor) -> None:
    """Make every zone and node of it."""
    database.build_once("example region", lambda: _build(actor))


def _build(actor: Actor) -> None:
    for zone, mode, network, allocate, base, vips, members, more in ZONES:
        variables = _VARIABLES.format(
            zone=zone, mode=mode, network=network, allocate=allocate, base=base, vips=vips, last=vips + 4
        )
        settings = f"zone_id: {zone}\nroles:\n"
        for number in members:
            _node(number, zone)
            settings += f"  172.16.80.{number}: {{role: hyper-repl, sub_roles: [hyper]}}\n"
        adopt_zone(
            variables=ConfigFile(f"variables.{zone}.yaml", variables.encode()),
            settings=ConfigFile(f"settings.{zone}.yaml", (settings + more).encode()),
            actor=actor,
        )
    for number in range(21, 27):
        _node(number)
    for number in range(31, 35):
        _node(number, ssds=1)
    for number in (41, 42):
        gateway = _node(number, ssds=0)
        _interface(gateway, "eth1").update(address=f"139.198.10.{number}", prefix=24)
        Node.objects.filter(pk=gateway.pk).update(default_interface="eth1", default_gateway="139.198.10.1")
    _node(43, ssds=0)
    _node(51).disks.filter(is_os=False).update(observed_type="sata")
    _interface(_node(52), "eth1").update(name="ens1f0")
    long_ago = {"clock_offset_ms": -56 * 365 * 86_400_000, "clock_measured_at": timezone.now()}
    Node.objects.filter(pk=_node(53).pk).update(**long_ago)


def _node(number: int, zone: str = "pek3n", ssds: int = 2) -> Node:
    return make_node(number, ssds=ssds, hdd=False, hostname=f"{zone}r01n{number}")


def _interface(node: Node, name: str) -> QuerySet[NetworkInterface]:
    return NetworkInterface.objects.filter(node=node, name=name)
