"""The data set of bench/api.py: nodes with 10 disks and 8 ports each, a zone, a plan, and a job with a long log.

It is built once per database. All addresses are of 127.0.0.0/8: whatever is started by mistake reaches this host only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group, User

from installer.groups import OPERATOR
from jobs.models import Event, Job, Step
from nodes.models import Disk, DiskCorrection, NetworkInterface, Node
from zones.models import Plan, PlanFile, Role, Zone

EVENTS = 100_000
JOB_NODES = PLAN_FILES = 200
BEGIN = datetime(2026, 3, 4, 1, 2, 3, tzinfo=UTC)
PERSON, ZONE, PLAN, JOB = "bench", "bench1a", "bench1a-1", "j-bench001"
_PHASES = ("install_nodes", "update_nodes", "verify")
_BATCH = 2000


def address(number: int) -> str:
    """Return the management address of a node."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def build(nodes: int) -> None:
    """Fill an empty database."""
    made = Node.objects.bulk_create((_node(number) for number in range(nodes)), batch_size=_BATCH)
    for begin in range(0, nodes, 500):
        part = list(enumerate(made[begin : begin + 500], begin))
        disks = [disk for number, node in part for disk in _disks(node, number)]
        Disk.objects.bulk_create(disks, batch_size=_BATCH)
        NetworkInterface.objects.bulk_create(
            [nic for number, node in part for nic in _nics(node, number)], batch_size=_BATCH
        )
        DiskCorrection.objects.bulk_create(_correction(disk) for disk in disks[3::70])
    zone = Zone.objects.create(zone_id=ZONE, region_id="bench1", deploy_mode="fusion", network_mode="sdn")
    Role.objects.bulk_create(
        (Role(node=node, zone=zone, role="hyper-repl", sub_roles=["hyper"]) for node in made[::2]),
        batch_size=_BATCH,
    )
    _plan(zone, made[:PLAN_FILES])
    _job(JOB, made[:JOB_NODES], "running")
    person = User.objects.create_user(PERSON, is_staff=True)
    person.groups.add(Group.objects.get(name=OPERATOR))


def _node(number: int) -> Node:
    return Node(
        mgmt_address=address(number),
        status="available" if number % 10 else "collect_failed",
        hostname=f"bench1ar{number // 40:03d}n{number % 40:02d}",
        product_vendor="Contoso",
        product_name="R740",
        product_serial=f"SN{number:06d}",
        cpu_arch="x86_64",
        cpu_model="Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz",
        cpu_sockets=2,
        cpu_cores=40,
        cpu_threads=80,
        memory_bytes=512 * 2**30,
        os_name="ubuntu",
        os_version="20.04",
        kernel="5.4.0-100-generic",
        root_part="/dev/sda1",
        root_size_bytes=400 * 10**9,
        os_legs=["sda"],
        default_gateway="127.0.0.1",
        default_interface="bond0",
        mgmt_interface="bond0",
        host_key=f"ssh-ed25519 {hashlib.sha512(str(number).encode()).hexdigest()[:68]}",
        host_key_fingerprint=f"SHA256:{number:043d}",
        collected_at=BEGIN,
    )


def _disks(node: Node, number: int) -> Iterator[Disk]:
    for order in range(10):
        serial = f"S{number:06d}{order}"
        yield Disk(
            node=node,
            identity=f"0x5002538{number:06x}{order}",
            is_os=order == 0,
            order=order,
            name=f"sd{chr(97 + order)}",
            by_id=f"ata-MZ7LH3T8HMLT_{serial}",
            wwn=f"0x5002538{number:06x}{order}",
            serial=serial,
            model="MZ7LH3T8HMLT",
            transport="sas",
            observed_type="ssd",
            observed_size_bytes=(480 if order == 0 else 3840) * 10**9,
            rotational=False,
            dirty=order == 1,
            signatures=["gpt"] if order == 1 else [],
            mountpoints=["/"] if order == 0 else [],
        )


def _nics(node: Node, number: int) -> Iterator[NetworkInterface]:
    for port in range(8):
        name = "bond0" if port == 7 else f"eth{port}"
        yield NetworkInterface(
            node=node,
            name=name,
            mac=f"52:54:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}:{port:02x}",
            type="bond" if port == 7 else "physical",
            address=str(node.mgmt_address) if port == 7 else "",
            prefix=8 if port == 7 else None,
            mtu=1500,
            speed_mbps=10000,
            link=True,
            bond_mode="802.3ad" if port == 7 else "",
            slaves=["eth0", "eth1"] if port == 7 else [],
            addresses=[f"{node.mgmt_address}/8"] if port == 7 else [],
        )


def _correction(disk: Disk) -> DiskCorrection:
    return DiskCorrection(
        disk=disk,
        field="type",
        value="sata",
        against="ssd",
        reason="by label",
        made_by="olga",
        made_via="api",
    )


def _plan(zone: Zone, nodes: list[Node]) -> None:
    roles = {
        str(node.mgmt_address): {
            "node_id": node.node_id,
            "hostname": node.hostname,
            "role": "hyper-repl",
            "sub_roles": ["hyper"],
            "pair": "",
        }
        for node in nodes
    }
    plan = Plan.objects.create(
        plan_id=PLAN,
        zone=zone,
        revision=1,
        kind="scale",
        content_hash="0" * 64,
        roles=roles,
        created_by="olga",
    )
    text = "".join(f'setting_{line:02d}="value of a setting {line}"\n' for line in range(60))
    PlanFile.objects.bulk_create(
        PlanFile(
            plan=plan,
            path=f"settings/{node.hostname}",
            address=str(node.mgmt_address),
            content=f'hostname="{node.hostname}"\n{text}',
        )
        for node in nodes
    )


def _job(job_id: str, nodes: list[Node], status: str) -> None:
    """Make a job in its second phase, with a log. No worker runs beside the bench: nothing takes it up."""
    job = Job.objects.create(
        job_id=job_id,
        action="scale_qingcloud",
        status=status,
        zone_id=ZONE,
        created_by="olga",
        started_at=BEGIN,
        last_seq=EVENTS,
    )
    Step.objects.bulk_create(
        Step(
            job=job,
            phase=phase,
            position=position,
            target=node.node_id,
            address=str(node.mgmt_address),
            component="network" if position == 0 else "",
            **_step(position, number),
        )
        for position, phase in enumerate(_PHASES)
        for number, node in enumerate(nodes)
    )
    for begin in range(1, EVENTS + 1, _BATCH):
        Event.objects.bulk_create(
            _event(job, seq, nodes[seq % len(nodes)]) for seq in range(begin, min(begin + _BATCH, EVENTS + 1))
        )


def _step(position: int, number: int) -> dict[str, Any]:
    if position == 0 and number < JOB_NODES - 20:
        return {
            "status": "succeeded",
            "attempts": 1,
            "started_at": BEGIN,
            "finished_at": BEGIN + timedelta(minutes=9),
        }
    if position == 0:
        return {"status": "running", "attempts": 1, "started_at": BEGIN, "heartbeat_at": BEGIN}
    return {}


def _event(job: Job, seq: int, node: Node) -> Event:
    return Event(
        job=job,
        seq=seq,
        ts=BEGIN + timedelta(milliseconds=20 * seq),
        node=str(node.mgmt_address),
        phase="install_nodes",
        step="network",
        stream="out",
        level="warning" if seq % 100 == 0 else "info",
        line=f"line {seq} of a step that says what it does, as packages do",
    )
