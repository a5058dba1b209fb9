"""Store facts in the database: observed values change, corrections stay, and the differences are returned."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import BooleanField, CharField, ExpressionWrapper, F, Q, QuerySet, Value, Window
from django.db.models.functions import Cast, Concat, RowNumber
from django.utils import timezone

from nodes.absent_disks import WAITING, Placement, place, with_corrections
from nodes.clock import CLOCK, sentence
from nodes.differences import differences, snapshot
from nodes.facts import ClockFacts, DiskFacts, NicFacts, NodeFacts
from nodes.matching import said
from nodes.models import MAX_ID, MAX_IDENTITY, Collection, Disk, NetworkInterface, Node
from nodes.states import move_nodes
from nodes.swapped_machine import is_another_machine

KEEP_COLLECTIONS = 20
_DISK_FIELDS = [
    *("present", "is_os", "order", "identity", "name", "by_id", "wwn", "serial", "model", "transport"),
    *("observed_type", "observed_size_bytes", "observed_status", "status_reason", "drive", "zoned"),
    *("rotational", "rotational_guess", "removable", "dirty", "signatures", "mountpoints", "members"),
]


def pack(raw: bytes) -> bytes:
    """Compress the output of a node (zlib); empty stays empty."""
    return zlib.compress(raw, 6) if raw else b""


@transaction.atomic
def save_facts(
    node: Node,
    facts: NodeFacts,
    *,
    by: str,
    job_id: str = "",
    raw: bytes = b"",
    source: str = "ssh",
    seen_at: datetime | None = None,
    event: str = "",
) -> list[dict[str, Any]]:
    """Store one collection of ``node``; return the changes, ``{"what", "before", "after"}``, at first everything.

    ``seen_at`` is when the machine reported it, where that was not now; ``event`` (of ``nodes.states``) moves
    a node that waits for it, and clears its error.
    """
    first = node.collected_at is None
    known, seen = list(node.disks.all()), list(node.interfaces.all())
    before = (
        {}
        if first
        else snapshot(node, known, seen, with_corrections(row for row in known if not row.present))
    )
    placement = place(known, facts, same_machine=not is_another_machine(node, known, seen, facts))
    clock = _newest_clock(node, facts, source)
    wrong_clock = sentence(clock)
    values = {
        **_node_values(facts),
        **_clock_values(clock),
        "warnings": [
            *(warning for warning in facts.warnings if not warning.startswith((WAITING, CLOCK))),
            *placement.sentences(node),
            *([wrong_clock] if wrong_clock else []),
        ],
        "collected_at": seen_at or timezone.now(),
    }
    for name, value in values.items():
        setattr(node, name, value)
    here = Node.objects.filter(pk=node.pk)
    if not (event and move_nodes(here, event, error="", **values)):
        here.update(**values)
    disks = _save_disks(node, known, placement)
    interfaces = _save_interfaces(node, seen, facts.networks)
    changes = differences(before, snapshot(node, disks, interfaces, placement.waiting))
    Collection.objects.create(
        node=node, by=by, job_id=job_id, raw=pack(raw), source=source, changes=[] if first else changes
    )
    return changes


def forget_old(nodes: QuerySet[Node]) -> None:
    """Keep only the newest collections of each of these nodes; the newest successful one stays in any case."""
    good = ExpressionWrapper(Q(error=""), output_field=BooleanField())
    number = Window(RowNumber(), partition_by=[F("node"), good], order_by=F("id").desc())
    rows = Collection.objects.filter(node__in=nodes).annotate(number=number)
    old = list(rows.filter(number__gt=KEEP_COLLECTIONS).values_list("pk", flat=True))
    if old:
        Collection.objects.filter(pk__in=old).delete()


def _node_values(facts: NodeFacts) -> dict[str, Any]:
    os_disk = facts.os_disk
    return {
        "hostname": facts.hostname[:253],
        "product_vendor": facts.product.vendor[:255],
        "product_name": facts.product.name[:255],
        "product_serial": facts.product.serial[:255],
        "cpu_arch": facts.cpu.arch[:32],
        "cpu_model": facts.cpu.model[:255],
        "cpu_sockets": facts.cpu.sockets,
        "cpu_cores": facts.cpu.cores,
        "cpu_threads": facts.cpu.threads,
        "memory_bytes": facts.memory_bytes,
        "os_name": facts.os.name[:64],
        "os_version": facts.os.version[:64],
        "kernel": facts.os.kernel[:128],
        "root_part": os_disk.root_part[:128] if os_disk else "",
        "os_legs": list(os_disk.legs) if os_disk else [],
        "root_size_bytes": os_disk.root_size_bytes if os_disk else 0,
        "swap_part": os_disk.swap_part[:128] if os_disk else "",
        "swap_size_bytes": os_disk.swap_size_bytes if os_disk else 0,
        "rest_part": os_disk.rest_part[:128] if os_disk else "",
        "rest_size_bytes": os_disk.rest_size_bytes if os_disk else 0,
        "default_gateway": facts.default_gateway[:64],
        "default_interface": facts.default_interface[:64],
        "mgmt_interface": facts.mgmt_interface[:64],
        "qemu_version": facts.qemu_version[:32],
    }


def _newest_clock(node: Node, facts: NodeFacts, source: str) -> ClockFacts | None:
    """Return the newer clock: a machine just collected has it; a file or earlier output may have an older one."""
    known = node.clock
    if source == "ssh" or known is None:
        return facts.clock
    return facts.clock if facts.clock and facts.clock.measured_at > known.measured_at else known


def _clock_values(clock: ClockFacts | None) -> dict[str, Any]:
    return {
        "clock_offset_ms": clock.offset_ms if clock else None,
        "clock_uncertainty_ms": clock.uncertainty_ms if clock else None,
        "clock_measured_at": clock.measured_at if clock else None,
        "clock_synchronised": clock.synchronised if clock else None,
        "clock_source": clock.source[:32] if clock else "",
    }


def _save_disks(node: Node, known: Sequence[Disk], placement: Placement) -> list[Disk]:
    taken = {item.row.pk for item in placement.disks if item.row is not None}
    identities = _identities([item.disk for item in placement.disks])
    gone = [row for row in known if row.pk not in taken]
    present: list[Disk] = []
    changed: list[Disk] = []
    for order, (item, identity) in enumerate(zip(placement.disks, identities, strict=True)):
        target = item.row or Disk(node=node, may_be=list(item.may_be))
        if _fill(target, item.disk, order, identity, is_os=item.is_os) and item.row:
            changed.append(target)
        present.append(target)
    # Those that leave make room first: the identity is unique on the node.
    left = [row for row in gone if _leaves(row, {target.identity for target in present})]
    if left:
        Disk.objects.bulk_update(left, ["present", "identity"])
    if changed:
        # Identities that go by name may move from one disk to the next: all of them leave before any arrives.
        Disk.objects.filter(pk__in=[row.pk for row in changed]).update(
            identity=Concat(Value("moving:"), Cast("pk", CharField()))
        )
        Disk.objects.bulk_update(changed, _DISK_FIELDS)
    Disk.objects.bulk_create([row for row in present if row.pk is None])
    return present


def add_absent(node: Node, disk: DiskFacts) -> Disk:
    """Add a disk of ``node`` that is known from elsewhere and was not seen by its last collection."""
    row = Disk(node=node)
    _fill(row, disk, 0, f"absent:{uuid4().hex}", is_os=False)
    row.present = False
    row.save()
    return row


def _leaves(row: Disk, used: set[str]) -> bool:
    """Mark the disk as gone; return whether that is new."""
    news = row.present or row.identity in used
    row.present = False
    if row.identity in used:
        row.identity = f"gone:{row.pk}:{row.identity}"[:MAX_IDENTITY]
    return news


def _fill(row: Disk, disk: DiskFacts, order: int, identity: str, *, is_os: bool) -> bool:
    """Fill the row with what was observed; return whether it differs from what was there."""
    values: dict[str, Any] = {
        "present": True,
        "is_os": is_os,
        "order": order,
        "identity": identity,
        "name": disk.name[:64],
        "by_id": disk.by_id[:MAX_ID],
        "wwn": disk.wwn[:MAX_ID],
        "serial": disk.serial[:MAX_ID],
        "model": disk.model[:128],
        "transport": disk.transport[:32],
        "observed_type": disk.type,
        "observed_size_bytes": disk.size_bytes,
        "observed_status": disk.suggested_status,
        "status_reason": disk.status_reason[:255],
        "drive": disk.drive[:MAX_ID],
        "zoned": disk.zoned[:16],
        "rotational": disk.rotational,
        "rotational_guess": disk.rotational_guess,
        "removable": disk.removable,
        "dirty": disk.dirty,
        "signatures": list(disk.signatures),
        "mountpoints": list(disk.mountpoints),
        "members": list(disk.members),
    }
    differs = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return differs


def _identities(disks: Sequence[DiskFacts]) -> list[str]:
    """Return what stays the same across reboots, unique within the node: WWN, serial, or at last the name."""
    wwns, serials = (Counter(said(disk, key) for disk in disks) for key in ("wwn", "serial"))
    found = []
    for disk in disks:
        wwn, serial = said(disk, "wwn"), said(disk, "serial")
        if wwn and wwns[wwn] == 1:
            found.append(f"wwn:{wwn}")
        elif serial and serials[serial] == 1:
            found.append(f"serial:{serial}")
        else:
            found.append(f"name:{disk.name[:64]}")
    return found


_NIC_FIELDS = [
    *("name", "mac", "type", "address", "prefix", "gateway", "mtu", "speed_mbps", "link", "bond_mode"),
    *("slaves", "vlan_id", "raw_device", "addresses"),
]


def _save_interfaces(
    node: Node, seen: Sequence[NetworkInterface], networks: Sequence[NicFacts]
) -> Sequence[NetworkInterface]:
    found = [_nic(node, nic) for nic in networks]
    if {_nic_key(nic) for nic in seen} == {_nic_key(nic) for nic in found}:
        return seen
    if seen:
        NetworkInterface.objects.filter(node=node).delete()
    return NetworkInterface.objects.bulk_create(found)


def _nic_key(nic: NetworkInterface) -> str:
    return repr([getattr(nic, name) for name in _NIC_FIELDS])


def _nic(node: Node, nic: NicFacts) -> NetworkInterface:
    return NetworkInterface(
        node=node,
        name=nic.name[:64],
        mac=nic.mac[:64],
        type=nic.type,
        address=nic.address[:64],
        prefix=nic.prefix,
        gateway=nic.gateway[:64],
        mtu=nic.mtu,
        speed_mbps=nic.speed_mbps,
        link=nic.link,
        bond_mode=nic.bond_mode[:32],
        slaves=list(nic.slaves),
        vlan_id=nic.vlan_id,
        raw_device=nic.raw_device[:64],
        addresses=list(nic.addresses),
    )
