"""Expands the short disk entries of a profile to the full ones in the state of a node.

A state entry has the fields that lsblk(8) shows, sizes in bytes, and ``children`` for partitions.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

from lab.shims import devices

MIB = 1024 * 1024
EFI_BYTES = 512 * MIB
ESP_TYPE = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
LINUX_TYPE = "0fc63daf-8483-4772-8e79-3d69d8477de4"
SWAP_TYPE = "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"

_BARE_WWN = re.compile(r"[0-9a-fA-F]{16,32}")
_BLANK = {
    "fstype": None,
    "label": None,
    "uuid": None,
    "pttype": None,
    "ptuuid": None,
    "parttype": None,
    "partuuid": None,
    "mountpoint": None,
}


def expand(spec: dict[str, Any], seed: str) -> dict[str, Any]:
    """Build the state entry of one disk; ``seed`` (the node's address) makes its UUIDs repeatable."""
    disk: dict[str, Any] = {
        **_BLANK,
        "tran": None,
        "rm": False,
        "ro": False,
        "rota": True,
        "serial": None,
        "wwn": None,
        "hctl": None,
        "logical": 512,
        "physical": 4096,
        "driver": "",
        "children": [],
        "type": "disk",
        **{key: value for key, value in spec.items() if key not in ("os", "root", "swap", "rest")},
    }
    disk["wwn"] = world_wide_name(disk["wwn"])
    disk["by_id"] = spec["by_id"] if "by_id" in spec else by_id_names(disk)
    if spec.get("os"):
        _system_partitions(disk, spec, seed)
    disk["children"] = [{**_BLANK, "type": "part", "children": [], **child} for child in disk["children"]]
    return disk


def expand_all(facts: dict[str, Any], seed: str) -> list[dict[str, Any]]:
    """Build the state entries of all disks of a machine, with its ``stacks`` below every device that each lies on."""
    untold: dict[str, Any] = {key: [] if key == "by_id" else None for key in facts.get("untold", [])}
    found = [expand({**untold, **spec}, seed) for spec in facts["disks"]]
    known = {devices.kname(device): device for device, _ in devices.walk({"disks": found})}
    for spec in facts.get("stacks", []):
        device: dict[str, Any] = {**_BLANK, "children": [], "by_id": [], "stack": True, **spec}
        for below in device.pop("lies_on"):
            known[below]["children"].append(device)
        known[devices.kname(device)] = device
    return found


def world_wide_name(told: str | None) -> str | None:
    """Return the name as lsblk shows it: a description may leave out the ``0x``."""
    return f"0x{told}" if told and _BARE_WWN.fullmatch(told) else told


def by_id_names(disk: dict[str, Any]) -> list[str]:
    """Return the links that udev makes in /dev/disk/by-id for this disk (60-persistent-storage.rules)."""
    model = str(disk.get("model") or "").replace(" ", "_")
    serial, wwn, tran = disk.get("serial"), disk.get("wwn"), disk.get("tran")
    names: list[str] = []
    if str(disk["name"]).startswith("nvme"):
        # Each namespace of a drive claims the first name, and the last one gets it.
        names += [f"nvme-{model}_{serial}", f"nvme-{model}_{serial}_{nsid(str(disk['name']))}"]
        return [*names, f"nvme-{wwn}"] if wwn else names
    if str(disk["name"]).startswith("vd"):
        return [f"virtio-{serial}"] if serial else []
    if tran == "usb":
        vendor = str(disk.get("vendor") or "").replace(" ", "_")
        return [f"usb-{vendor}_{model}_{serial}-0:0"]
    if tran == "sata":
        names.append(f"ata-{model}_{serial}")
    elif wwn:
        names.append(f"scsi-3{wwn.removeprefix('0x')}")
        if tran == "sas":
            # From sg3-utils; both logical units of a drive claim it.
            names.append(f"scsi-S{str(disk.get('vendor') or '').strip()}_{model}_{serial}")
    return [*names, f"wwn-{wwn}"] if wwn else names


def nsid(name: str) -> int:
    """Parse the number of an NVMe namespace from its name."""
    return int(name.rpartition("n")[2])


def partition_name(disk: str, number: int) -> str:
    """Return ``sda1``, or ``nvme0n1p1`` when the disk's name ends in a digit."""
    return f"{disk}p{number}" if disk[-1].isdigit() else f"{disk}{number}"


def stable_uuid(seed: str) -> str:
    """Derive a UUID from ``seed`` only."""
    return str(uuid.UUID(bytes=hashlib.sha256(seed.encode()).digest()[:16], version=4))


def _system_partitions(disk: dict[str, Any], spec: dict[str, Any], seed: str) -> None:
    disk["pttype"] = "gpt"
    disk["ptuuid"] = stable_uuid(f"{seed}/{disk['name']}/table")
    wanted: list[tuple[int, str, str, str | None]] = [(EFI_BYTES, "vfat", ESP_TYPE, "/boot/efi")]
    wanted.append((int(spec["root"]), "ext4", LINUX_TYPE, "/"))
    if spec.get("swap"):
        wanted.append((int(spec["swap"]), "swap", SWAP_TYPE, "[SWAP]"))
    if spec.get("rest"):
        used = sum(size for size, *_ in wanted)
        wanted.append((int(spec["size"]) - used - 2 * MIB, "ext4", LINUX_TYPE, None))
    start = 2048
    for number, (size, fstype, parttype, mountpoint) in enumerate(wanted, 1):
        name = partition_name(disk["name"], number)
        identity = f"{seed}/{name}"
        disk["children"].append(
            {
                "name": name,
                "size": size,
                "start": start,
                "fstype": fstype,
                "uuid": stable_uuid(identity + "/fs"),
                "partuuid": stable_uuid(identity + "/part"),
                "parttype": parttype,
                "mountpoint": mountpoint,
                "pttype": "gpt",
                "ptuuid": disk["ptuuid"],
            }
        )
        start += size // 512
