"""The output of smartctl on one drive (``-j``, or text) as a row of lsblk."""

from __future__ import annotations

import json
import re
from typing import Any

from nodes.parsers.text import colon_fields

Row = dict[str, Any]


def from_json(text: str) -> Row:
    """Return a row of lsblk; an NVMe controller stands for its first namespace."""
    told = json.loads(text)
    device = told["device"]
    nvme = device["protocol"] == "NVMe"
    name = device["name"].removeprefix("/dev/")
    parallel = told.get("scsi_transport_protocol", {}).get("name", "")
    return {
        "name": f"{name}n1" if re.fullmatch(r"nvme[0-9]+", name) else name,
        "type": "disk",
        "size": told.get("user_capacity", {}).get("bytes") or told.get("nvme_total_capacity"),
        "rota": None if nvme else told["rotation_rate"] != 0,
        "vendor": told.get("scsi_vendor")
        or told.get("vendor")
        or ("ATA" if device["protocol"] == "ATA" else None),
        "model": told.get("scsi_product") or told.get("product") or told.get("model_name"),
        "serial": told.get("serial_number"),
        "tran": {"ATA": "sata", "NVMe": "nvme"}.get(device["protocol"], "sas" if "SAS" in parallel else None),
    }


def from_text(name: str, text: str) -> Row:
    """Return the same from the text output, which does not name the device."""
    told: dict[str, str] = {}
    for key, value in colon_fields(text):
        told.setdefault(key, value)
    size = told.get("User Capacity") or told["Namespace 1 Size/Capacity"]
    return {
        "name": name,
        "type": "disk",
        "size": int(size.partition(" ")[0].replace(",", "")),
        "vendor": told.get("Vendor"),
        "model": told.get("Device Model") or told.get("Product") or told["Model Number"],
        "serial": told.get("Serial Number") or told.get("Serial number"),
        "tran": {"SAS": "sas"}.get(
            told.get("Transport protocol", ""), "sata" if "ATA Version is" in told else "nvme"
        ),
    }
