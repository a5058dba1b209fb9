"""``udevadm info --export-db`` recordings as sections of our collection. They hold no sizes: one is invented."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from tests.support.adapters import rows

Record = dict[str, str]
INVENTED_SIZE_BYTES = 100 * 10**9


def sections(text: str) -> dict[str, str]:
    """Return section texts by keyword name."""
    records = [found for chunk in text.split("\n\n") if (found := record(chunk))]
    disks = [item for item in records if item.get("SUBSYSTEM") == "block"]
    nics = [item for item in records if item.get("SUBSYSTEM") == "net" and "INTERFACE" in item]
    addresses = {item["INTERFACE"]: {"mac": "52:54:00:00:00:01"} for item in nics}
    link_text, own = rows.links_and_addresses(addresses)
    return {
        "lsblk_json": rows.lsblk(
            {**row(item), "size": INVENTED_SIZE_BYTES, "parents": parents(item, disks)} for item in disks
        ),
        "sysfs_block": rows.keyed(
            {name(item): {"path": folder(item)} for item in disks if item["DEVTYPE"] == "disk"}
        ),
        "ip_link": link_text,
        "ip_addr": own,
        "sysfs_net": rows.keyed({item["INTERFACE"]: _nic(item) for item in nics}),
    }


def record(text: str) -> Record:
    """Return the ``E:`` lines of one device."""
    pairs = (line[3:].partition("=") for line in text.splitlines() if line.startswith("E: "))
    return {key: value for key, _, value in pairs}


def name(item: Record) -> str:
    """Return the kernel name."""
    kname = PurePosixPath(item["DEVPATH"]).name if "DEVPATH" in item else item["DEVNAME"]
    return kname.removeprefix("/dev/").replace("!", "/")


def folder(item: Record) -> str:
    """Return where the link ``device`` of a disk leads; empty for a virtual one."""
    path = PurePosixPath(f"/sys{item.get('DEVPATH', '/devices/virtual/block/none')}")
    return "" if "virtual" in path.parts else str(path.parents[1])


def row(item: Record) -> dict[str, object]:
    """Return one device as lsblk shows it, without size and parents."""
    kname = name(item)
    part = item["DEVTYPE"] == "partition"
    rpm = item.get("ID_ATA_ROTATION_RATE_RPM")
    return {
        "name": item.get("DM_NAME", kname),
        "kname": kname,
        "type": "part" if part else _type(kname, item),
        "rota": None if rpm is None else rpm != "0",
        "fstype": item.get("ID_FS_TYPE"),
        "uuid": item.get("ID_FS_UUID"),
        "pttype": None if part else item.get("ID_PART_TABLE_TYPE"),
        "model": item.get("ID_MODEL", "").replace("_", " ") or None,
        "vendor": item.get("ID_VENDOR"),
        "serial": item.get("ID_SERIAL_SHORT"),
        "wwn": item.get("ID_WWN_WITH_EXTENSION") or item.get("ID_WWN"),
        "tran": {"ata": "sata", "usb": "usb"}.get(item.get("ID_BUS", "")),
    }


def _type(kname: str, item: Record) -> str:
    if kname.startswith("md"):
        return item.get("MD_LEVEL", "raid1")
    kinds = {"sr": "rom", "loop": "loop", "dm-": item.get("DM_UUID", "").partition("-")[0].lower()}
    return next((kind for start, kind in kinds.items() if kname.startswith(start)), "disk")


def parents(item: Record, others: Iterable[Record]) -> list[str]:
    """Return kernel names of the devices below this one, as far as udev knows."""
    if item["DEVTYPE"] == "partition":
        return [PurePosixPath(item["DEVPATH"]).parent.name]
    if item.get("DM_UUID", "").startswith("CRYPT-LUKS"):
        uuid = item["DM_UUID"].split("-")[2]
        return [name(other) for other in others if other.get("ID_FS_UUID", "").replace("-", "") == uuid]
    return [
        value.removeprefix("/dev/") for key, value in item.items() if re.fullmatch(r"MD_DEVICE_.*_DEV", key)
    ]


def links(items: Iterable[Record]) -> dict[str, str]:
    """Return kernel names by their link in ``/dev/disk/by-id``."""
    return {
        link.removeprefix("/dev/disk/by-id/"): name(item)
        for item in items
        for link in item.get("DEVLINKS", "").split()
        if link.startswith("/dev/disk/by-id/")
    }


def _nic(item: Record) -> dict[str, object]:
    return {
        "address": "52:54:00:00:00:01",
        "path": folder(item),
        "driver": item.get("ID_NET_DRIVER", ""),
        "wireless": "1" if item.get("DEVTYPE") == "wlan" else "",
    }
