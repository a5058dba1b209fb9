"""Whether another machine answers at an address than the one that is known there."""

from __future__ import annotations

from nodes.facts import NodeFacts
from nodes.models import Node


def another_machine(node: Node, facts: NodeFacts) -> str:
    """A sentence for the engineer when nothing, or not the serial number, is what it was; else empty.

    An address is given to another server, or a server is repaired with another main board: a pinned host key
    does not tell where all were installed from one image. ``node`` has its disks and interfaces at hand.
    """
    if node.collected_at is None:
        return ""
    old, new = node.product_serial, facts.product.serial
    disks = {disk.wwn or disk.serial for disk in node.disks.all() if disk.present} - {""}
    ports = {nic.mac for nic in node.interfaces.all() if nic.type == "physical"} - {""}
    seen = [*facts.data_disks, *([facts.os_disk.disk] if facts.os_disk else [])]
    same_disks = disks & {name for disk in seen for name in (disk.wwn, disk.serial)}
    same_ports = ports & {nic.mac for nic in facts.networks}
    other_serial = bool(old and new and old != new)
    if not other_serial and not (disks and ports and not same_disks and not same_ports):
        return ""
    parts = [f"serial number {old} then, {new} now"] * other_serial
    parts += [f"{len(same_disks)} of {len(disks)} disks are the same"] * bool(disks)
    parts += [f"{len(same_ports)} of {len(ports)} network ports are the same"] * bool(ports)
    return (
        f"This is not the machine of the collection before ({node.collected_at:%Y-%m-%d %H:%M} UTC): "
        f"{'; '.join(parts)}. Corrections stay with the disks that they were made for: look at its disks before it "
        "is used."
    )
