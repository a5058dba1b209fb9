"""``udevadm info --export-db`` recordings as sections of our collection. They hold no sizes: one is invented."""

from __future__ import annotations

from pathlib import PurePosixPath

from tests.nodes.adapters import rows

Record = dict[str, str]
INVENTED_SIZE_BYTES = 100 * 10**9


def sections(text: str) -> dict[str, str]:
    """Section texts by keyword name."""
    records = [record for chunk in text.split("\n\n") if (record := _record(chunk))]
    disks = [record for record in records if record.get("SUBSYSTEM") == "block"]
    nics = [record for record in records if record.get("SUBSYSTEM") == "net" and "INTERFACE" in record]
    addresses = {record["INTERFACE"]: {"mac": "52:54:00:00:00:01"} for record in nics}
    links, own = rows.links_and_addresses(addresses)
    return {
        "lsblk_json": rows.lsblk(_row(record) for record in disks),
        "sysfs_block": rows.keyed(
            {_name(record): {"path": _folder(record, 2)} for record in disks if record["DEVTYPE"] == "disk"}
        ),
        "ip_link": links,
        "ip_addr": own,
        "sysfs_net": rows.keyed({record["INTERFACE"]: _nic(record) for record in nics}),
    }


def _record(chunk: str) -> Record:
    found: Record = {}
    for line in chunk.splitlines():
        if line.startswith("E: "):
            key, _, value = line[3:].partition("=")
            found[key] = value
    return found


def _name(record: Record) -> str:
    return record["DEVNAME"].removeprefix("/dev/")


def _folder(record: Record, up: int) -> str:
    path = PurePosixPath(f"/sys{record['DEVPATH']}")
    return "" if "virtual" in path.parts else str(path.parents[up - 1])


def _row(record: Record) -> dict[str, object]:
    name = _name(record)
    part = record["DEVTYPE"] == "partition"
    rpm = record.get("ID_ATA_ROTATION_RATE_RPM")
    kind = "rom" if name.startswith("sr") else "loop" if name.startswith("loop") else "disk"
    if name.startswith(("dm-", "md")):
        kind = "raid1" if name.startswith("md") else "crypt"
    return {
        "name": name,
        "kname": name,
        "type": "part" if part else kind,
        "size": INVENTED_SIZE_BYTES,
        "rota": None if rpm is None else rpm != "0",
        "fstype": record.get("ID_FS_TYPE"),
        "pttype": None if part else record.get("ID_PART_TABLE_TYPE"),
        "model": record.get("ID_MODEL", "").replace("_", " ") or None,
        "vendor": record.get("ID_VENDOR"),
        "serial": record.get("ID_SERIAL_SHORT"),
        "tran": {"ata": "sata", "usb": "usb"}.get(record.get("ID_BUS", "")),
        "parents": [PurePosixPath(record["DEVPATH"]).parent.name] if part else [],
    }


def _nic(record: Record) -> dict[str, object]:
    path = PurePosixPath(f"/sys{record['DEVPATH']}")
    return {
        "address": "52:54:00:00:00:01",
        "path": "" if "virtual" in path.parts else str(path.parents[1]),
        "driver": record.get("ID_NET_DRIVER", ""),
        "wireless": "1" if record.get("DEVTYPE") == "wlan" else "",
    }
