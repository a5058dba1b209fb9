"""The shapes of the contract as flat rows for tables and CSV."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.messages import with_code
from installer.cli.cells import Lines, gibibytes, gigabytes
from nodes.shared_drives import beside, on_drives


def node_row(node: dict[str, Any]) -> dict[str, Any]:
    """Return one line of ``describe_nodes`` for reading."""
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
    """Return one line of ``describe_nodes --format csv``: plain numbers and bytes."""
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


def node_facts(node: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of one machine for someone standing in front of it."""
    cpu, product, mgmt = node["cpu"], node["product"], node["mgmt_network"]
    counts = []
    if sockets := cpu["sockets"]:
        counts.append(ngettext("{count} socket", "{count} sockets", sockets).format(count=sockets))
    if cores := cpu["cores"]:
        counts.append(ngettext("{count} core", "{count} cores", cores).format(count=cores))
    if threads := cpu["threads"]:
        counts.append(ngettext("{count} thread", "{count} threads", threads).format(count=threads))
    place = [node["zone_id"], node["role"], *node["sub_roles"]]
    return {
        "node": " ".join(filter(None, (node["mgmt_address"], node["hostname"]))),
        "node_id": node["node_id"],
        "status": node["status"],
        "zone and role": " ".join(filter(None, place)),
        "product": " ".join(filter(None, (product["vendor"], product["name"]))),
        "serial": product["serial"],
        "processor": ", ".join(filter(None, (cpu["model"], cpu["arch"], *counts))),
        "memory": gibibytes(node["memory_bytes"]),
        "system": " ".join(filter(None, (node["os"]["name"], node["os"]["version"], node["os"]["kernel"]))),
        "management": f"{mgmt['name']} {mgmt['address']}/{mgmt['prefix']}" if mgmt else "",
        "default route": " ".join(filter(None, (node["default_gateway"], node["default_interface"]))),
        "ssh": _("{user}, port {port}").format(user=node["ssh_user"], port=node["ssh_port"]),
        "host key": node["host_key_fingerprint"] or _("not pinned: run establish_ssh"),
        "collected": node["collected_at"] or _("never: run collect_nodes"),
        "error": with_code(node["error"]),
        "warnings": Lines(node["warnings"]),
    }


def disk_facts(disk: dict[str, Any], drives: dict[str, str], *, is_os: bool) -> dict[str, Any]:
    """Return a disk with what its label says and what it holds; ``drives`` of the machine by name of the disk."""
    use = _("system") if is_os else _("used") if disk["status"] else _("not used")
    if disk["status_reason"] and not is_os:
        use += f" ({disk['status_reason']})"
    holds = [*disk["mountpoints"], *disk["signatures"]]
    return {
        "disk": disk["name"],
        "size": gigabytes(disk["size_bytes"]),
        "type": disk["type"],
        "model": disk["model"],
        "serial": disk["serial"] or disk["wwn"],
        "use": use,
        "zoned": disk["zoned"],
        "same drive as": " ".join(beside(disk["name"], drives)),
        "holds": " ".join(holds),
        "corrected": corrections(disk, _("CONFLICT")),
    }


def port_facts(nic: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return one port of a machine, or an interface built on ports."""
    above = [_("of {names}").format(names=" ".join(nic["slaves"]))] if nic["slaves"] else []
    if nic["vlan_id"]:
        above.append(_("VLAN {id} on {device}").format(id=nic["vlan_id"], device=nic["raw_device"]))
    link = {True: _("up"), False: _("down")}.get(nic["link"], "")
    speed = f"{nic['speed_mbps'] / 1000:g}G" if nic["speed_mbps"] else ""
    return {
        "port": nic["name"],
        "kind": " ".join(filter(None, (nic["type"], nic["bond_mode"], *above))),
        "mac": nic["mac"],
        "link": " ".join(filter(None, (link, speed))),
        "mtu": nic["mtu"],
        "address": f"{nic['address']}/{nic['prefix']}" if nic["address"] else "",
        "use": _("management") if nic["address"] and nic["address"] == node["mgmt_address"] else "",
    }


def disks_summary(disks: list[dict[str, Any]]) -> str:
    """Render ``4×ssd 3.84 TB, 2×sata 8 TB, 1 not used``; ``2×nvme 3.84 TB on 1 drive`` where disks share a drive."""
    usable = Counter((disk["type"], disk["size_bytes"]) for disk in disks if disk["status"])
    parts = [f"{count}×{kind} {gigabytes(size)}" for (kind, size), count in usable.items()]
    pieces = on_drives([disk["drive"] for disk in disks if disk["status"]])
    if pieces:
        parts[-1] += f" {pieces}"
    unused = sum(1 for disk in disks if not disk["status"])
    if unused:
        parts.append(_("{count} not used").format(count=unused))
    return ", ".join(parts)


def notes(node: dict[str, Any]) -> str:
    """Render what needs attention: the error of the last job, dirty disks, conflicts, warnings."""
    disks = [*node["data_disks"], *([node["os_disk"]] if node["os_disk"] else [])]
    found = [with_code(node["error"])] if node["error"] else []
    dirty = [disk["name"] for disk in node["data_disks"] if disk["dirty"] and disk["status"]]
    if dirty:
        found.append(_("dirty: {disks}").format(disks=" ".join(dirty)))
    conflicts = sum(1 for disk in disks for field in disk["fields"].values() if field["conflict"])
    if conflicts:
        text = ngettext("{count} correction conflict", "{count} correction conflicts", conflicts)
        found.append(text.format(count=conflicts))
    waiting = len(node["absent_disks"])
    if waiting:
        text = ngettext(
            "corrections kept for {count} absent disk", "corrections kept for {count} absent disks", waiting
        )
        found.append(text.format(count=waiting))
    if warnings := len(node["warnings"]):
        found.append(ngettext("{count} warning", "{count} warnings", warnings).format(count=warnings))
    return "; ".join(found)


def disk_row(address: str, disk: dict[str, Any]) -> dict[str, Any]:
    """Return one disk with the observed values beside the effective ones."""
    return {
        "mgmt_address": address,
        "disk": disk["name"],
        "type": disk["type"],
        "size": gigabytes(disk["size_bytes"]),
        "status": disk["status"],
        "corrected": corrections(disk),
    }


def corrections(disk: dict[str, Any], conflict: str = "CONFLICT") -> str:
    """Render ``type: sata -> ssd``: the observed value, then the corrected one; ``conflict`` marks one in conflict."""
    return "; ".join(
        f"{name}: {field['observed']} -> {field['override']}" + (f" {conflict}" if field["conflict"] else "")
        for name, field in disk["fields"].items()
    )


def job_row(node: dict[str, Any]) -> dict[str, Any]:
    """Return one node of ``get_status``."""
    names = ("node_id", "mgmt_address", "status", "phase", "step", "attempts", "error")
    return {name: node[name] for name in names} | {"error": with_code(node["error"])}
