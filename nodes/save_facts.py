"""Store facts in the database: observed values change, corrections stay, and the differences are returned."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import BooleanField, CharField, ExpressionWrapper, F, Q, QuerySet, Value, Window
from django.db.models.functions import Cast, Concat, RowNumber
from django.utils import timezone

from common.compiled_query import CompiledUpdate
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
_DISKS = CompiledUpdate(Disk, _DISK_FIELDS)
_LEAVING = CompiledUpdate(Disk, ("present", "identity"))


@cache
def _node_update(fields: tuple[str, ...]) -> CompiledUpdate:
    return CompiledUpdate(Node, fields)


def pack(raw: bytes) -> bytes:
    """Compress the output of a node (zlib); empty stays empty."""
    return zlib.compress(raw, 6) if raw else b""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one collection saw of a node. ``seen_at``: when the machine reported it, where that was not now."""

    node: Node
    facts: NodeFacts
    raw: bytes = b""
    seen_at: datetime | None = None


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
    """Store one collection of ``node`` as :func:`save_all` does; return the changes."""
    seen = Seen(node, facts, raw, seen_at)
    return save_all([seen], by=by, job_id=job_id, source=source, event=event)[0]


@transaction.atomic
def save_all(
    seen: Sequence[Seen], *, by: str, job_id: str = "", source: str = "ssh", event: str = ""
) -> list[list[dict[str, Any]]]:
    """Store collections of different nodes; return the changes of each, ``{"what", "before", "after"}``, at first everything.

    ``event`` (of ``nodes.states``) moves nodes that wait for it, and clears their error. Until all is written, no row of
    ``seen`` is touched: who was refused because of one node can store the others.
    """
    if not seen:
        return []
    drafts = [_Draft.of(item, source) for item in seen]
    if event:
        move_nodes(Node.objects.filter(pk__in=[item.node.pk for item in seen]), event, error="")
    _node_update(tuple(drafts[0].values)).run(
        (draft.node.pk, list(draft.values.values())) for draft in drafts
    )
    _write_disks(drafts)
    _write_interfaces(drafts)
    changes = [draft.changes() for draft in drafts]
    Collection.objects.bulk_create(
        Collection(
            node=item.node,
            by=by,
            job_id=job_id,
            raw=pack(item.raw),
            source=source,
            changes=[] if draft.first else changed,
        )
        for item, draft, changed in zip(seen, drafts, changes, strict=True)
    )
    for item, draft in zip(seen, drafts, strict=True):
        for name, value in draft.values.items():
            setattr(item.node, name, value)
    return changes


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is to be written of one node: copies, where rows that are known change."""

    node: Node
    first: bool
    before: dict[str, Any]
    values: dict[str, Any]
    placement: Placement
    # Disks that are there, those of them whose row changes, and rows whose disk has gone.
    present: list[Disk]
    changed: list[Disk]
    left: list[Disk]
    # Interfaces that are there; where any differs, all are new, and take the place of others.
    interfaces: Sequence[NetworkInterface]
    new_interfaces: Sequence[NetworkInterface]
    replaces: bool

    @classmethod
    def of(cls, seen: Seen, source: str) -> _Draft:
        node, facts = seen.node, seen.facts
        known, ports = list(node.disks.all()), list(node.interfaces.all())
        first = node.collected_at is None
        before = (
            {}
            if first
            else snapshot(node, known, ports, with_corrections(row for row in known if not row.present))
        )
        placement = place(known, facts, same_machine=not is_another_machine(node, known, ports, facts))
        values = _values(node, placement, seen, source)
        after = copy(node)
        for name, value in values.items():
            setattr(after, name, value)
        present, changed, left = _disks(after, known, placement)
        found = [_nic(after, nic) for nic in facts.networks]
        same = {_nic_key(nic) for nic in ports} == {_nic_key(nic) for nic in found}
        return cls(
            node=after,
            first=first,
            before=before,
            values=values,
            placement=placement,
            present=present,
            changed=changed,
            left=left,
            interfaces=ports if same else found,
            new_interfaces=[] if same else found,
            replaces=bool(ports) and not same,
        )

    def changes(self) -> list[dict[str, Any]]:
        """Return what differs from the collection before."""
        now = snapshot(self.node, self.present, self.interfaces, self.placement.waiting)
        return differences(self.before, now)


def _values(node: Node, placement: Placement, seen: Seen, source: str) -> dict[str, Any]:
    clock = _newest_clock(node, seen.facts, source)
    wrong_clock = sentence(clock)
    return {
        **_node_values(seen.facts),
        **_clock_values(clock),
        "warnings": [
            *(warning for warning in seen.facts.warnings if not warning.startswith((WAITING, CLOCK))),
            *placement.sentences(node),
            *([wrong_clock] if wrong_clock else []),
        ],
        "collected_at": seen.seen_at or timezone.now(),
    }


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


def _disks(
    node: Node, known: Sequence[Disk], placement: Placement
) -> tuple[list[Disk], list[Disk], list[Disk]]:
    """Return the disks that are there, those of them whose row changes, and copies of rows whose disk has gone."""
    taken = {item.row.pk for item in placement.disks if item.row is not None}
    identities = _identities([item.disk for item in placement.disks])
    present: list[Disk] = []
    changed: list[Disk] = []
    for order, (item, identity) in enumerate(zip(placement.disks, identities, strict=True)):
        values = _disk_values(item.disk, order, identity, is_os=item.is_os)
        target = item.row
        if target is None:
            target = Disk(node=node, may_be=list(item.may_be), **values)
        elif any(getattr(target, name) != value for name, value in values.items()):
            target = _with(target, values)
            changed.append(target)
        present.append(target)
    used = {target.identity for target in present}
    gone = [row for row in known if row.pk not in taken and (row.present or row.identity in used)]
    left = [
        _with(
            row,
            {
                "present": False,
                "identity": f"gone:{row.pk}:{row.identity}"[:MAX_IDENTITY]
                if row.identity in used
                else row.identity,
            },
        )
        for row in gone
    ]
    return present, changed, left


def _with(row: Disk, values: Mapping[str, Any]) -> Disk:
    changed = copy(row)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def _write_disks(drafts: Sequence[_Draft]) -> None:
    # Those that leave make room first: the identity is unique on the node.
    _LEAVING.run((row.pk, (row.present, row.identity)) for draft in drafts for row in draft.left)
    changed = [row for draft in drafts for row in draft.changed]
    if changed:
        # Identities that go by name may move from one disk to the next: all of them leave before any arrives.
        Disk.objects.filter(pk__in=[row.pk for row in changed]).update(
            identity=Concat(Value("moving:"), Cast("pk", CharField()))
        )
        _DISKS.run((row.pk, [getattr(row, name) for name in _DISK_FIELDS]) for row in changed)
    Disk.objects.bulk_create([row for draft in drafts for row in draft.present if row.pk is None])


def add_absent(node: Node, disk: DiskFacts) -> Disk:
    """Add a disk of ``node`` that is known from elsewhere and was not seen by its last collection."""
    values = _disk_values(disk, 0, f"absent:{uuid4().hex}", is_os=False)
    row = Disk(node=node, **{**values, "present": False})
    row.save()
    return row


def _disk_values(disk: DiskFacts, order: int, identity: str, *, is_os: bool) -> dict[str, Any]:
    return {
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


def _write_interfaces(drafts: Sequence[_Draft]) -> None:
    others = [draft.node.pk for draft in drafts if draft.replaces]
    if others:
        NetworkInterface.objects.filter(node__in=others).delete()
    NetworkInterface.objects.bulk_create([nic for draft in drafts for nic in draft.new_interfaces])


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
