"""Ohai's inventory of a laptop as sections of our collection. The recording is damaged: members are read one by one."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.support.adapters import rows

# Names that the kernel and systemd give to hardware; ohai does not tell what has some behind it.
_HARDWARE = re.compile(r"(?:em|en|eth|wl).*")
_SECTOR_BYTES = 512


def member(text: str, key: str) -> Any:
    """Return the value of ``key`` at the top of the document."""
    mark = f'\n  "{key}": '
    return json.JSONDecoder(strict=False).raw_decode(text, text.index(mark) + len(mark))[0]


def sections(text: str) -> dict[str, str]:
    """Return section texts by keyword name."""
    devices, interfaces = member(text, "block_device"), member(text, "network")["interfaces"]
    carried = {
        path.removeprefix("/dev/"): item for path, item in member(text, "filesystem")["by_device"].items()
    }
    own = {
        name: {"mac": _mac(item), "addresses": _addresses(item)}
        for name, item in interfaces.items()
        if name != "lo"
    }
    link_text, addresses = rows.links_and_addresses(own)
    return {
        "lsblk_json": rows.lsblk([*_wholes(devices), *_volumes(carried)]),
        "sysfs_block": rows.keyed(
            {name: item for name, item in devices.items() if not name.startswith("loop")}
        ),
        "ip_link": link_text,
        "ip_addr": addresses,
        "ip_route": _routes(interfaces),
        "sysfs_net": rows.keyed({name: _kernel(name, item) for name, item in interfaces.items()}),
    }


def _wholes(devices: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = {"sr": "rom", "loop": "loop", "dm-": "lvm"}
    return [
        {"name": name, "type": next((kinds[start] for start in kinds if name.startswith(start)), "disk")}
        for name in devices
    ]


def _volumes(carried: dict[str, Any]) -> list[dict[str, Any]]:
    """Return partitions and volumes; all volumes lie on the one partition that belongs to LVM."""
    below = [name for name, item in carried.items() if item.get("fs_type") == "LVM2_member"]
    found = []
    for name, item in carried.items():
        part = re.fullmatch(r"(sd[a-z]+)[0-9]+", name)
        if part or name.startswith("mapper/"):
            found.append(
                {
                    "name": name.removeprefix("mapper/"),
                    "type": "part" if part else "lvm",
                    "fstype": item.get("fs_type"),
                    "mountpoints": item["mounts"],
                    "parents": [part[1]] if part else below,
                }
            )
    return found


def _mac(item: dict[str, Any]) -> str:
    return next((key for key, value in item["addresses"].items() if value["family"] == "lladdr"), "")


def _addresses(item: dict[str, Any]) -> list[str]:
    return [
        f"{key}/{value['prefixlen']}"
        for key, value in item["addresses"].items()
        if value["family"] != "lladdr"
    ]


def _routes(interfaces: dict[str, Any]) -> str:
    return "".join(
        f"default via {route['via']} dev {name} metric {route['metric']}\n"
        for name, item in interfaces.items()
        for route in item.get("routes", [])
        if route["destination"] == "default"
    )


def _kernel(name: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "address": _mac(item),
        "mtu": item["mtu"],
        "carrier": "1" if "LOWER_UP" in item["flags"] else "0",
        "path": f"/sys/devices/pci/{name}" if _HARDWARE.fullmatch(name) else "",
        "wireless": "1" if name.startswith("wl") else "",
    }
