"""Detect that a different machine now answers at a node's address."""

from __future__ import annotations

from collections.abc import Sequence

from nodes.facts import NodeFacts
from nodes.matching import match
from nodes.models import Disk, NetworkInterface, Node


def another_machine(node: Node, facts: NodeFacts) -> str:
    """Return a sentence for the engineer when the serial number, or everything else, has changed; else empty.

    An address is given to another server, or a server is repaired with another main board: a pinned host key
    does not show it where all were installed from one image. ``node`` has its disks and interfaces loaded.
    """
    parts = _differences(node, list(node.disks.all()), list(node.interfaces.all()), facts)
    if not parts:
        return ""
    return (
        f"This is a different machine from the last collection ({node.collected_at:%Y-%m-%d %H:%M} UTC): "
        f"{'; '.join(parts)}. Corrections stay with the disks that they were made for: check its disks before you "
        "use it."
    )


def is_another_machine(
    node: Node, disks: Sequence[Disk], nics: Sequence[NetworkInterface], facts: NodeFacts
) -> bool:
    """Check for a different machine; ``disks`` and ``nics`` are those known of ``node``."""
    return bool(_differences(node, disks, nics, facts))


def _differences(
    node: Node, disks: Sequence[Disk], nics: Sequence[NetworkInterface], facts: NodeFacts
) -> list[str]:
    """Return what differs, in words; empty for the known machine, or when none is known."""
    if node.collected_at is None:
        return []
    old, new = node.product_serial, facts.product.serial
    known = [disk for disk in disks if disk.present and (disk.wwn or disk.serial)]
    ports = {nic.mac for nic in nics if nic.type == "physical"} - {""}
    seen = [*facts.data_disks, *([facts.os_disk.disk] if facts.os_disk else [])]
    same_ports = ports & {nic.mac for nic in facts.networks}
    other_serial = bool(old and new and old != new)
    if not other_serial and (same_ports or not ports):
        return []
    same_disks = [row for row, _ in match(known, seen, by_name=False) if row]
    if not other_serial and (same_disks or not known):
        return []
    parts = [f"serial number was {old}, is now {new}"] * other_serial
    parts += [f"{len(same_disks)} of {len(known)} disks are the same"] * bool(known)
    parts += [f"{len(same_ports)} of {len(ports)} network ports are the same"] * bool(ports)
    return parts
