"""Nodes as other tools read them: the NODE shape of the contract, from few set-based queries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Cast

from common.keyed_rows import KeyedRows
from common.messages import code_of
from common.pasted import refuse_pasted
from common.row_digest import digest
from jobs.queries import stamp
from nodes.models import CORRECTABLE, Collection, Disk, DiskCorrection, NetworkInterface, Node, known_by

# Nodes know no zones: the app that does provides each node's zone and role here.
# node primary keys -> {primary key: {"zone_id", "role", "sub_roles"}}
_places: list[Callable[[list[int]], dict[int, dict[str, Any]]]] = []


def register_places(provider: Callable[[list[int]], dict[int, dict[str, Any]]]) -> None:
    """Register the provider of zones and roles; called from ``ZonesConfig.ready``."""
    _places.append(provider)


def prefetched() -> QuerySet[Node]:
    """Return all nodes with their disks, corrections and interfaces: three more queries, for any number of nodes."""
    return Node.objects.prefetch_related(
        Prefetch("disks", _shown_disks().prefetch_related("corrections")), "interfaces"
    )


def _shown_disks() -> QuerySet[Disk]:
    return Disk.objects.filter(Q(present=True) | Exists(DiskCorrection.objects.filter(disk=OuterRef("pk"))))


def select(*, status: str = "", address: str = "", zone_id: str = "", role: str = "") -> QuerySet[Node]:
    """Select nodes by state, address, zone or role; empty: any. Raises Refused for a zone that only looks right."""
    refuse_pasted([zone_id], field="zone_id")
    wanted = {
        "status": status,
        "mgmt_address": address,
        "role__zone__zone_id": zone_id,
        "role__role": role,
    }
    return prefetched().filter(**{key: value for key, value in wanted.items() if value})


_NODE = (
    *("node_id", "status", "mgmt_address", "ssh_port", "ssh_user", "hostname", "memory_bytes"),
    *("product_vendor", "product_name", "product_serial"),
    *("cpu_arch", "cpu_model", "cpu_sockets", "cpu_cores", "cpu_threads"),
    *("os_name", "os_version", "kernel", "host_key", "host_key_fingerprint"),
    *(
        "root_part",
        "root_size_bytes",
        "os_legs",
        "swap_part",
        "swap_size_bytes",
        "rest_part",
        "rest_size_bytes",
    ),
    *("default_gateway", "default_interface", "mgmt_interface", "qemu_version"),
    *("clock_offset_ms", "clock_uncertainty_ms", "clock_measured_at", "clock_synchronised", "clock_source"),
    *("warnings", "error", "collected_at"),
)
_OS_DISK = ("root_part", "root_size_bytes", "swap_part", "swap_size_bytes", "rest_part", "rest_size_bytes")
# Columns of a disk, and what the document calls them.
_DISK = {
    "name": "name",
    "identity": "known_by",
    "by_id": "by_id",
    "wwn": "wwn",
    "serial": "serial",
    "model": "model",
    "transport": "transport",
    "observed_type": "type",
    "observed_size_bytes": "size_bytes",
    "drive": "drive",
    "zoned": "zoned",
    "rotational": "rotational",
    "rotational_guess": "rotational_guess",
    "removable": "removable",
    "dirty": "dirty",
    "signatures": "signatures",
    "mountpoints": "mountpoints",
    "members": "members",
    "observed_status": "status",
    "status_reason": "status_reason",
}
_DISK_KEYS = tuple(_DISK.values())
_DISK_LISTS = ("signatures", "mountpoints", "members")
_NIC = (
    *("name", "mac", "type", "address", "prefix", "gateway", "mtu", "speed_mbps", "link"),
    *("bond_mode", "slaves", "vlan_id", "raw_device", "addresses"),
)
_NIC_LISTS = ("slaves", "addresses")
_CORRECTION = ("field", "value", "against", "reason", "made_by", "made_at")


@dataclass(slots=True)
class _Parts:
    """Disks and interfaces of one node, as documents."""

    os_disk: dict[str, Any] | None = None
    data_disks: list[dict[str, Any]] = dataclass_field(default_factory=list)
    # Disks that are no longer found, by primary key, and which of them each disk that is there may be.
    absent: dict[int, dict[str, Any]] = dataclass_field(default_factory=dict)
    may_be: list[tuple[str, str]] = dataclass_field(default_factory=list)
    nics: list[dict[str, Any]] = dataclass_field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NodeRows:
    """The rows that the documents of some nodes are made of, and nothing else."""

    pks: list[int]
    nodes: list[Any]
    disks: list[Any]
    corrections: list[Any]
    nics: list[Any]
    places: dict[int, dict[str, Any]]

    def version(self) -> str:
        """Return a digest of them: as long as it is the same, so are the documents."""
        return digest((self.nodes, self.disks, self.corrections, self.nics, self.places))

    def documents(self) -> list[dict[str, Any]]:
        """Return one NODE each, in order; one that was deleted meanwhile is left out."""
        parts = {pk: _Parts() for pk in self.pks}
        _add_disks(parts, self.disks, _by_disk(self.corrections))
        for row in self.nics:
            parts[row[0]].nics.append(_nic(row[1:]))
        rows = {row[0]: dict(zip(_NODE, row[1:], strict=True)) for row in self.nodes}
        return [_node(rows[pk], self.places.get(pk, {}), parts[pk]) for pk in self.pks if pk in rows]


def read_nodes(nodes: QuerySet[Node]) -> NodeRows:
    """Read what the documents of these nodes are made of: six queries, however many."""
    pks = list(nodes.prefetch_related(None).values_list("pk", flat=True))
    return NodeRows(
        pks, _NODES.of(pks), _DISKS.of(pks), _CORRECTIONS_OF_NODES.of(pks), _NICS.of(pks), places_of(pks)
    )


def nodes_json(nodes: QuerySet[Node]) -> list[dict[str, Any]]:
    """Return one NODE each, in order, from rows that become the document without a model instance.

    docs/adr/0007-reads-from-tuples.md says why.
    """
    return read_nodes(nodes).documents()


def _columns(names: Iterable[str], lists: Sequence[str]) -> list[Any]:
    """Return columns to select: a list is read as the text that it is stored as, nearly always ``[]``."""
    return [Cast(name, TextField()) if name in lists else name for name in names]


_DISK_COLUMNS = _columns(_DISK, _DISK_LISTS)
_NIC_COLUMNS = _columns(_NIC, _NIC_LISTS)
_NODES = KeyedRows(lambda pks: Node.objects.filter(pk__among=pks).order_by().values_list("pk", *_NODE))
_DISKS = KeyedRows(
    lambda pks: (
        _shown_disks()
        .filter(node__pk__among=pks)
        .order_by("node_id", "order", "name")
        .values_list(
            *("node_id", "pk", "present", "is_os", "identity"), Cast("may_be", TextField()), *_DISK_COLUMNS
        )
    )
)
_CORRECTIONS_OF_NODES = KeyedRows(
    lambda pks: (
        DiskCorrection.objects.filter(disk__node__pk__among=pks)
        .order_by("pk")
        .values_list("disk_id", *_CORRECTION)
    )
)
_CORRECTIONS = KeyedRows(
    lambda pks: DiskCorrection.objects.filter(disk__pk__among=pks).values_list("disk_id", *_CORRECTION)
)
_NICS = KeyedRows(
    lambda pks: (
        NetworkInterface.objects.filter(node__pk__among=pks)
        .order_by("node_id", "name")
        .values_list("node_id", *_NIC_COLUMNS)
    )
)


def _add_disks(
    parts: dict[int, _Parts], rows: Iterable[Sequence[Any]], corrections: dict[int, list[Sequence[Any]]]
) -> None:
    for row in rows:
        node_pk, pk, present, is_os, identity, may_be = row[:6]
        disk, mine = _disk(row[6:], corrections.get(pk, ())), parts[node_pk]
        if not present:
            mine.absent[pk] = {**disk, "identity": identity}
            continue
        if may_be != "[]":
            mine.may_be.append((disk["name"], may_be))
        if not is_os:
            mine.data_disks.append(disk)
        elif mine.os_disk is None:
            mine.os_disk = disk


def _by_disk(rows: Iterable[Sequence[Any]]) -> dict[int, list[Sequence[Any]]]:
    """Return the corrections of each disk, by its primary key."""
    found: dict[int, list[Sequence[Any]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row[1:])
    return found


def places_of(pks: list[int]) -> dict[int, dict[str, Any]]:
    """Return zone and role of these nodes by primary key; nodes without them are left out."""
    places: dict[int, dict[str, Any]] = {}
    for provider in _places:
        places.update(provider(pks))
    return places


def _node(node: dict[str, Any], place: dict[str, Any], parts: _Parts) -> dict[str, Any]:
    return {
        "node_id": node["node_id"],
        "status": node["status"],
        "mgmt_address": node["mgmt_address"],
        "ssh_port": node["ssh_port"],
        "ssh_user": node["ssh_user"],
        "hostname": node["hostname"],
        "zone_id": place.get("zone_id"),
        "role": place.get("role"),
        "sub_roles": place.get("sub_roles", []),
        "product": {
            "vendor": node["product_vendor"],
            "name": node["product_name"],
            "serial": node["product_serial"],
        },
        "cpu": {
            "arch": node["cpu_arch"],
            "model": node["cpu_model"],
            "sockets": node["cpu_sockets"],
            "cores": node["cpu_cores"],
            "threads": node["cpu_threads"],
        },
        "memory_bytes": node["memory_bytes"],
        "os": {"name": node["os_name"], "version": node["os_version"], "kernel": node["kernel"]},
        "host_key": node["host_key"],
        "host_key_fingerprint": node["host_key_fingerprint"],
        "os_disk": _os_disk(node, parts.os_disk) if parts.os_disk else None,
        "data_disks": parts.data_disks,
        "absent_disks": [_absent(pk, disk, parts.may_be) for pk, disk in parts.absent.items()],
        "networks": parts.nics,
        "mgmt_network": _mgmt(node, parts.nics),
        "default_gateway": node["default_gateway"],
        "default_interface": node["default_interface"],
        "qemu_version": node["qemu_version"],
        "clock": _clock(node),
        "warnings": node["warnings"],
        "error": node["error"],
        "error_code": code_of(node["error"]),
        "collected_at": stamp(node["collected_at"]),
    }


def _clock(node: dict[str, Any]) -> dict[str, Any] | None:
    """Return the node's clock minus the installer's, and when that was measured."""
    if node["clock_offset_ms"] is None or node["clock_measured_at"] is None:
        return None
    return {
        "offset_ms": node["clock_offset_ms"],
        "uncertainty_ms": node["clock_uncertainty_ms"] or 0,
        "measured_at": stamp(node["clock_measured_at"]),
        "synchronised": node["clock_synchronised"],
        "source": node["clock_source"],
    }


def _os_disk(node: dict[str, Any], disk: dict[str, Any]) -> dict[str, Any]:
    return {**disk, "legs": node["os_legs"], **{name: node[name] for name in _OS_DISK}}


def _absent(pk: int, disk: dict[str, Any], may_be: list[tuple[str, str]]) -> dict[str, Any]:
    """Return a disk that is no longer found and whose corrections wait."""
    return {**disk, "may_be": [name for name, pks in may_be if pk in json.loads(pks)]}


def disks_json(disks: QuerySet[Disk]) -> list[dict[str, Any]]:
    """Return one DISK each with its node, in order: two queries."""
    rows = list(disks.values_list(*_PLACED, "is_os", *_DISK_COLUMNS))
    corrections = _by_disk(_CORRECTIONS.of([row[0] for row in rows]))
    return [{**_placed(row), "is_os": row[3], **_disk(row[4:], corrections.get(row[0], ()))} for row in rows]


def nics_json(nics: QuerySet[NetworkInterface]) -> list[dict[str, Any]]:
    """Return one NIC each with its node, in order: one query."""
    return [{**_placed(row), **_nic(row[3:])} for row in nics.values_list(*_PLACED, *_NIC_COLUMNS)]


_PLACED = ("pk", "node__node_id", "node__mgmt_address")


def _placed(row: Sequence[Any]) -> dict[str, Any]:
    return {"id": row[0], "node_id": row[1], "mgmt_address": row[2]}


def disk_json(disk: Disk) -> dict[str, Any]:
    """Return the DISK of one that was just changed, with its corrections as they are loaded."""
    corrections = [[getattr(item, name) for name in _CORRECTION] for item in disk.corrections.all()]
    values = [getattr(disk, name) for name in _DISK]
    return _disk([json.dumps(item) if isinstance(item, list) else item for item in values], corrections)


def _disk(row: Sequence[Any], corrections: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Return DISK: effective values, and ``fields`` with what was observed and overridden where a person corrected."""
    disk = dict(zip(_DISK_KEYS, row, strict=True))
    disk["known_by"] = known_by(disk["known_by"], disk["size_bytes"])
    for name in _DISK_LISTS:
        text = disk[name]
        disk[name] = [] if text == "[]" else list(_strings(text))
    fields = disk["fields"] = {}
    if not corrections:
        return disk
    for field, value, against, reason, by, at in sorted(corrections, key=_field_order):
        observed = disk[field]
        fields[field] = {
            "observed": observed,
            "override": value,
            "against": against,
            "conflict": observed not in (against, value),
            "reason": reason,
            "by": by,
            "at": stamp(at),
        }
        disk[field] = value
    return disk


def _field_order(correction: Sequence[Any]) -> int:
    return CORRECTABLE.index(correction[0])


def _nic(row: Sequence[Any]) -> dict[str, Any]:
    nic = dict(zip(_NIC, row, strict=True))
    for name in _NIC_LISTS:
        text = nic[name]
        nic[name] = [] if text == "[]" else list(_strings(text))
    return nic


@lru_cache(maxsize=1024)
def _strings(text: str) -> tuple[str, ...]:
    """Return a stored list of texts: most of them are the same few for every node."""
    return tuple(json.loads(text))


def _mgmt(node: dict[str, Any], nics: list[dict[str, Any]]) -> dict[str, Any] | None:
    nic = next((nic for nic in nics if nic["name"] == node["mgmt_interface"]), None)
    if nic is None:
        return None
    gateway = nic["gateway"] or (node["default_gateway"] if node["default_interface"] == nic["name"] else "")
    return {"name": nic["name"], "address": node["mgmt_address"], "prefix": nic["prefix"], "gateway": gateway}


def collection_json(row: Collection) -> dict[str, Any]:
    """Return one collection: its number, and how it differs from the one before."""
    return {
        "number": row.pk,
        "at": stamp(row.at),
        "by": row.by,
        "source": row.source,
        "job_id": row.job_id,
        "error": row.error,
        "error_code": code_of(row.error),
        "changes": row.changes,
    }


def reparsed_json(node: Node, number: int | None, changes: Sequence[Any], error: str) -> dict[str, Any]:
    """Return the result of parsing one node again: the number of the collection, and the differences."""
    return {
        "node_id": node.node_id,
        "mgmt_address": str(node.mgmt_address),
        "collection": number,
        "changes": list(changes),
        "error": error,
    }


def imported_json(address: str, what: str, changes: Sequence[Any], notes: Sequence[str]) -> dict[str, Any]:
    """Return what an import did, or would do, to one node."""
    return {"mgmt_address": address, "what": what, "changes": list(changes), "notes": list(notes)}
