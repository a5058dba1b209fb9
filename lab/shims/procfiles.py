"""Files of /proc that change while a node runs: generated at boot by the lab, and again by the tools that change them.

Formats: proc(5).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = "/run/lab/state/proc"


def all_devices(state: dict[str, Any]) -> list[dict[str, Any]]:
    """Return disks and everything on them, parents first; a device with several parents once."""
    found: dict[str, dict[str, Any]] = {}
    pending = list(reversed(state["disks"]))
    while pending:
        device = pending.pop()
        found.setdefault(device["name"], device)
        pending.extend(reversed(device["children"]))
    return list(found.values())


def path_of(device: dict[str, Any]) -> str:
    """Return ``/dev/sda1``, or ``/dev/mapper/NAME`` of a device-mapper device."""
    name = str(device["name"])
    return f"/dev/mapper/{name}" if device["type"] in ("lvm", "crypt", "mpath") else f"/dev/{name}"


def points(device: dict[str, Any]) -> list[str]:
    """Return every place where the device is mounted, ``[SWAP]`` for swap in use."""
    return device.get("mountpoints") or ([device["mountpoint"]] if device["mountpoint"] else [])


def swaps(state: dict[str, Any]) -> str:
    """Render /proc/swaps: sizes in KiB."""
    areas = [(path_of(item), item["size"]) for item in all_devices(state) if "[SWAP]" in points(item)]
    areas += [(area["path"], area["size"]) for area in state.get("swaps", [])]
    lines = ["Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"]
    for path, size in areas:
        kind = "partition" if path.startswith("/dev/") else "file"
        lines.append(f"{path:<39} {kind}\t{(size or 0) // 1024}\t\t0\t\t-2\n")
    return "".join(lines)


def mounts(state: dict[str, Any]) -> str:
    """Render /proc/mounts of the simulated disks, with the kernel's own file systems that every server has."""
    lines = [
        "sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0\n",
        "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n",
        "udev /dev devtmpfs rw,nosuid,relatime,mode=755 0 0\n",
        "tmpfs /run tmpfs rw,nosuid,nodev,noexec,relatime,mode=755 0 0\n",
    ]
    mounted = [
        (point, path_of(item), item["fstype"] or "ext4")
        for item in all_devices(state)
        for point in points(item)
        if point != "[SWAP]"
    ]
    others = [(item["target"], item["source"], item["fstype"]) for item in state.get("mounts", [])]
    for point, source, fstype in (*sorted(mounted), *others):
        lines.append(f"{source} {_escaped(point)} {fstype} rw,relatime 0 0\n")
    for name, pool in sorted(state["zpools"].items()):
        if pool["imported"] and pool["mountpoint"] not in ("none", "legacy"):
            lines.append(f"{name} {pool['mountpoint']} zfs rw,xattr,noacl 0 0\n")
    return "".join(lines)


def _escaped(point: str) -> str:
    return point.replace(" ", "\\040")


def partitions(state: dict[str, Any]) -> str:
    """Render /proc/partitions: sizes in KiB."""
    lines = ["major minor  #blocks  name\n\n"]
    for minor, device in enumerate(item for item in all_devices(state) if item["type"] in ("disk", "part")):
        lines.append(f"   8 {minor:>8} {(device['size'] or 0) // 1024:>10} {device['name']}\n")
    return "".join(lines)


def by_id_links(state: dict[str, Any]) -> dict[str, str]:
    """Return links below /dev/disk, as udev makes them: path under /dev -> target."""
    links: dict[str, str] = {}
    for disk in state["disks"]:
        parts = [child for child in disk["children"] if child["type"] == "part"]
        for name in disk["by_id"]:
            links[f"disk/by-id/{name}"] = f"../../{disk.get('kname') or disk['name']}"
            for part in parts:
                number = part["name"][len(disk["name"]) :].lstrip("p")
                links[f"disk/by-id/{name}-part{number}"] = f"../../{part['name']}"
    for device in all_devices(state):
        if device["uuid"] and device["type"] in ("disk", "part"):
            links[f"disk/by-uuid/{device['uuid']}"] = f"../../{device['name']}"
        if device["type"] in ("lvm", "crypt", "mpath") and device.get("kname"):
            links[f"mapper/{device['name']}"] = f"../{device['kname']}"
        if device.get("stack"):
            own = device.get("kname") or device["name"]
            links.update({f"disk/by-id/{name}": f"../../{own}" for name in device["by_id"]})
    return links


def rewrite(state: dict[str, Any]) -> None:
    """Rewrite the files inside a running node, in place: they are mounted over those of /proc."""
    for name, text in (("swaps", swaps(state)), ("mounts", mounts(state)), ("partitions", partitions(state))):
        with open(f"{FOLDER}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
