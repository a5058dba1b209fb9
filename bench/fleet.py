"""A fleet in a database of its own, as collection, configuration and scaling leave it: the data set of benches.

Every node has ten data disks, eight ports in four bonds and a VLAN, and an address of 127.0.0.0/8, where nothing but
this machine can answer. The plans of the nodes in service are made, approved and applied by the services.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab.database import own_database

DATA_DISKS = 10
PORTS = 8
BATCH = 2000
GB = 10**9
VARIABLES = """\
common: {{region_id: bench1, site_protocol: https, console_id: qingcloud, domain: example.com, cloud_type: private}}
base:
  zone_id: {zone}
  deploy_mode: devops
  network_mode: sdn
  is_global_zone: 0
  installer_allocate_vbc: 1
  vm_base_network: {base}
  vm_base_network_start: {start}
  mgmt_network_gateway: 127.1.0.1
  mgmt_network_dns_servers: [127.1.0.1]
advance:
  vip_pools: ['{vips}']
"""


@contextmanager
def console(url: str = "") -> Iterator[str]:
    """Set Django up on an empty, migrated database beside ``url`` (or DATABASE_URL; else SQLite); return its kind."""
    with tempfile.TemporaryDirectory() as folder, own_database(url) as own:
        os.environ["INSTALLER_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "installer.settings"
        os.environ.pop("DATABASE_URL", None)
        if own:
            os.environ["DATABASE_URL"] = own
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        yield "postgresql" if own else "sqlite"
        connections.close_all()


def address(number: int) -> str:
    """Return the management address of a node."""
    return f"127.{16 + number // 62500}.{number // 250 % 250}.{2 + number % 250}"


def zone_id(index: int) -> str:
    """Return the id of a zone."""
    return f"bench{index + 1}a"


def hostname(index: int, number: int) -> str:
    """Return the host name of a node of that zone."""
    return f"{zone_id(index)}r{number // 100:02d}n{number % 100:02d}"


def collected(numbers: Sequence[int], index: int) -> None:
    """Add nodes with these numbers, named for the zone with that index, as a collection leaves them."""
    from django.utils import timezone

    from nodes.models import Disk, NetworkInterface, Node
    from tests.factories import host_key

    for begin in range(0, len(numbers), BATCH):
        some = numbers[begin : begin + BATCH]
        nodes = Node.objects.bulk_create(
            Node(
                mgmt_address=address(number),
                status="available",
                hostname=hostname(index, number),
                product_vendor="Contoso",
                product_name="R740",
                product_serial=f"SN{number:06d}",
                cpu_arch="x86_64",
                cpu_model="Xeon Gold 6230",
                cpu_sockets=2,
                cpu_cores=40,
                cpu_threads=80,
                memory_bytes=512 * 2**30,
                os_name="ubuntu",
                os_version="22.04",
                kernel="5.15.0-100-generic",
                host_key=host_key(number),
                host_key_fingerprint=f"SHA256:{number:043d}",
                mgmt_interface="bond0",
                default_interface="bond0",
                default_gateway="127.1.0.1",
                collected_at=timezone.now(),
            )
            for number in some
        )
        rows = list(zip(nodes, some, strict=True))
        Disk.objects.bulk_create(
            (disk for node, number in rows for disk in _disks(node, number)), batch_size=BATCH
        )
        NetworkInterface.objects.bulk_create(
            (NetworkInterface(node=node, **port) for node, number in rows for port in _ports(number)),
            batch_size=BATCH,
        )


def _disks(node: Any, number: int) -> Iterator[Any]:
    from nodes.models import Disk

    for order, letter in enumerate("abcdefghijklmnopqrstuvwxyz"[: DATA_DISKS + 1]):
        serial = f"S{number:06d}{letter}"
        yield Disk(
            node=node,
            identity=f"serial:{serial}",
            is_os=order == 0,
            order=order,
            name=f"sd{letter}",
            by_id=f"ata-MODEL_{serial}",
            wwn=f"0x5002538{number:07x}{letter}",
            serial=serial,
            model="SAMSUNG MZ7LH3T8",
            transport="sas",
            observed_type="ssd",
            observed_size_bytes=(480 if order == 0 else 3840) * GB,
            rotational=False,
        )


def _ports(number: int) -> Iterator[dict[str, Any]]:
    seen = {"mtu": 1500, "speed_mbps": 25000, "link": True}
    for port in range(PORTS):
        yield {"name": f"eth{port}", "type": "physical", "mac": f"52:54:{number:06x}:{port:02x}", **seen}
    for bond in range(PORTS // 2):
        own = {"address": address(number), "prefix": 9, "gateway": "127.1.0.1"} if bond == 0 else {}
        yield {
            "name": f"bond{bond}",
            "type": "bond",
            "mac": f"52:54:{number:06x}:{2 * bond:02x}",
            "bond_mode": "802.3ad",
            "slaves": [f"eth{2 * bond}", f"eth{2 * bond + 1}"],
            "addresses": [f"{address(number)}/9"] if bond == 0 else [],
            **own,
            **seen,
        }
    yield {"name": "bond1.100", "type": "vlan", "vlan_id": 100, "raw_device": "bond1", **seen}


def settings_text(zone: str, addresses: Sequence[str]) -> bytes:
    """Write a settings file that makes these nodes hypers."""
    lines = [f"  {item}: {{role: hyper-repl, sub_roles: [hyper]}}" for item in addresses]
    return "\n".join([f"zone_id: {zone}", "roles:", *lines, ""]).encode()


def in_service(index: int, numbers: Sequence[int]) -> None:
    """Configure these nodes as a new zone, approve the plan, apply it and put the nodes into service."""
    from common.actor import Actor
    from nodes.models import Node
    from nodes.states import move_nodes
    from zones.models import Plan
    from zones.services.apply import apply_plan
    from zones.services.approve import approve_plan
    from zones.services.config_files import ConfigFile
    from zones.services.configure import config_qingcloud

    zone, actor = zone_id(index), Actor("bench", "command")
    text = VARIABLES.format(
        zone=zone,
        base=f"127.{128 + 16 * index}.0.0/12",
        start=f"127.{128 + 16 * index}.0.0/25",
        vips=f"127.{64 + index}.0.1/9-127.{64 + index}.255.254/9",
    )
    plan = config_qingcloud(
        variables=[ConfigFile(f"variables.{zone}.yaml", text.encode())],
        settings=[ConfigFile(f"settings.{zone}.yaml", settings_text(zone, [address(n) for n in numbers]))],
        actor=actor,
    )[0].plan
    assert plan is not None
    approve_plan(plan_id=plan.plan_id, content_hash=plan.content_hash, actor=actor)
    members = Node.objects.filter(role__zone=plan.zone)
    for event in ("scale", "scaled"):
        move_nodes(Node.objects.filter(pk__in=list(members.values_list("pk", flat=True))), event)
    apply_plan(Plan.objects.get(pk=plan.pk), "apply")


def build(count: int, joining: int, zones: int = 1) -> list[str]:
    """Make a fleet of ``count`` nodes, all but ``joining`` of them in service in that many zones of equal size.

    Returns the addresses of the nodes that may join the first zone.
    """
    serving = count - joining
    for index in range(zones):
        numbers = range(index * serving // zones, (index + 1) * serving // zones)
        collected(numbers, index)
        in_service(index, numbers)
    collected(range(serving, count), 0)
    return [address(number) for number in range(serving, count)]


def server_cpu_s() -> float:
    """Return the processor time of the process that serves this connection; 0 where it is not on this machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    try:
        status = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    except OSError:
        return 0.0
    user, system = status.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def analyze() -> None:
    """Give the planner its statistics, as autovacuum does in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
