"""The NODE of the contract, built slowly from model instances: what the read path of nodes.describe must answer."""

from __future__ import annotations

from typing import Any

from common.messages import code_of
from jobs.queries import stamp
from nodes.models import CORRECTABLE, Disk, NetworkInterface, Node


def node_document(node: Node) -> dict[str, Any]:
    """Return the document of a node."""
    every = [disk for disk in node.disks.all() if disk.present or disk.corrections.exists()]
    disks = [disk for disk in every if disk.present]
    os_disk = next((disk for disk in disks if disk.is_os), None)
    nics = list(node.interfaces.all())
    role = getattr(node, "role", None)
    clock = node.clock
    return {
        **{
            name: getattr(node, name)
            for name in ("node_id", "status", "mgmt_address", "ssh_port", "ssh_user")
        },
        "hostname": node.hostname,
        "zone_id": role.zone.zone_id if role else None,
        "role": role.role if role else None,
        "sub_roles": role.sub_roles if role else [],
        "product": {name: getattr(node, f"product_{name}") for name in ("vendor", "name", "serial")},
        "cpu": {
            name: getattr(node, f"cpu_{name}") for name in ("arch", "model", "sockets", "cores", "threads")
        },
        "memory_bytes": node.memory_bytes,
        "os": {"name": node.os_name, "version": node.os_version, "kernel": node.kernel},
        "host_key": node.host_key,
        "host_key_fingerprint": node.host_key_fingerprint,
        "os_disk": {**disk_document(os_disk), **_partitions(node)} if os_disk else None,
        "data_disks": [disk_document(disk) for disk in disks if not disk.is_os],
        "absent_disks": [
            {
                **disk_document(lost),
                "identity": lost.identity,
                "may_be": [disk.name for disk in disks if lost.pk in disk.may_be],
            }
            for lost in every
            if not lost.present
        ],
        "networks": [nic_document(nic) for nic in nics],
        "mgmt_network": next((_mgmt(node, nic) for nic in nics if nic.name == node.mgmt_interface), None),
        "default_gateway": node.default_gateway,
        "default_interface": node.default_interface,
        "qemu_version": node.qemu_version,
        "clock": {
            "offset_ms": clock.offset_ms,
            "uncertainty_ms": clock.uncertainty_ms,
            "measured_at": stamp(clock.measured_at),
            "synchronised": clock.synchronised,
            "source": clock.source,
        }
        if clock
        else None,
        "warnings": node.warnings,
        "error": node.error,
        "error_code": code_of(node.error),
        "collected_at": stamp(node.collected_at),
    }


def _partitions(node: Node) -> dict[str, Any]:
    names = [f"{part}_{what}" for part in ("root", "swap", "rest") for what in ("part", "size_bytes")]
    return {"legs": node.os_legs, **{name: getattr(node, name) for name in names}}


def _mgmt(node: Node, nic: NetworkInterface) -> dict[str, Any]:
    default = node.default_gateway if node.default_interface == nic.name else ""
    return {
        "name": nic.name,
        "address": node.mgmt_address,
        "prefix": nic.prefix,
        "gateway": nic.gateway or default,
    }


def disk_document(disk: Disk) -> dict[str, Any]:
    """Return the DISK of the contract."""
    names = (
        "name",
        "known_by",
        "by_id",
        "wwn",
        "serial",
        "model",
        "transport",
        "drive",
        "zoned",
        "rotational",
    )
    more = ("rotational_guess", "removable", "dirty", "signatures", "mountpoints", "members", "status_reason")
    made = {field: found for field in CORRECTABLE if (found := disk.correction(field))}
    return {
        **{name: getattr(disk, name) for name in (*names, *more)},
        **{field: disk.effective(field) for field in CORRECTABLE},
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
            for field, found in made.items()
        },
    }


def nic_document(nic: NetworkInterface) -> dict[str, Any]:
    """Return the NIC of the contract."""
    names = ("name", "mac", "type", "address", "prefix", "gateway", "mtu", "speed_mbps", "link", "bond_mode")
    return {name: getattr(nic, name) for name in (*names, "slaves", "vlan_id", "raw_device", "addresses")}
