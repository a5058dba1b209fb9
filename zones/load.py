"""From the database to the frozen world that the pure core works on: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Prefetch

from nodes import clock
from nodes.collection.drives import Piece, drives_of
from nodes.collection.links import Bearer, objections
from nodes.collection.placeholders import is_filler
from nodes.facts import ClockFacts
from nodes.models import Disk, DiskCorrection, NetworkInterface, Node
from nodes.states import NodeStatus
from zones.core.rendering import SERVER_YAML
from zones.core.rendering.settings_reader import SettingsError, read_settings
from zones.core.world import BY_ID, DiskView, EipView, NicView, NodeView, PoolView, VbcView, World, ZoneView
from zones.models import EipPool, Plan, Role, VbcAssignment, VbcMember, Zone, ZoneFile
from zones.states import PLAN_OPEN


def load_world() -> World:
    """Load every zone and node as they are now, including reservations of open plans.

    A zone that never came into being (all its plans were rejected) holds nothing and blocks no one: it is left out.
    """
    roles = {role.node_id: role for role in Role.objects.select_related("zone")}
    nodes = [node_view(node, roles.get(node.pk)) for node in _nodes()]
    by_zone: dict[str, list[NodeView]] = defaultdict(list)
    for node in nodes:
        if node.zone_id:
            by_zone[node.zone_id].append(node)
    vbcs, eips, open_vms = vbc_views(), _eip_views(), _open_vms()
    server_yamls = dict(ZoneFile.objects.filter(path=SERVER_YAML).values_list("zone_id", "content"))
    zones = [
        _zone_view(
            zone,
            by_zone[zone.zone_id],
            vbcs.get(zone.pk, []),
            eips.get(zone.pk, []),
            {**zone.vms, **open_vms.get(zone.pk, {})},
            server_yamls.get(zone.pk, ""),
        )
        for zone in Zone.objects.all()
        if by_zone[zone.zone_id] or zone.pk in vbcs or zone.pk in eips or zone.pk in open_vms
    ]
    return World(zones=tuple(zones), nodes=tuple(nodes))


def with_pools(world: World, addresses: Collection[str]) -> World:
    """Return the world with the pools of those hyper-repl nodes that are in service, from their settings files."""
    serving = {
        (node.zone_id, f"settings/{node.hostname}"): node.node_id
        for node in world.nodes
        if node.address in addresses and node.status == NodeStatus.ACTIVE and node.role == "hyper-repl"
    }
    if not serving:
        return world
    rows = ZoneFile.objects.filter(zone__zone_id__in={zone for zone, _ in serving})
    texts = rows.filter(path__in=[path for _, path in serving]).values_list(
        "zone__zone_id", "path", "content"
    )
    adopted = set(Role.objects.filter(plan__kind=Plan.Kind.ADOPT).values_list("node__node_id", flat=True))
    pools = {
        node_id: _pool(text, made_here=node_id not in adopted)
        for zone, path, text in texts
        if (node_id := serving.get((zone, path)))
    }

    def filled(node: NodeView) -> NodeView:
        pool = pools.get(node.node_id)
        return replace(node, pool=pool) if pool else node

    return replace(
        world,
        nodes=tuple(map(filled, world.nodes)),
        zones=tuple(replace(zone, nodes=tuple(map(filled, zone.nodes))) for zone in world.zones),
    )


def _pool(settings: str, *, made_here: bool) -> PoolView | None:
    try:
        values = read_settings(settings)
    except SettingsError:
        return None
    layout, reason, disks = (values.get(key, "") for key in ("vpool_layout", "vpool_reason", "data_disks"))
    return PoolView(layout, reason, tuple(disks.split()), made_here) if layout else None


def planned_nodes(roles: Mapping[str, Mapping[str, Any]]) -> list[NodeView]:
    """Load the nodes of a plan with its roles: of each only disks and the name of the management interface.

    Enough to tell what would be formatted, in three queries of plain values: a plan of thousands of nodes is
    compared with its machines each time it is viewed. ``roles`` is the plan's, by management address.
    """
    rows = Node.objects.filter(mgmt_address__in=roles).values_list(
        "pk", "node_id", "mgmt_address", "hostname", "status", "host_key_fingerprint", "mgmt_interface"
    )
    nodes = {row[0]: row[1:] for row in rows.order_by("mgmt_address")}
    disks = _data_disks(list(nodes))
    found = []
    for pk, (node_id, address, hostname, status, host_key, interface) in nodes.items():
        given = roles[str(address)]
        found.append(
            NodeView(
                node_id=node_id,
                address=str(address),
                hostname=hostname,
                status=status,
                role=given["role"],
                sub_roles=tuple(given["sub_roles"]),
                host_key_fingerprint=host_key,
                mgmt_interface=interface,
                data_disks=tuple(disks.get(pk, ())),
            )
        )
    return found


def drives_by_reference(roles: Mapping[str, Mapping[str, Any]], address: str) -> dict[str, str]:
    """Return the drive of each data disk of one planned node, by the disk's name in its settings file."""
    nodes = planned_nodes({address: roles[address]}) if address in roles else []
    return {disk.reference: disk.drive for node in nodes for disk in node.data_disks}


def _data_disks(node_pks: list[int]) -> dict[int, list[DiskView]]:
    """Return data disks with their effective values, by the primary key of their node, in the order of collection."""
    corrected: dict[int, dict[str, Any]] = defaultdict(dict)
    rows = DiskCorrection.objects.filter(disk__node__in=node_pks)
    for disk_pk, field, value in rows.values_list("disk_id", "field", "value"):
        corrected[disk_pk][field] = value
    found: dict[int, list[DiskView]] = defaultdict(list)
    names = ("by_id", "wwn", "serial", "model", "rotational", "zoned")
    seen = ("observed_type", "observed_size_bytes", "observed_status")
    pieces: dict[int, list[Piece]] = defaultdict(list)
    disks = Disk.objects.filter(node__in=node_pks, present=True, is_os=False)
    for (
        node_pk,
        pk,
        name,
        kind,
        size,
        status,
        holds,
        drive,
        transport,
        guess,
        reason,
        *more,
    ) in disks.values_list(
        *("node_id", "pk", "name", *seen, "signatures"),
        *("drive", "transport", "rotational_guess", "status_reason", *names),
    ):
        own = corrected.get(pk, {})
        disk = DiskView(
            name=name,
            type=own.get("type", kind),
            size_bytes=own.get("size_bytes", size),
            status=own.get("status", status),
            measured_bytes=size,
            holds=tuple(holds),
            **dict(zip(names, more, strict=True)),
        )
        found[node_pk].append(disk)
        pieces[node_pk].append(
            Piece(drive, kind, transport, disk.serial, disk.model, size, guess, reason, disk.wwn)
        )
    return {node_pk: _beside_each_other(views, pieces[node_pk]) for node_pk, views in found.items()}


def _beside_each_other(views: list[DiskView], pieces: list[Piece]) -> list[DiskView]:
    """Return the disks of one node with what only a comparison shows: their drives, and which links may move."""
    bearers = [
        Bearer(
            (view.name,),
            (view.reference.removeprefix(BY_ID),) if view.reference.startswith(BY_ID) else (),
            view.serial,
            view.model,
            view.wwn,
        )
        for view in views
    ]
    judged = zip(views, drives_of(pieces), objections(bearers), strict=True)
    return [replace(view, drive=drive, doubt=doubt or _filler(view)) for view, drive, doubt in judged]


def _filler(view: DiskView) -> str:
    by_serial = view.reference == f"serial:{view.serial}"
    return "the serial number is a filler" if by_serial and is_filler(view.serial) else ""


def _nodes() -> Any:
    return Node.objects.prefetch_related(
        Prefetch("disks", Disk.objects.filter(present=True).prefetch_related("corrections")), "interfaces"
    )


def node_view(node: Node, role: Role | None) -> NodeView:
    """Return one node with effective disk values; ``disks`` and ``interfaces`` should be prefetched."""
    disks = list(node.disks.all())
    views = dict(zip(disks, _disk_views(disks), strict=True))
    os_disk = next((disk for disk in disks if disk.is_os), None)
    return NodeView(
        node_id=node.node_id,
        address=str(node.mgmt_address),
        hostname=node.hostname,
        status=node.status,
        zone_id=role.zone.zone_id if role else None,
        role=role.role if role else None,
        sub_roles=tuple(role.sub_roles) if role else (),
        cpu_arch=node.cpu_arch,
        cpu_cores=node.cpu_cores,
        memory_bytes=node.memory_bytes,
        os_name=node.os_name,
        os_version=node.os_version,
        host_key_fingerprint=node.host_key_fingerprint,
        qemu_version=node.qemu_version,
        os_disk=views[os_disk] if os_disk else None,
        data_disks=tuple(view for disk, view in views.items() if not disk.is_os),
        nics=tuple(_nic_view(nic) for nic in node.interfaces.all()),
        mgmt_interface=node.mgmt_interface,
        default_interface=node.default_interface,
        default_gateway=node.default_gateway,
        **_clock(node.clock),
    )


def _disk_views(disks: list[Disk]) -> list[DiskView]:
    """Return all disks of one node."""
    pieces = [
        Piece(
            disk.drive,
            disk.observed_type,
            disk.transport,
            disk.serial,
            disk.model,
            disk.observed_size_bytes,
            disk.rotational_guess,
            disk.status_reason,
            disk.wwn,
        )
        for disk in disks
    ]
    return _beside_each_other([_disk_view(disk) for disk in disks], pieces)


def _clock(known: ClockFacts | None) -> dict[str, Any]:
    if known is None:
        return {}
    words = clock.describe(known.offset_ms, known.uncertainty_ms)
    return {
        "clock_wrong": clock.level(known.offset_ms, known.uncertainty_ms),
        "clock_words": f"{words} (measured {known.measured_at:%Y-%m-%d %H:%M} UTC)",
    }


def _disk_view(disk: Disk) -> DiskView:
    return DiskView(
        name=disk.name,
        type=disk.effective("type"),
        size_bytes=disk.effective("size_bytes"),
        measured_bytes=disk.observed_size_bytes,
        by_id=disk.by_id,
        wwn=disk.wwn,
        serial=disk.serial,
        model=disk.model,
        status=disk.effective("status"),
        rotational=disk.rotational,
        holds=tuple(disk.signatures),
        zoned=disk.zoned,
    )


def _nic_view(nic: NetworkInterface) -> NicView:
    return NicView(
        name=nic.name,
        mac=nic.mac,
        type=nic.type,
        address=nic.address,
        prefix=nic.prefix,
        gateway=nic.gateway,
        bond_mode=nic.bond_mode,
        slaves=tuple(nic.slaves),
        vlan_id=nic.vlan_id,
        raw_device=nic.raw_device,
        addresses=tuple(nic.addresses),
    )


def vbc_views(zone: Zone | None = None) -> dict[int, list[VbcView]]:
    """Return VBCs by the primary key of their zone."""
    members: dict[int, list[str]] = defaultdict(list)
    for vbc_pk, address in VbcMember.objects.order_by("pk").values_list("vbc_id", "node__mgmt_address"):
        members[vbc_pk].append(str(address))
    found: dict[int, list[VbcView]] = defaultdict(list)
    rows = VbcAssignment.objects.select_related("master", "ipv6_master").order_by("pk")
    for row in rows.filter(zone=zone) if zone else rows:
        found[row.zone_id].append(_vbc_view(row, tuple(members[row.pk])))
    return found


def _vbc_view(row: VbcAssignment, members: tuple[str, ...]) -> VbcView:
    master = str(row.master.mgmt_address)
    ipv6_master = str(row.ipv6_master.mgmt_address) if row.ipv6_master else master
    return VbcView(
        members=members,
        ipv4_network=row.ipv4_network or "",
        ipv4_vip=row.ipv4_vip or "",
        ipv4_master=master if row.ipv4_network else "",
        ipv6_network=row.ipv6_network or "",
        ipv6_vip=row.ipv6_vip or "",
        ipv6_master=ipv6_master if row.ipv6_network else "",
    )


def _eip_views() -> dict[int, list[EipView]]:
    found: dict[int, list[EipView]] = defaultdict(list)
    for row in EipPool.objects.select_related("vg").order_by("pk"):
        found[row.zone_id].append(
            EipView(
                vg_address=str(row.vg.mgmt_address),
                network=row.network,
                gateway=row.gateway,
                ha_group=row.ha_group,
            )
        )
    return found


def _zone_view(
    zone: Zone,
    nodes: list[NodeView],
    vbcs: list[VbcView],
    eips: list[EipView],
    vms: dict[str, list[str]],
    server_yaml: str,
) -> ZoneView:
    return ZoneView(
        zone_id=zone.zone_id,
        region_id=zone.region_id,
        deploy_mode=zone.deploy_mode,
        network_mode=zone.network_mode,
        is_global=zone.is_global,
        variables=zone.variables,
        qemu_version=zone.qemu_version,
        emulators=zone.emulators,
        has_active_nodes=any(node.status == "active" for node in nodes),
        configured=bool(nodes),
        nodes=tuple(nodes),
        vbcs=tuple(vbcs),
        eips=tuple(eips),
        vms={role: tuple(addresses) for role, addresses in vms.items()},
        server_yaml=server_yaml,
    )


def _open_vms() -> dict[int, dict[str, list[str]]]:
    """Return addresses of management VMs that an open plan reserves for its zone, by the zone's primary key."""
    return dict(Plan.objects.filter(status__in=PLAN_OPEN).values_list("zone_id", "vms"))
