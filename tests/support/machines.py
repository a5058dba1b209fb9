"""Machines with any disks, in the words of lsblk, the kernel and udev."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from nodes.facts import DiskFacts, NodeFacts
from tests.support.sections import facts

TB = 10**12
ROOT = {"name": "sda1", "kname": "sda1", "type": "part", "size": 479 * 10**9, "mountpoint": "/"}
SDA = {"name": "sda", "kname": "sda", "type": "disk", "size": 480 * 10**9, "tran": "sata", "children": [ROOT]}


def keyed(devices: Mapping[str, Mapping[str, Any]]) -> str:
    """Write ``@name`` blocks of ``key=value`` lines, as the collection script prints them."""
    lines = []
    for name, values in devices.items():
        lines.append(f"@{name}")
        lines.extend(f"{key}={value}" for key, value in values.items() if value not in (None, ""))
    return "\n".join(lines) + "\n"


def by_id(links: Mapping[str, str]) -> str:
    """Write ``ls -l /dev/disk/by-id`` of link names and kernel names."""
    head = "lrwxrwxrwx 1 root root  9 Jan  1 00:00"
    return "total 0\n" + "".join(f"{head} {link} -> ../../{kname}\n" for link, kname in links.items())


def disk_row(name: str, size: int = TB, **more: Any) -> dict[str, Any]:
    """Return a whole disk as lsblk shows it."""
    return {
        "name": name,
        "kname": name.replace("!", "/"),
        "type": "disk",
        "size": size,
        "rota": False,
        **more,
    }


def namespace(
    controller: int, number: int, serial: str, model: str = "SAMSUNG MZWLJ3T8HBLS-00007"
) -> dict[str, Any]:
    """Return one namespace of an NVMe drive as lsblk shows it."""
    wwn = f"eui.{controller + 1:08x}a{number:07x}"
    return disk_row(
        f"nvme{controller}n{number}", 3840 * 10**9, serial=serial, model=model, tran="nvme", wwn=wwn
    )


def links_of(rows: Iterable[Mapping[str, Any]], *, nsid: bool = True) -> dict[str, str]:
    """Make links of namespaces as udev does: the last one has the name of the drive. Since 254 with the NSID."""
    links: dict[str, str] = {}
    for row in rows:
        name = f"nvme-{row['model'].replace(' ', '_')}_{row['serial']}"
        links[name] = row["name"]
        links[f"nvme-{row['wwn']}"] = row["name"]
        if nsid:
            links[f"{name}_{row['name'].rpartition('n')[2]}"] = row["name"]
    return links


def machine(
    rows: Iterable[Mapping[str, Any]],
    *,
    links: Mapping[str, str] | None = None,
    kernel: Mapping[str, Mapping[str, Any]] | None = None,
    claims: str | None = None,
    unlisted: str | None = None,
) -> NodeFacts:
    """Return the facts of a machine with these disks beside its OS disk."""
    return facts(
        lsblk_json=json.dumps({"blockdevices": [SDA, *rows]}),
        by_id=by_id(links) if links is not None else None,
        sysfs_block=keyed({"sda": {"size": 1}, **(kernel or {})}),
        udev_links=claims,
        no_block_device=unlisted,
    )


def named(found: NodeFacts) -> dict[str, DiskFacts]:
    """Return data disks by name."""
    return {disk.name: disk for disk in found.data_disks}
