"""Rows as the services leave them, for tests that only read."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from jobs.models import Event, Job, Step
from jobs.states import JOB_ENDED, JobStatus, StepStatus
from nodes.models import Disk, DiskCorrection, NetworkInterface, Node
from nodes.states import NodeStatus
from tests.support.database import insert
from zones.models import EipPool, Plan, PlanFile, Role, VbcAssignment, VbcMember, Zone
from zones.states import PlanStatus

BEGIN = datetime(2026, 3, 4, 1, 2, 3, tzinfo=UTC)
GB = 10**9


def make_user(name: str = "olga", group: str = "", *, superuser: bool = False) -> User:
    """Make a person who may sign in to the console, in one of the groups viewer, operator, approver."""
    user = User(username=name, is_staff=True, is_superuser=superuser)
    user.set_password("only-for-tests-1")
    insert([user])
    if group:
        insert([User.groups.through(user=user, group=Group.objects.get(name=group))])
    return user


def host_key(number: int) -> str:
    """Return a well-formed public key whose private part does not exist."""
    kind = b"ssh-ed25519"
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (kind, number.to_bytes(32, "big")))
    return f"{kind.decode()} {base64.b64encode(blob).decode()}"


def make_node(
    number: int = 1, *, status: str = NodeStatus.AVAILABLE, ssds: int = 2, hdd: bool = True, **fields: Any
) -> Node:
    """Make a collected node ``172.16.80.<number>`` with an OS disk, SSDs, one HDD and two interfaces."""
    address = fields.pop("mgmt_address", f"172.16.{80 + number // 250}.{number % 250}")
    values: dict[str, Any] = {
        "hostname": f"pek3cr01n{number:02d}",
        "product_vendor": "Contoso",
        "product_name": "R740",
        "product_serial": f"SN{number:06d}",
        "cpu_arch": "x86_64",
        "cpu_model": "Xeon Gold 6230",
        "cpu_sockets": 2,
        "cpu_cores": 40,
        "cpu_threads": 80,
        "memory_bytes": 512 * 2**30,
        "os_name": "ubuntu",
        "os_version": "20.04",
        "kernel": "5.4.0-100-generic",
        "root_part": "/dev/sda1",
        "root_size_bytes": 400 * GB,
        "default_interface": "bond0",
        "default_gateway": "172.16.80.1",
        "mgmt_interface": "bond0",
        "host_key": host_key(number),
        "host_key_fingerprint": f"SHA256:{number:040d}",
        "collected_at": BEGIN,
    }
    node = Node(mgmt_address=address, status=status, **{**values, **fields})
    insert([node])
    disks = [_disk(node, "sda", order=0, is_os=True, size_bytes=480 * GB)]
    disks += [_disk(node, f"sd{chr(97 + order)}", order=order) for order in range(1, ssds + 1)]
    disks += [_disk(node, "sdx", order=9, type="sata", size_bytes=4000 * GB)] if hdd else []
    insert(disks)
    insert(list(_nics(node, number)))
    return node


def _nics(node: Node, number: int) -> Iterator[NetworkInterface]:
    for name, mac in (("bond0", "01"), ("eth1", "02")):
        yield NetworkInterface(
            node=node,
            name=name,
            mac=f"52:54:00:{number // 256:02x}:{number % 256:02x}:{mac}",
            type="bond" if name == "bond0" else "physical",
            address=str(node.mgmt_address) if name == "bond0" else "",
            prefix=24 if name == "bond0" else None,
            mtu=1500,
            speed_mbps=10000,
            link=True,
        )


def make_disk(node: Node, name: str, **fields: Any) -> Disk:
    """Make a disk as observed."""
    disk = _disk(node, name, **fields)
    insert([disk])
    return disk


def _disk(node: Node, name: str, *, type: str = "ssd", size_bytes: int = 3200 * GB, **fields: Any) -> Disk:
    return Disk(
        node=node,
        name=name,
        identity=f"{node.node_id}-{name}",
        observed_type=type,
        observed_size_bytes=size_bytes,
        serial=f"S-{name}",
        model="PM1643",
        transport="sas",
        **fields,
    )


def correct(
    disk: Disk, field: str, value: Any, *, against: Any = None, reason: str = "cache device"
) -> DiskCorrection:
    """Make a correction; ``against`` other than the present observation makes it a conflict."""
    seen = disk.observed(field) if against is None else against
    return DiskCorrection.objects.create(
        disk=disk, field=field, value=value, against=seen, reason=reason, made_by="olga", made_via="admin"
    )


def make_zone(zone_id: str = "pek3c", **fields: Any) -> Zone:
    """Make a fusion zone of region pek3."""
    values = {"region_id": "pek3", "deploy_mode": "fusion", "network_mode": "sdn", "qemu_version": "2.11.1.1"}
    zone = Zone(zone_id=zone_id, **{**values, **fields})
    insert([zone])
    return zone


def make_role(node: Node, zone: Zone, role: str = "hyper-repl", **fields: Any) -> Role:
    """Give the node its place in the zone."""
    made = Role(node=node, zone=zone, role=role, sub_roles=["hyper"], **fields)
    insert([made])
    return made


def make_vbc(zone: Zone, nodes: Sequence[Node], number: int = 50, plan: Plan | None = None) -> VbcAssignment:
    """Make a base network on these hypers; the first is Master."""
    vbc = VbcAssignment.objects.create(
        zone=zone,
        plan=plan,
        master=nodes[0],
        ipv4_network=f"10.10.{number}.0/24",
        ipv4_vip=f"172.16.80.{150 + number}",
    )
    insert([VbcMember(vbc=vbc, node=node) for node in nodes])
    return vbc


def make_plan(
    zone: Zone, nodes: Sequence[Node] = (), *, status: str = PlanStatus.DRAFT, **fields: Any
) -> Plan:
    """Make a plan that adds these hypers, with a file each and one that changes."""
    revision = zone.plans.count() + 1
    plan = Plan(
        plan_id=f"{zone.zone_id}-{revision}",
        zone=zone,
        revision=revision,
        kind=fields.pop("kind", "scale"),
        status=status,
        content_hash=hashlib.sha256(f"{zone.zone_id}{revision}".encode()).hexdigest(),
        sources=[
            {"name": f"scale_settings.{zone.zone_id}.yaml", "sha256": "0" * 64, "text": "zone_id: pek3c\n"}
        ],
        findings=fields.pop("findings", []),
        roles={
            str(node.mgmt_address): {
                "node_id": node.node_id,
                "hostname": node.hostname,
                "role": "hyper-repl",
                "sub_roles": ["hyper"],
                "pair": "",
            }
            for node in nodes
        },
        created_by="olga",
        **fields,
    )
    insert([plan])
    _make_files(plan, nodes)
    if nodes:
        make_vbc(zone, nodes, number=50 + VbcAssignment.objects.count(), plan=plan)
    return plan


def _make_files(plan: Plan, nodes: Sequence[Node]) -> None:
    """Make one file that changes, one for each node, and one that stays."""
    files = [
        ("hosts", "", "127.0.0.1 localhost\n172.16.80.7 new\n", "127.0.0.1 localhost\n172.16.80.9 old\n")
    ]
    files += [
        (
            f"settings/{node.hostname}",
            str(node.mgmt_address),
            f'## Role\nrole="hyper"\nhostname="{node.hostname}"\n',
            "",
        )
        for node in nodes
    ]
    files.append(("variables.yaml", "", "base: {}\n", "base: {}\n"))
    insert(
        [
            PlanFile(plan=plan, path=path, address=address, content=content, base=base)
            for path, address, content, base in files
        ]
    )


def make_eip(zone: Zone, vg: Node, plan: Plan | None = None) -> EipPool:
    """Make a public segment on a VG node."""
    return EipPool.objects.create(
        zone=zone, plan=plan, vg=vg, network="198.51.100.0/24", gateway="198.51.100.1"
    )


PHASES = ("build_pkgs", "install_nodes", "update_nodes", "verify", "vbc_route")
PER_NODE = frozenset({"install_nodes", "update_nodes", "verify"})


def make_job(
    nodes: Sequence[Node] = (),
    *,
    status: str = JobStatus.RUNNING,
    action: str = "scale_qingcloud",
    **fields: Any,
) -> Job:
    """Make a scale-out in its second phase; in a job that failed, the last node failed."""
    values: dict[str, Any] = {"zone_id": "pek3c", "created_by": "olga", "started_at": BEGIN}
    if status in JOB_ENDED:
        values["finished_at"] = BEGIN + timedelta(minutes=41)
    job = Job(action=action, status=status, **{**values, **fields})
    insert([job])
    insert(
        [
            Step(
                job=job,
                phase=phase,
                position=order,
                target=node.node_id if node else "",
                address=str(node.mgmt_address) if node else "",
                **_step_state(status, order, node is not None and node == nodes[-1]),
            )
            for order, phase in enumerate(PHASES)
            for node in (nodes if phase in PER_NODE else [None])
        ]
    )
    return job


def _step_state(status: str, order: int, last: bool) -> dict[str, Any]:
    if status == JobStatus.SUCCEEDED or (order == 0 and status != JobStatus.QUEUED):
        return {"status": StepStatus.SUCCEEDED, "attempts": 1}
    if status == JobStatus.FAILED:
        if order == 1 and last:
            error = "the component disk ended with exit code 3: zpool: no such device -> check the cable, then resume"
            return {"status": StepStatus.FAILED, "attempts": 2, "component": "disk", "error": error}
        done = order == 1
        return {"status": StepStatus.SUCCEEDED if done else StepStatus.SKIPPED, "attempts": int(done)}
    if status == JobStatus.RUNNING and order == 1:
        return {
            "status": StepStatus.RUNNING,
            "attempts": 1,
            "component": "network",
            "heartbeat_at": timezone.now(),
        }
    return {}


def add_events(
    job: Job, lines: Sequence[str], *, node: str = "", level: str = "info", phase: str = "install_nodes"
) -> None:
    """Add lines to the job's log, numbered on."""
    first = job.last_seq + 1
    insert(
        [
            Event(
                job=job,
                seq=seq,
                ts=BEGIN + timedelta(milliseconds=250 * seq),
                node=node,
                phase=phase,
                step="network" if node else "",
                stream="out" if node else "sys",
                level=level,
                line=line,
            )
            for seq, line in enumerate(lines, first)
        ]
    )
    job.last_seq = first + len(lines) - 1
    Job.objects.filter(pk=job.pk).update(last_seq=job.last_seq)


def make_sound_plan(zone: Zone, nodes: Sequence[Node], **fields: Any) -> Plan:
    """Make a draft that can be approved: its hash is right, as config_qingcloud makes it."""
    from zones.services import revisions

    plan = make_plan(zone, nodes, **fields)
    views = revisions.planned_nodes(plan.roles)
    plan.disk_identities = {key: list(value) for key, value in revisions.disk_identities(views).items()}
    plan.host_keys = {view.node_id: view.host_key_fingerprint for view in views}
    plan.save()
    plan.content_hash = revisions.hash_now(plan)[0]
    plan.save()
    return plan
