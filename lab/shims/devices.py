"""The block devices of the state: look them up by path, and what a tool may do to them."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Device = dict[str, Any]

BLANK = ("fstype", "label", "uuid", "pttype", "ptuuid")
MAJORS = (
    ("sd", 8),
    ("vd", 252),
    ("nvme", 259),
    ("md", 9),
    ("sr", 11),
    ("dm-", 253),
    ("drbd", 147),
    ("zd", 230),
)


class Refused(Exception):
    """The tool refuses; the text is what it prints."""


def walk(state: dict[str, Any]) -> Iterator[tuple[Device, Device | None]]:
    """Yield every device with its parent, parents first; a device with several parents once for each."""
    pending: list[tuple[Device, Device | None]] = [(disk, None) for disk in reversed(state["disks"])]
    while pending:
        device, parent = pending.pop()
        yield device, parent
        pending.extend((child, device) for child in reversed(device["children"]))


def path_of(device: Device) -> str:
    """Return ``/dev/sda1``, or ``/dev/mapper/NAME`` of a device-mapper device."""
    name = str(device["name"])
    return f"/dev/mapper/{name}" if device["type"] in ("lvm", "crypt", "mpath") else f"/dev/{name}"


def kname(device: Device) -> str:
    """Return the kernel's name, such as ``dm-0`` for a logical volume."""
    return str(device.get("kname") or device["name"])


def find(state: dict[str, Any], path: str) -> Device | None:
    """Look up a device by a path such as /dev/sdb, /dev/disk/by-id/… or a bare name."""
    for entry, _ in walk(state):
        if path in (entry["name"], path_of(entry), kname(entry), f"/dev/{kname(entry)}"):
            return entry
    links = _links(state)
    base = path.removeprefix("/dev/disk/by-id/").removeprefix("/dev/disk/by-uuid/")
    if base in links:
        return find(state, links[base])
    real = os.path.realpath(path)
    return find(state, real) if real != path and real.startswith("/dev/") else None


def _links(state: dict[str, Any]) -> dict[str, str]:
    links: dict[str, str] = {}
    for disk in state["disks"]:
        for name in disk["by_id"]:
            links[name] = disk["name"]
            for number, part in enumerate((item for item in disk["children"] if item["type"] == "part"), 1):
                links[f"{name}-part{number}"] = part["name"]
    for entry, _ in walk(state):
        if entry["uuid"]:
            links[entry["uuid"]] = entry["name"]
    return links


def need(state: dict[str, Any], path: str, tool: str) -> Device:
    """Look up a device; raise Refused with the message that tools print."""
    found = find(state, path)
    if found is None:
        raise Refused(f"{tool}: {path}: No such file or directory")
    return found


def parent_of(state: dict[str, Any], device: Device) -> Device | None:
    """Return the disk that a partition is on; None for a whole disk."""
    return next((parent for entry, parent in walk(state) if entry is device), None)


def mountpoints(device: Device) -> list[str]:
    """Return where the device or anything on it is mounted; ``[SWAP]`` for swap in use."""
    own = [device["mountpoint"]] if device["mountpoint"] else []
    return own + [point for child in device["children"] for point in mountpoints(child)]


def pool_of(state: dict[str, Any], device: Device) -> str | None:
    """Return the imported ZFS pool that uses this disk or partition."""
    parent = parent_of(state, device)
    names = {device["name"], *(child["name"] for child in device["children"])} | (
        {parent["name"]} if parent else set()
    )
    for name, pool in state["zpools"].items():
        if pool["imported"] and names & set(pool["disks"]):
            return str(name)
    return None


def in_use(state: dict[str, Any], device: Device) -> str | None:
    """Return in a few words why the kernel would refuse an exclusive open; None when the device is unused."""
    points = mountpoints(device)
    if points:
        return f"mounted on {points[0]}"
    pool = pool_of(state, device)
    if pool:
        return f"part of active pool '{pool}'"
    stacked = [child["name"] for child in device["children"] if child["type"] != "part"]
    stacked += [sub["name"] for child in device["children"] for sub in child["children"]]
    return f"used by {stacked[0]}" if stacked else None


def wipe(device: Device) -> None:
    """Remove everything from the device: signatures and partitions."""
    for key in BLANK:
        device[key] = None
    device["children"] = []
    device.pop("extra_signatures", None)


def signatures(device: Device) -> list[tuple[str, str, str]]:
    """Return signatures as wipefs finds them: offset, type, UUID; including those a profile adds manually."""
    found = [(str(item[0]), str(item[1]), str(item[2])) for item in device.get("extra_signatures", [])]
    if device["fstype"]:
        offset = {"zfs_member": "0x3f000", "LVM2_member": "0x218", "swap": "0xff6"}.get(
            device["fstype"], "0x438"
        )
        found.append((offset, device["fstype"], device["uuid"] or ""))
    if device["pttype"] and device["type"] != "part":
        found.append(("0x1fe" if device["pttype"] == "dos" else "0x200", device["pttype"], ""))
    return found


def numbers(state: dict[str, Any]) -> dict[str, str]:
    """Return ``MAJ:MIN`` by device name."""
    found: dict[str, str] = {}
    used: dict[int, int] = {}
    for entry, parent in walk(state):
        name = kname(entry)
        major = next((number for prefix, number in MAJORS if name.startswith(prefix)), 8)
        if major in (8, 252) and parent is None:
            used[major] = (used.get(major, -1) // 16 + 1) * 16 if major in used else 0
        else:
            used[major] = used.get(major, -1) + 1
        found.setdefault(entry["name"], f"{major}:{used[major]}")
    return found


def new_uuid() -> str:
    """Generate a random UUID."""
    raw = bytearray(os.urandom(16))
    raw[6], raw[8] = raw[6] & 0x0F | 0x40, raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def partition(disk: Device, number: int, size: int, **fields: Any) -> Device:
    """Append a new partition entry to its disk and return it."""
    name = disk["name"]
    entry: Device = {
        "name": f"{name}p{number}" if name[-1].isdigit() else f"{name}{number}",
        "type": "part",
        "size": size,
        "children": [],
        "mountpoint": None,
        "fstype": None,
        "label": None,
        "uuid": None,
        "pttype": disk["pttype"],
        "ptuuid": disk["ptuuid"],
        "parttype": "0fc63daf-8483-4772-8e79-3d69d8477de4",
        "partuuid": new_uuid(),
        **fields,
    }
    disk["children"].append(entry)
    return entry
