"""Recordings of probert (the installer's prober) as sections of our collection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from tests.support.adapters import rows

Recording = Mapping[str, Any]


def sections(recording: Recording, moved: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return section texts by keyword name; ``moved`` renames mount targets (an installer's ``/target`` to ``/``)."""
    storage = recording.get("storage", recording)
    mounts = [
        {**item, "target": (moved or {}).get(item["target"], item["target"])}
        for item in _flat(storage.get("mount", []))
        if item["target"] not in (moved or {}).values()
    ]
    found = {
        "lsblk_json": rows.lsblk(_row(storage, path, mounts) for path in storage["blockdev"]),
        "sysfs_block": rows.keyed(
            {_kname(path): _kernel(item) for path, item in storage["blockdev"].items()}
        ),
        "by_id": rows.by_id(_links(storage)),
    }
    if mounts:
        found["mounts"] = "".join(
            f"{item['source']} {item['target']} {item['fstype']} rw 0 0\n".replace("[", " [").replace(
                " [", "["
            )
            for item in mounts
        )
    pools = storage.get("zfs", {}).get("zpools", {})
    if pools:
        found["zpool"] = "".join(_pool(name, item) for name, item in pools.items())
    if "network" in recording:
        found.update(_network(recording["network"]["links"]))
    return found


def _flat(mounts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in mounts:
        yield item
        yield from _flat(item.get("children", []))


def _kname(path: str) -> str:
    return path.removeprefix("/dev/")


def _row(storage: Recording, path: str, mounts: list[dict[str, Any]]) -> dict[str, Any]:
    item = storage["blockdev"][path]
    names = {path, *item.get("DEVLINKS", "").split()}
    points = [mount["target"] for mount in mounts if mount["source"] in names]
    return {
        "name": item.get("DM_NAME") or _kname(path),
        "kname": _kname(path),
        "type": _type(path, item),
        "size": item["attrs"].get("size"),
        "rota": item["attrs"].get("queue/rotational"),
        "rm": item["attrs"].get("removable"),
        "ro": item["attrs"].get("ro"),
        "fstype": item.get("ID_FS_TYPE"),
        "label": item.get("ID_FS_LABEL"),
        "uuid": item.get("ID_FS_UUID"),
        "pttype": item.get("ID_PART_TABLE_TYPE") if item["DEVTYPE"] == "disk" else None,
        "model": (item.get("ID_MODEL") or "").replace("_", " ") or None,
        "vendor": item.get("ID_VENDOR"),
        "serial": item.get("ID_SERIAL_SHORT") or item.get("ID_SERIAL"),
        "wwn": item.get("ID_WWN_WITH_EXTENSION") or item.get("ID_WWN"),
        "tran": {"ata": "sata", "usb": "usb"}.get(item.get("ID_BUS", "")),
        "mountpoints": points,
        "parents": [_kname(parent) for parent in _parents(storage, path, item)],
    }


def _type(path: str, item: Mapping[str, Any]) -> str:
    if item["DEVTYPE"] == "partition" or item.get("DM_UUID", "").startswith("part"):
        return "part"
    if item.get("MD_LEVEL"):
        return str(item["MD_LEVEL"])
    uuid = item.get("DM_UUID", "")
    for prefix, word in (("LVM-", "lvm"), ("CRYPT-", "crypt"), ("mpath-", "mpath")):
        if uuid.startswith(prefix):
            return word
    name = _kname(path)
    return "rom" if name.startswith("sr") else "loop" if name.startswith("loop") else "disk"


def _parents(storage: Recording, path: str, item: Mapping[str, Any]) -> list[str]:
    uuid = item.get("DM_UUID", "")
    if item["DEVTYPE"] == "partition":
        return [f"/dev/{PurePosixPath(item['DEVPATH']).parent.name}"]
    if path in storage.get("raid", {}):
        array = storage["raid"][path]
        return [*array["devices"], *array.get("spare_devices", [])]
    if uuid.startswith("LVM-"):
        return list(storage.get("lvm", {}).get("physical_volumes", {}).get(item["DM_VG_NAME"], []))
    if uuid.startswith("CRYPT-"):
        return [f"/dev/{storage['dmcrypt'][item['DM_NAME']]['blkdevs_used']}"]
    if uuid.startswith("mpath-"):
        return [
            f"/dev/{leg['device']}"
            for leg in storage["multipath"]["paths"]
            if leg["multipath"] == item["DM_NAME"]
        ]
    if uuid.startswith("part"):
        whole = re.sub(r"^part[0-9]+-", "", uuid)
        return [other for other, values in storage["blockdev"].items() if values.get("DM_UUID") == whole]
    if _kname(path).startswith("bcache"):
        halves = (*storage["bcache"]["backing"].values(), *storage["bcache"]["caching"].values())
        return [half["blockdev"] for half in halves]
    return []


def _kernel(item: Mapping[str, Any]) -> dict[str, Any]:
    path = PurePosixPath(f"/sys{item['DEVPATH']}")
    hardware = "virtual" not in path.parts and item["DEVTYPE"] == "disk"
    return {"path": path.parent.parent if hardware else "", "dm_uuid": item.get("DM_UUID")}


def _links(storage: Recording) -> dict[str, str]:
    found = {}
    for path, item in storage["blockdev"].items():
        for link in item.get("DEVLINKS", "").split():
            if link.startswith("/dev/disk/by-id/"):
                found[link.removeprefix("/dev/disk/by-id/")] = _kname(path)
    return found


def _pool(name: str, pool: Mapping[str, Any]) -> str:
    tree = pool["zdb"]["vdev_tree"]
    legs = [tree[key]["path"] for key in tree if key.startswith("children")]
    lines = "".join(f"\t  {leg}  ONLINE 0 0 0\n" for leg in legs)
    return f"  pool: {name}\n state: ONLINE\nconfig:\n\n\tNAME  STATE\n\t{name}  ONLINE 0 0 0\n{lines}\nerrors: none\n"


def _network(links: list[dict[str, Any]]) -> dict[str, str]:
    nics, kernel = {}, {}
    for link in links:
        data = link["udev_data"]
        name = data["INTERFACE"]
        attrs = data["attrs"]
        virtual = data["DEVPATH"].startswith("/devices/virtual")
        nics[name] = {
            "mac": attrs.get("address"),
            "addresses": [item["address"] for item in link["addresses"]],
        }
        kernel[name] = {
            "address": attrs.get("address"),
            "carrier": attrs.get("carrier"),
            "speed": attrs.get("speed"),
            "path": "" if virtual else f"/sys{PurePosixPath(data['DEVPATH']).parent.parent}",
        }
    link_text, address_text = rows.links_and_addresses(nics)
    return {"ip_link": link_text, "ip_addr": address_text, "sysfs_net": rows.keyed(kernel)}
