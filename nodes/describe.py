"""Nodes as other tools read them: the NODE shape of the contract, from few set-based queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from common.messages import code_of
from common.pasted import refuse_pasted
from jobs.queries import stamp
from nodes.facts import ClockFacts
from nodes.models import CORRECTABLE, Collection, Disk, DiskCorrection, NetworkInterface, Node

# Nodes know no zones: the app that does provides each node's zone and role here.
# node primary keys -> {primary key: {"zone_id", "role", "sub_roles"}}
_places: list[Callable[[list[int]], dict[int, dict[str, Any]]]] = []


def register_places(provider: Callable[[list[int]], dict[int, dict[str, Any]]]) -> None:
    """Register the provider of zones and roles; called from ``ZonesConfig.ready``."""
    _places.append(provider)


def prefetched() -> QuerySet[Node]:
    """Return all nodes with what :func:`nodes_json` needs: three more queries, for any number of nodes."""
    shown = Disk.objects.filter(Q(present=True) | Exists(DiskCorrection.objects.filter(disk=OuterRef("pk"))))
    return Node.objects.prefetch_related(
        Prefetch("disks", shown.prefetch_related("corrections")), "interfaces"
    )


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


def nodes_json(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    """Return one NODE each, in order."""
    found = list(nodes)
    places = places_of([node.pk for node in found])
    return [_node(node, places.get(node.pk, {})) for node in found]


def places_of(pks: list[int]) -> dict[int, dict[str, Any]]:
    """Return zone and role of these nodes by primary key; nodes without them are left out."""
    places: dict[int, dict[str, Any]] = {}
    for provider in _places:
        places.update(provider(pks))
    return places


def _node(node: Node, place: dict[str, Any]) -> dict[str, Any]:
    every = list(node.disks.all())
    disks = [disk for disk in every if disk.present]
    nics = list(node.interfaces.all())
    os_disk = next((disk for disk in disks if disk.is_os), None)
    return {
        "node_id": node.node_id,
        "status": node.status,
        "mgmt_address": node.mgmt_address,
        "ssh_port": node.ssh_port,
        "ssh_user": node.ssh_user,
        "hostname": node.hostname,
        "zone_id": place.get("zone_id"),
        "role": place.get("role"),
        "sub_roles": place.get("sub_roles", []),
        "product": {"vendor": node.product_vendor, "name": node.product_name, "serial": node.product_serial},
        "cpu": {
            "arch": node.cpu_arch,
            "model": node.cpu_model,
            "sockets": node.cpu_sockets,
            "cores": node.cpu_cores,
            "threads": node.cpu_threads,
        },
        "memory_bytes": node.memory_bytes,
        "os": {"name": node.os_name, "version": node.os_version, "kernel": node.kernel},
        "host_key": node.host_key,
        "host_key_fingerprint": node.host_key_fingerprint,
        "os_disk": _os_disk(node, os_disk) if os_disk else None,
        "data_disks": [disk_json(disk) for disk in disks if not disk.is_os],
        "absent_disks": [_absent(disk, disks) for disk in every if not disk.present],
        "networks": [nic_json(nic) for nic in nics],
        "mgmt_network": _mgmt(node, nics),
        "default_gateway": node.default_gateway,
        "default_interface": node.default_interface,
        "qemu_version": node.qemu_version,
        "clock": _clock(node.clock),
        "warnings": node.warnings,
        "error": node.error,
        "error_code": code_of(node.error),
        "collected_at": stamp(node.collected_at),
    }


def _clock(clock: ClockFacts | None) -> dict[str, Any] | None:
    """Return the node's clock minus the installer's, and when that was measured."""
    if clock is None:
        return None
    return {
        "offset_ms": clock.offset_ms,
        "uncertainty_ms": clock.uncertainty_ms,
        "measured_at": stamp(clock.measured_at),
        "synchronised": clock.synchronised,
        "source": clock.source,
    }


def _os_disk(node: Node, disk: Disk) -> dict[str, Any]:
    return {
        **disk_json(disk),
        "legs": node.os_legs,
        "root_part": node.root_part,
        "root_size_bytes": node.root_size_bytes,
        "swap_part": node.swap_part,
        "swap_size_bytes": node.swap_size_bytes,
        "rest_part": node.rest_part,
        "rest_size_bytes": node.rest_size_bytes,
    }


def _absent(lost: Disk, present: list[Disk]) -> dict[str, Any]:
    """Return a disk that is no longer seen and whose corrections wait."""
    may_be = [disk.name for disk in present if lost.pk in disk.may_be]
    return {**disk_json(lost), "identity": lost.identity, "may_be": may_be}


def disk_json(disk: Disk) -> dict[str, Any]:
    """Return DISK: effective values, and ``fields`` with what was observed and overridden where a person corrected."""
    return {
        "name": disk.name,
        "known_by": disk.known_by,
        "by_id": disk.by_id,
        "wwn": disk.wwn,
        "serial": disk.serial,
        "model": disk.model,
        "transport": disk.transport,
        "type": disk.effective("type"),
        "size_bytes": disk.effective("size_bytes"),
        "drive": disk.drive,
        "zoned": disk.zoned,
        "rotational": disk.rotational,
        "rotational_guess": disk.rotational_guess,
        "removable": disk.removable,
        "dirty": disk.dirty,
        "signatures": disk.signatures,
        "mountpoints": disk.mountpoints,
        "members": disk.members,
        "status": disk.effective("status"),
        "status_reason": disk.status_reason,
        "fields": {
            field: {
                "observed": disk.observed(field),
                "override": found.value,
                "against": found.against,
                "conflict": found.conflict,
                "reason": found.reason,
                "by": found.made_by,
                "at": stamp(found.made_at),
            }
            for field in CORRECTABLE
            if (found := disk.correction(field))
        },
    }


def nic_json(nic: NetworkInterface) -> dict[str, Any]:
    """Return NIC."""
    names = [
        *("name", "mac", "type", "address", "prefix", "gateway", "mtu", "speed_mbps", "link"),
        *("bond_mode", "slaves", "vlan_id", "raw_device", "addresses"),
    ]
    return {name: getattr(nic, name) for name in names}


def _mgmt(node: Node, nics: list[NetworkInterface]) -> dict[str, Any] | None:
    nic = next((nic for nic in nics if nic.name == node.mgmt_interface), None)
    if nic is None:
        return None
    gateway = nic.gateway or (node.default_gateway if node.default_interface == nic.name else "")
    return {"name": nic.name, "address": node.mgmt_address, "prefix": nic.prefix, "gateway": gateway}


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
