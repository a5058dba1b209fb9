"""The shapes of the contract as flat rows for tables and CSV."""

from __future__ import annotations

from collections import Counter
from typing import Any

from installer.cli.output import gibibytes, gigabytes


def node_row(node: dict[str, Any]) -> dict[str, Any]:
    """One line of ``describe_nodes`` for a person."""
    cpu, os_disk = node["cpu"], node["os_disk"]
    return {
        "node_id": node["node_id"],
        "status": node["status"],
        "mgmt_address": node["mgmt_address"],
        "hostname": node["hostname"],
        "zone": node["zone_id"],
        "role": " ".join([node["role"] or "", *node["sub_roles"]]).strip(),
        "cpu": f"{cpu['cores']}c {cpu['arch']}" if cpu["cores"] else "",
        "memory": gibibytes(node["memory_bytes"]),
        "os_disk": f"{os_disk['name']} {gigabytes(os_disk['size_bytes'])}" if os_disk else "",
        "data_disks": disks_summary(node["data_disks"]),
        "notes": notes(node),
    }


def node_csv_row(node: dict[str, Any]) -> dict[str, Any]:
    """One line of ``describe_nodes --format csv``: plain numbers and bytes."""
    os_disk = node["os_disk"] or {}
    return {
        "node_id": node["node_id"],
        "status": node["status"],
        "mgmt_address": node["mgmt_address"],
        "ssh_port": node["ssh_port"],
        "hostname": node["hostname"],
        "zone_id": node["zone_id"],
        "role": node["role"],
        "sub_roles": node["sub_roles"],
        **{f"product_{key}": node["product"][key] for key in ("vendor", "name", "serial")},
        **{f"cpu_{key}": node["cpu"][key] for key in ("arch", "model", "sockets", "cores", "threads")},
        "memory_bytes": node["memory_bytes"],
        "os_name": node["os"]["name"],
        "os_version": node["os"]["version"],
        "kernel": node["os"]["kernel"],
        "os_disk": os_disk.get("name"),
        "os_disk_size_bytes": os_disk.get("size_bytes"),
        "data_disks": [f"{disk['name']}:{disk['type']}:{disk['size_bytes']}" for disk in node["data_disks"]],
        "collected_at": node["collected_at"],
    }


def disks_summary(disks: list[dict[str, Any]]) -> str:
    """``4×ssd 3.84 TB, 2×sata 8 TB (1 not used)``."""
    usable = Counter((disk["type"], disk["size_bytes"]) for disk in disks if disk["status"])
    parts = [f"{count}×{kind} {gigabytes(size)}" for (kind, size), count in usable.items()]
    unused = sum(1 for disk in disks if not disk["status"])
    if unused:
        parts.append(f"{unused} not used")
    return ", ".join(parts)


def notes(node: dict[str, Any]) -> str:
    """What a person has to look at: the error of the last job, dirty disks, conflicts, warnings."""
    disks = [*node["data_disks"], *([node["os_disk"]] if node["os_disk"] else [])]
    found = [node["error"]] if node["error"] else []
    dirty = [disk["name"] for disk in node["data_disks"] if disk["dirty"] and disk["status"]]
    if dirty:
        found.append(f"dirty: {' '.join(dirty)}")
    conflicts = sum(1 for disk in disks for field in disk["fields"].values() if field["conflict"])
    if conflicts:
        found.append(f"{conflicts} correction conflicts")
    if node["warnings"]:
        found.append(f"{len(node['warnings'])} warnings")
    return "; ".join(found)


def disk_row(address: str, disk: dict[str, Any]) -> dict[str, Any]:
    """One disk with what was observed beside what counts."""
    corrected = [
        f"{name}: {field['observed']} -> {field['override']}" + (" CONFLICT" if field["conflict"] else "")
        for name, field in disk["fields"].items()
    ]
    return {
        "mgmt_address": address,
        "disk": disk["name"],
        "type": disk["type"],
        "size": gigabytes(disk["size_bytes"]),
        "status": disk["status"],
        "corrected": "; ".join(corrected),
    }


def job_row(node: dict[str, Any]) -> dict[str, Any]:
    """One node of ``get_status``."""
    names = ("node_id", "mgmt_address", "status", "phase", "step", "attempts", "error")
    return {name: node[name] for name in names}
