"""What the installation of a plan destroys: every disk that it formats, what is on it, and what it becomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.wording import _, translated, worded
from zones.core.data_disks import used_disks
from zones.core.world import NodeView

# The words of zpool-create(8) that begin a group of disks.
_GROUPS = ("mirror", "raidz")
# Their disks carry what the platform wrote: a repeated component recognises its own work and formats nothing.
_IN_SERVICE = ("active", "retired")


@dataclass(frozen=True, slots=True)
class DestroyedDisk:
    """One disk that is formatted. ``node`` is the management address, ``holds`` what the last collection found.

    ``use`` is what it becomes without the names of the others: ``ZFS pool vpool, mirror``. ``erased_first``: the plan
    says that what it holds is erased before it is formatted.
    """

    node: str
    hostname: str
    name: str
    model: str
    serial: str
    size_bytes: int
    holds: tuple[str, ...]
    becomes: str
    use: str
    erased_first: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON shape of a plan's ``destroys``."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "use"}


def destroyed(
    nodes: Iterable[NodeView], settings: Mapping[str, Mapping[str, str]]
) -> tuple[DestroyedDisk, ...]:
    """Return the disks that installing ``nodes`` formats, by node and in the order of its disks.

    ``settings``: the values of each node's settings file, by management address, as they will be installed. A node that
    is already in service is skipped: its disks are not formatted again. Where a node's settings are missing or
    unreadable, every disk that its role uses counts as formatted.
    """
    found = []
    for node in nodes:
        values = settings.get(node.address)
        if node.status in _IN_SERVICE:
            continue
        if values is None:
            formatted = worded(_("formatted ({role})"), {"role": node.role})
            values = {}
            uses = {disk.reference: (formatted, formatted) for disk in used_disks(node.role or "", node)}
        else:
            uses = _uses(values, node)
        erased = values.get("erase_disks", "").split()
        found += [
            DestroyedDisk(
                node=node.address,
                hostname=node.hostname,
                name=disk.name,
                model=disk.model,
                serial=disk.serial,
                size_bytes=disk.size_bytes,
                holds=disk.holds,
                becomes=uses[disk.reference][0],
                use=uses[disk.reference][1],
                erased_first=disk.reference in erased,
            )
            for disk in node.data_disks
            if disk.reference in uses
        ]
    return tuple(found)


def _uses(values: Mapping[str, str], node: NodeView) -> dict[str, tuple[str, str]]:
    """Return what each disk becomes, with and without the names of others, by its name in the settings file."""
    uses = _pool(values.get("vpool_vdevs", "").split(), node)
    peer = values.get("pair_hostname", "")
    for number, disk in enumerate(values.get("drbd_disks", "").split()):
        params = {"number": number, "peer": peer}
        alone = worded(_("DRBD volume {number}, not mirrored yet"), params)
        paired = worded(_("DRBD volume {number}, mirrored with {peer}"), params)
        uses[disk] = (paired, worded(_("DRBD volume {number}, mirrored"), params)) if peer else (alone, alone)
    for disk in values.get("cache_disk", "").split():
        cache = translated(_("cache of the DRBD volumes"))
        uses[disk] = cache, cache
    for disk in values.get("pitrix_disk", "").split():
        uses[disk] = "/pitrix (ext4)", "/pitrix (ext4)"
    return uses


def _pool(words: Iterable[str], node: NodeView) -> dict[str, tuple[str, str]]:
    names = {disk.reference: disk.name for disk in node.data_disks}
    groups: list[tuple[str, list[str]]] = []
    for word in words:
        if word in _GROUPS:
            groups.append((word, []))
        elif groups:
            groups[-1][1].append(word)
        else:
            groups.append(("stripe", [word]))
    uses = {}
    for kind, disks in groups:
        use = worded(_("ZFS pool vpool, {kind}"), {"kind": kind})
        for disk in disks:
            others = [names.get(other, other) for other in disks if other != disk]
            params = {"kind": kind, "others": others}
            uses[disk] = worded(_("ZFS pool vpool, {kind} with {others}"), params) if others else use, use
    return uses


def odd_first(disks: Iterable[DestroyedDisk]) -> tuple[DestroyedDisk, ...]:
    """Return the disks in the order in which a reviewer must see them.

    Nodes with a disk that holds something come first, then those that differ from the others (by models, sizes and
    uses), then the rest by host name; the disks of a node stay together.
    """
    by_node: dict[str, list[DestroyedDisk]] = {}
    for disk in disks:
        by_node.setdefault(disk.node, []).append(disk)
    kinds = {
        node: tuple((disk.model, disk.size_bytes, disk.use) for disk in found)
        for node, found in by_node.items()
    }
    alike = Counter(kinds.values())

    def rank(node: str) -> tuple[bool, int, str]:
        return not any(disk.holds for disk in by_node[node]), alike[kinds[node]], by_node[node][0].hostname

    return tuple(disk for node in sorted(by_node, key=rank) for disk in by_node[node])


def sentence(disks: Sequence[DestroyedDisk]) -> str:
    """Return all of it in one sentence; uses that few nodes have are listed with those nodes."""
    if not disks:
        return translated(_("No disk is formatted."))
    uses: dict[str, dict[str, int]] = {}
    for disk in disks:
        nodes = uses.setdefault(disk.use, {})
        nodes[disk.hostname] = nodes.get(disk.hostname, 0) + 1
    ordered = sorted(uses.items(), key=lambda item: -len(item[1]))
    parts = []
    for number, (use, nodes) in enumerate(ordered):
        named = ", ".join(sorted(nodes)[:4]) + (", …" if len(nodes) > 4 else "")
        parts.append(f"{len(nodes)}x {use}{f' ({named})' if number else ''}")
    full = sum(bool(disk.holds) for disk in disks)
    return worded(
        _(
            "{disks:disk|disks} of {nodes:node|nodes}; {full:of them holds|of them hold} data that is lost. By node: {uses}."
        )
        if full
        else _("{disks:disk|disks} of {nodes:node|nodes}; no known data on them. By node: {uses}."),
        {"disks": len(disks), "nodes": len({disk.node for disk in disks}), "full": full, "uses": parts},
    )
