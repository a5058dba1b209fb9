"""Drives and volumes listed by RAID and NVMe tools, as sections of our collection."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from nodes.parsers.text import colon_fields, size_bytes
from tests.support.adapters import rows


def megaraid_volumes(text: str) -> dict[str, str]:
    """Return the volumes of ``MegaCli -LDInfo`` or ``-ShowSummary``, as the kernel shows them."""
    told = [size_bytes("megacli", value) for key, value in colon_fields(_volume_part(text)) if key == "Size"]
    names = [f"sd{chr(ord('a') + number)}" for number in range(len(told))]
    return {
        "lsblk_json": rows.lsblk(
            {
                "name": name,
                "type": "disk",
                "size": size,
                "rota": True,
                "vendor": "DELL",
                "model": "PERC H730P Mini",
                "hctl": f"0:2:{number}:0",
            }
            for number, (name, size) in enumerate(zip(names, told, strict=True))
        ),
        "sysfs_block": rows.keyed({name: {"host_driver": "megaraid_sas"} for name in names}),
    }


def _volume_part(text: str) -> str:
    return text.partition("Virtual Drives")[2] or text


def megaraid_drives(text: str) -> list[int]:
    """Return the bytes of each drive of ``MegaCli -PDList``."""
    return [int(sectors, 16) * 512 for sectors in re.findall(r"Raw Size: .*\[0x([0-9a-f]+) Sectors\]", text)]


def nvme_namespaces(text: str) -> dict[str, str]:
    """Return the namespaces of ``nvme list -v -o json``."""
    found = [
        {
            "name": space["NameSpace"],
            "type": "disk",
            "size": space["PhysicalSize"],
            "rota": False,
            "model": controller["ModelNumber"],
            "serial": controller["SerialNumber"],
            "tran": "nvme",
        }
        for device in json.loads(text)["Devices"]
        for system in device.get("Subsystems", [device])
        for controller in system.get("Controllers", [])
        for space in controller["Namespaces"]
    ]
    return {"lsblk_json": rows.lsblk(found)}


def cardiff(text: str) -> dict[str, str]:
    """Read the tuples of eDeploy; what hpacucli calls ``1I:1:1`` is a drive, which the kernel does not show."""
    tree: dict[str, dict[str, dict[str, Any]]] = {}
    for kind, name, key, value in ast.literal_eval(text):
        tree.setdefault(kind, {}).setdefault(name, {})[key] = value
    volumes = {name: item for name, item in tree["disk"].items() if re.fullmatch("sd[a-z]+", name)}
    ports = {
        name: {
            "mac": item["serial"],
            "addresses": [f"{item['ipv4']}/{item['ipv4-cidr']}"] if "ipv4" in item else [],
        }
        for name, item in tree["network"].items()
    }
    link_text, addresses = rows.links_and_addresses(ports)
    product = tree["system"]["product"]
    return {
        "lsblk_json": rows.lsblk(
            {"name": name, "type": "disk", "size": int(item["size"]) * 10**9, "rota": True, **_words(item)}
            for name, item in volumes.items()
        ),
        "ip_link": link_text,
        "ip_addr": addresses,
        "sysfs_net": rows.keyed({name: _kernel(item) for name, item in tree["network"].items()}),
        "dmidecode": "",
        "dmi_id": f"sys_vendor={product['vendor']}\nproduct_name={product['name']}\nproduct_serial={product['serial']}\n",
    }


def _words(item: dict[str, Any]) -> dict[str, Any]:
    return {"vendor": item["vendor"], "model": item["model"]}


def _kernel(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "address": item["serial"],
        "path": f"/sys/devices/{item['businfo']}",
        "driver": item["driver"],
        "carrier": "1" if item["link"] == "yes" else "0",
    }
