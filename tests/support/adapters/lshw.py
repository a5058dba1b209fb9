"""Trees of lshw (XML and JSON) as sections of our collection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from tests.support.adapters import rows

Node = dict[str, Any]


def from_xml(text: str) -> list[Node]:
    """Return every node of the tree, flat, with its settings under ``configuration``."""
    root = ElementTree.fromstring(text)
    return [
        {
            **dict(item.attrib),
            **{part.tag: part.text for part in item},
            "configuration": {
                part.get("id"): part.get("value") for part in item.iterfind("configuration/setting")
            },
        }
        for item in root.iter("node")
    ]


def from_json(text: str) -> list[Node]:
    """Return the same from the JSON of old (one object) and new versions (a list)."""
    tree = json.loads(text)
    return list(_flat(tree if isinstance(tree, list) else [tree]))


def _flat(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _flat(node.get("children", []))


def sections(nodes: list[Node]) -> dict[str, str]:
    """Return section texts by keyword name; those of disks only where a disk is listed."""
    disks = [node for node in nodes if node.get("class") == "disk" and node.get("logicalname")]
    ports = [node for node in nodes if node.get("class") == "network" and node.get("logicalname")]
    own = {"lo": {}} | {node["logicalname"]: _own(node) for node in ports}
    link_text, addresses = rows.links_and_addresses(own)
    found = {
        "ip_link": link_text,
        "ip_addr": addresses,
        "sysfs_net": rows.keyed(
            {"lo": {"address": "00:00:00:00:00:00"}} | {node["logicalname"]: _kernel(node) for node in ports}
        ),
    }
    if disks:
        found["lsblk_json"] = rows.lsblk(_row(node) for node in disks if node["id"] != "medium")
    return found


def _row(node: Node) -> Node:
    name = node["logicalname"].removeprefix("/dev/")
    return {
        "name": name,
        "type": "rom" if name.startswith("sr") else "disk",
        "size": int(node.get("size") or 0),
        "model": node.get("product"),
        "vendor": node.get("vendor"),
        "serial": node.get("serial"),
        "tran": "sata" if node.get("description") == "ATA Disk" or node.get("vendor") == "ATA" else None,
    }


def _own(node: Node) -> Node:
    address = (node.get("configuration") or {}).get("ip")
    return {"mac": node.get("serial"), "addresses": [f"{address}/24"] if address else []}


def _kernel(node: Node) -> Node:
    settings = node.get("configuration") or {}
    radio = "wireless" in settings or "wireless" in (node.get("capabilities") or {})
    return {
        "address": node.get("serial"),
        "path": f"/sys/devices/{node['businfo']}" if node.get("businfo") else "",
        "driver": settings.get("driver"),
        "carrier": {"yes": "1", "no": "0"}.get(settings.get("link", "")),
        "wireless": "1" if radio else "",
    }
