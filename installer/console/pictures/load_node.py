"""Load what the pictures of a node show: a fixed number of queries beside those of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from installer.console.pictures.node_disks import DiskPicture, Fate, PicturedDisk, draw_disks
from installer.console.pictures.node_ports import PicturedPort, PortPicture, draw_ports
from nodes.collection.stacks import Stacked, read_stacks
from nodes.collection.stored_output import nonce_of
from nodes.models import Collection, Disk, NetworkInterface, Node
from nodes.parsers.errors import FactsError
from nodes.services.collections import unpack
from nodes.states import NodeStatus
from zones.core.destruction import DestroyedDisk
from zones.models import Plan
from zones.services.destruction import disks_in_service, open_plan_of, plan_destroys

# More than this is not taken apart while somebody waits for a page.
MAX_PACKED_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class NodePictures:
    """The drawings of a node, and the plan that they tell of."""

    disks: DiskPicture
    ports: PortPicture
    plan: Plan | None


def node_pictures(node: Node, disks: Sequence[Disk], interfaces: Sequence[NetworkInterface]) -> NodePictures:
    """Draw the disks (the system's first, with their corrections) and interfaces of a node."""
    address = str(node.mgmt_address)
    stacks = stacks_of_node(node)
    plan = None if node.status in (NodeStatus.ACTIVE, NodeStatus.RETIRED) else open_plan_of(address)
    role = getattr(node, "role", None)
    uses: Sequence[DestroyedDisk] = ()
    if plan is not None:
        uses = plan_destroys(plan, address)
    elif role is not None and node.status == NodeStatus.ACTIVE:
        uses = disks_in_service(role, address)
    known = {use.name: use for use in uses}
    drawn = [_disk(disk, plan, known.get(disk.name)) for disk in disks]
    return NodePictures(
        disks=draw_disks([*drawn, *_other_legs(node, disks, stacks)], stacks),
        ports=draw_ports([_port(nic, node) for nic in interfaces]),
        plan=plan,
    )


def stacks_of_node(node: Node) -> tuple[Stacked, ...]:
    """Return what lies on the disks, from the collection that the node's facts come from; empty where it kept no output."""
    row = Collection.objects.filter(node=node, error="").order_by("-id").first()
    if row is None or not row.raw or len(row.raw) > MAX_PACKED_BYTES:
        return ()
    try:
        raw = unpack(row)
        return read_stacks(raw, nonce_of(raw))
    except FactsError:
        return ()


def _disk(disk: Disk, plan: Plan | None, use: DestroyedDisk | None) -> PicturedDisk:
    return PicturedDisk(
        name=disk.name,
        type=disk.effective("type"),
        size_bytes=disk.effective("size_bytes"),
        fate=_fate(disk, plan, use),
        observed_type=disk.observed_type,
        observed_size_bytes=disk.observed_size_bytes,
        observed_status=disk.observed_status,
        status=disk.effective("status"),
        model=disk.model,
        serial=disk.serial or disk.wwn,
        holds=tuple(disk.signatures) or (("?",) if disk.dirty else ()),
        reason=disk.status_reason,
        conflict=any(correction.conflict for correction in disk.corrections.all()),
        removable=disk.removable,
        plan=plan.plan_id if plan else "",
        use=str(use.becomes) if use else "",
        erased_first=bool(use and use.erased_first),
        anchor=f"disk-row-{disk.pk}",
    )


def _fate(disk: Disk, plan: Plan | None, use: DestroyedDisk | None) -> Fate:
    if disk.is_os:
        return "system"
    if use is not None:
        return "formatted" if plan else "serves"
    if disk.effective("status") == 0:
        return "excluded"
    return "spared" if plan else "free"


def _other_legs(node: Node, disks: Sequence[Disk], stacks: Sequence[Stacked]) -> list[PicturedDisk]:
    """Return the other disks of a system on several: they are listed nowhere else on the page."""
    sizes: Mapping[str, int] = {item.name: item.size_bytes for item in stacks}
    listed = {disk.name for disk in disks}
    kind = next((disk.effective("type") for disk in disks if disk.is_os), "")
    return [
        PicturedDisk(name=name, type=kind, size_bytes=sizes.get(name, 0), fate="system")
        for name in node.os_legs
        if name not in listed
    ]


def _port(nic: NetworkInterface, node: Node) -> PicturedPort:
    below = tuple(nic.slaves) or ((nic.raw_device,) if nic.raw_device else ())
    shown = f"{nic.address}/{nic.prefix}" if nic.prefix is not None else nic.address
    address = str(node.mgmt_address)
    return PicturedPort(
        name=nic.name,
        type=nic.type,
        below=below,
        addresses=tuple(nic.addresses) or ((shown,) if shown else ()),
        link=nic.link,
        speed_mbps=nic.speed_mbps,
        bond_mode=nic.bond_mode,
        vlan_id=nic.vlan_id,
        management=nic.name == node.mgmt_interface or (not node.mgmt_interface and nic.address == address),
        default_route=bool(node.default_interface) and nic.name == node.default_interface,
    )
