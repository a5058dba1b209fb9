"""LXD's resources and networks (as MAAS collects them) as sections of our collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.support.adapters import rows

Tree = dict[str, Any]


def disks(resources: Tree) -> dict[str, str]:
    """Return the section of lsblk."""
    found: list[Tree] = []
    for item in resources["storage"]["disks"]:
        link = item.get("device_id", "")
        found.append(
            {
                "name": item["id"],
                "type": "disk",
                "size": item["size"],
                "rota": item["rpm"] != 0,
                "rm": item["removable"],
                "ro": item["read_only"],
                "model": item["model"],
                "serial": item["serial"],
                "wwn": link.removeprefix("wwn-") if link.startswith("wwn-") else None,
                "tran": {"sata": "sata", "nvme": "nvme"}.get(item["type"]),
            }
        )
        found += [
            {"name": part["id"], "type": "part", "size": part["size"], "parents": [item["id"]]}
            for part in item["partitions"]
        ]
    return {"lsblk_json": rows.lsblk(found)}


def network(networks: Tree, resources: Tree) -> dict[str, str]:
    """Return the sections of links; hardware is what a card has a port for."""
    own = {
        name: {
            "mac": item["hwaddr"],
            "addresses": [f"{own['address']}/{own['netmask']}" for own in item["addresses"]],
        }
        for name, item in networks.items()
    }
    link_text, addresses = rows.links_and_addresses(own)
    hardware = {port["id"]: (card, port) for card in _cards(resources) for port in card.get("ports", [])}
    return {
        "ip_link": link_text,
        "ip_addr": addresses,
        "sysfs_net": rows.keyed(
            {name: _kernel(item, *hardware.get(name, ({}, {}))) for name, item in networks.items()}
        ),
    }


def _cards(resources: Tree) -> Iterator[Tree]:
    for card in resources["network"]["cards"]:
        yield card
        for part in card.get("sriov", {}).get("vfs", []):
            above = " ".join(port["id"] for port in card.get("ports", []))
            yield {**part, "physfn": above}


def _kernel(item: Tree, card: Tree, port: Tree) -> Tree:
    return {
        "address": item["hwaddr"],
        "carrier": "1" if item["state"] == "up" else "0",
        "speed": port.get("link_speed"),
        "path": f"/sys/devices/pci/{card['pci_address']}" if card else "",
        "driver": card.get("driver"),
        "physfn": card.get("physfn"),
    }
