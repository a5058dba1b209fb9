"""Load the frozen world that the pure core works on: a fixed number of queries, rows of plain values.

Nodes that a file names are read completely; of all others only what may conflict with them: their place, and the
addresses of their interfaces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import F, Q, QuerySet

from common.compiled_query import Given
from common.readings import KnownQuery, Readings
from common.wording import _
from nodes import clock
from nodes.collection.drives import Piece, drives_of
from nodes.collection.links import Bearer, objections
from nodes.collection.placeholders import is_filler
from nodes.models import Disk, DiskCorrection, NetworkInterface, Node
from nodes.states import NodeStatus
from zones.core.rendering import SERVER_YAML
from zones.core.rendering.settings_reader import SettingsError, read_settings
from zones.core.world import (
    BY_ID,
    HYPER_ROLES,
    DiskView,
    EipView,
    KnownNode,
    NicView,
    NodeView,
    PoolView,
    VbcView,
    World,
    ZoneView,
    whole,
)
from zones.models import EipPool, Plan, Role, VbcAssignment, VbcMember, Zone, ZoneFile
from zones.states import PLAN_OPEN

Row = Sequence[Any]


def load_world(named: Collection[str], readings: Readings, zone: Zone | None = None) -> World:
    """Load every zone and node as they are now, including reservations of open plans.

    A zone that never came into being (all its plans were rejected) holds nothing and blocks no one: it is left out.

    Args:
        named: Management addresses of the nodes that are planned or rendered; these become a :class:`NodeView`.
        readings: Where to keep what is read.
        zone: Load only this zone and the named nodes.
    """
    zones = _ZONES.rows(readings, zone)
    nodes = _known_nodes(named, readings, zones, zone)
    by_zone: dict[int, list[KnownNode]] = defaultdict(list)
    for zone_pk, node in nodes:
        if zone_pk:
            by_zone[zone_pk].append(node)
    vbcs, eips = _vbc_views(readings, zone), _eip_views(readings, zone)
    open_vms = dict(_OPEN_VMS.rows(readings, zone))
    server_yamls = dict(_SERVER_YAMLS.rows(readings, zone))
    return World(
        zones=tuple(
            ZoneView(
                zone_id=zone_id,
                region_id=region_id,
                deploy_mode=deploy_mode,
                network_mode=network_mode,
                is_global=is_global,
                variables=variables,
                qemu_version=qemu_version,
                emulators=emulators,
                has_active_nodes=any(node.status == "active" for node in by_zone[pk]),
                configured=bool(by_zone[pk]),
                nodes=tuple(by_zone[pk]),
                vbcs=tuple(vbcs.get(pk, ())),
                eips=tuple(eips.get(pk, ())),
                vms={role: tuple(given) for role, given in {**vms, **open_vms.get(pk, {})}.items()},
                server_yaml=server_yamls.get(pk, ""),
            )
            for (
                pk,
                zone_id,
                region_id,
                deploy_mode,
                network_mode,
                is_global,
                variables,
                vms,
                qemu_version,
                emulators,
            ) in zones
            if by_zone[pk] or pk in vbcs or pk in eips or pk in open_vms
        ),
        nodes=tuple(node for _, node in nodes),
    )


_ZONE = (
    *("region_id", "deploy_mode", "network_mode", "is_global", "variables", "vms"),
    *("qemu_version", "emulators"),
)
_HARDWARE = (
    *(
        "cpu_arch",
        "cpu_cores",
        "memory_bytes",
        "os_name",
        "os_version",
        "host_key_fingerprint",
        "qemu_version",
    ),
    "default_interface",
)
_CLOCK = ("clock_offset_ms", "clock_uncertainty_ms", "clock_measured_at")
_NIC = (
    *("name", "mac", "type", "address", "prefix", "gateway", "bond_mode", "slaves", "vlan_id"),
    *("raw_device", "addresses"),
)
_DISK = (
    *("node_id", "pk", "name", "observed_type", "observed_size_bytes", "observed_status", "signatures"),
    *("drive", "transport", "rotational_guess", "status_reason", "is_os"),
    *("by_id", "wwn", "serial", "model", "rotational", "zoned"),
)


class _Rows:
    """Rows of one zone or of all; the query for each is compiled once."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]], zone: str) -> None:
        """Take the query for all zones; ``zone``: where the zone is, seen from it."""
        self._of_all = KnownQuery(make)
        self._of_one = KnownQuery(lambda: make().filter(**{f"{zone}__pk" if zone else "pk": Given("zone")}))

    def rows(self, readings: Readings, zone: Zone | None, **given: Any) -> list[list[Any]]:
        if zone:
            return readings.rows(self._of_one, zone=zone.pk, **given)
        return readings.rows(self._of_all, **given)


_ZONES = _Rows(lambda: Zone.objects.order_by("zone_id").values_list("pk", "zone_id", *_ZONE), zone="")
_OPEN_VMS = _Rows(
    lambda: Plan.objects.filter(status__in=PLAN_OPEN).order_by("pk").values_list("zone_id", "vms"),
    zone="zone",
)
_SERVER_YAMLS = _Rows(
    lambda: ZoneFile.objects.filter(path=SERVER_YAML).order_by("pk").values_list("zone_id", "content"),
    zone="zone",
)
_PLACE = (
    *("pk", "node_id", "mgmt_address", "hostname", "status"),
    *("role__zone_id", "role__role", "role__sub_roles", "mgmt_interface", "default_gateway"),
)
_ALL_NODES = KnownQuery(lambda: Node.objects.order_by("mgmt_address").values_list(*_PLACE))
_ADDRESSES = _Rows(
    lambda: (
        NetworkInterface.objects.filter(
            ~Q(address="")
            | ~Q(gateway="")
            | ~Q(addresses=[])
            | Q(name=F("node__mgmt_interface"))
            | Q(node__role__zone__pk__among=Given("vlan"), node__role__role__in=HYPER_ROLES)
        )
        .order_by("node_id", "name")
        .values_list("node_id", "name", "type", "address", "prefix", "gateway", "addresses")
    ),
    zone="node__role__zone",
)
_NICS_OF = KnownQuery(
    lambda: (
        NetworkInterface.objects.filter(node__pk__among=Given("nodes"))
        .order_by("node_id", "name")
        .values_list("node_id", *_NIC)
    )
)
_DISKS_OF = KnownQuery(
    lambda: (
        Disk.objects.filter(node__pk__among=Given("nodes"), present=True)
        .order_by("node_id", "order", "name")
        .values_list(*_DISK)
    )
)
_DATA_DISKS_OF = KnownQuery(
    lambda: (
        Disk.objects.filter(node__pk__among=Given("nodes"), present=True, is_os=False)
        .order_by("node_id", "order", "name")
        .values_list(*_DISK)
    )
)
_CORRECTIONS_OF = KnownQuery(
    lambda: (
        DiskCorrection.objects.filter(disk__node__pk__among=Given("nodes"), disk__present=True)
        .order_by("pk")
        .values_list("disk_id", "field", "value")
    )
)
_HARDWARE_OF = KnownQuery(
    lambda: (
        Node.objects.filter(pk__among=Given("nodes")).order_by("pk").values_list("pk", *_HARDWARE, *_CLOCK)
    )
)
_VBC_MEMBERS = _Rows(
    lambda: VbcMember.objects.order_by("pk").values_list("vbc_id", "node__mgmt_address"), zone="vbc__zone"
)
_VBCS = _Rows(
    lambda: VbcAssignment.objects.order_by("pk").values_list(
        *("pk", "zone_id", "master__mgmt_address", "ipv6_master__mgmt_address"),
        *("ipv4_network", "ipv4_vip", "ipv6_network", "ipv6_vip"),
    ),
    zone="zone",
)
_EIPS = _Rows(
    lambda: EipPool.objects.order_by("pk").values_list(
        "zone_id", "vg__mgmt_address", "network", "gateway", "ha_group"
    ),
    zone="zone",
)


def _known_nodes(
    named: Collection[str], readings: Readings, zones: Iterable[Row], only: Zone | None
) -> list[tuple[int | None, KnownNode]]:
    """Return nodes with the primary key of their zone, in the order of their management addresses."""
    if only:
        query = Node.objects.filter(Q(role__zone=only) | Q(mgmt_address__in=named))
        rows = readings.rows(query.order_by("mgmt_address").values_list(*_PLACE))
    else:
        rows = readings.rows(_ALL_NODES)
    zone_ids = {pk: zone_id for pk, zone_id, *_ in zones}
    wanted = frozenset(named)
    more = _planned(readings, [row[0] for row in rows if row[2] in wanted])
    nics = _addresses(readings, zones, only)
    found: list[tuple[int | None, KnownNode]] = []
    for pk, node_id, address, hostname, status, zone_pk, role, sub_roles, interface, gateway in rows:
        place = (node_id, address, hostname, status, zone_ids.get(zone_pk), role, tuple(sub_roles or ()))
        if pk in more:
            more[pk] |= {"mgmt_interface": interface, "default_gateway": gateway}
            found.append((zone_pk, NodeView(*place, **more[pk])))
        else:
            known = KnownNode(*place, tuple(nics.get(pk, ())), interface, gateway)
            found.append((zone_pk, known))
    return found


def _addresses(readings: Readings, zones: Iterable[Row], only: Zone | None) -> dict[int, list[NicView]]:
    """Return the interfaces that have an address or a gateway, or are for management, by the primary key of their node.

    In vlan mode all hypers of a zone have the same interfaces (R19): of these every one counts.
    """
    vlan = [row[0] for row in zones if "vlan" in (row[4], row[6].get("base", {}).get("network_mode"))]
    found: dict[int, list[NicView]] = defaultdict(list)
    for pk, name, kind, address, prefix, gateway, addresses in _ADDRESSES.rows(readings, only, vlan=vlan):
        found[pk].append(NicView(name, "", kind, address, prefix, gateway, addresses=tuple(addresses)))
    return found


def _planned(readings: Readings, pks: list[int]) -> dict[int, dict[str, Any]]:
    """Return what a :class:`NodeView` has besides identity and place, by primary key."""
    nics: dict[int, list[NicView]] = defaultdict(list)
    for pk, *values in readings.rows(_NICS_OF, nodes=pks):
        values[7], values[10] = tuple(values[7]), tuple(values[10])
        nics[pk].append(NicView(*values))
    views = _disk_views(readings.rows(_DISKS_OF, nodes=pks), readings.rows(_CORRECTIONS_OF, nodes=pks))
    found = {}
    for pk, *values in readings.rows(_HARDWARE_OF, nodes=pks):
        own = views.get(pk, ())
        found[pk] = {
            **dict(zip(_HARDWARE, values, strict=False)),
            **_clock(*values[len(_HARDWARE) :]),
            "nics": tuple(nics[pk]),
            "os_disk": next((view for is_os, view in own if is_os), None),
            "data_disks": tuple(view for is_os, view in own if not is_os),
        }
    return found


def _clock(offset_ms: int | None, uncertainty_ms: int | None, measured_at: str | None) -> dict[str, Any]:
    if offset_ms is None or measured_at is None:
        return {}
    words = clock.describe(offset_ms, uncertainty_ms or 0)
    moment = f"{measured_at[:10]} {measured_at[11:16]}"
    return {
        "clock_wrong": clock.level(offset_ms, uncertainty_ms or 0),
        "clock_words": f"{words} (measured {moment} UTC)",
    }


def with_pools(world: World, addresses: Collection[str], readings: Readings) -> World:
    """Return the world with the pools of those hyper-repl nodes that are in service, from their settings files."""
    found = (world.node_by_address.get(address) for address in addresses)
    serving = {
        (node.zone_id, f"settings/{node.hostname}"): whole(node)
        for node in found
        if node and node.status == NodeStatus.ACTIVE and node.role == "hyper-repl"
    }
    if not serving:
        return world
    rows = ZoneFile.objects.filter(zone__zone_id__in={zone for zone, _ in serving})
    rows = rows.filter(path__in=[path for _, path in serving]).order_by("pk")
    adoptions = Role.objects.filter(plan__kind=Plan.Kind.ADOPT).order_by("pk")
    adopted = {node_id for (node_id,) in readings.rows(adoptions.values_list("node__node_id"))}
    pools = {
        node.node_id: replace(node, pool=pool)
        for zone, path, text in readings.rows(rows.values_list("zone__zone_id", "path", "content"))
        if (node := serving.get((zone, path)))
        and (pool := _pool(text, made_here=node.node_id not in adopted))
    }
    return world.with_nodes(pools)


def _pool(settings: str, *, made_here: bool) -> PoolView | None:
    try:
        values = read_settings(settings)
    except SettingsError:
        return None
    layout, reason, disks = (values.get(key, "") for key in ("vpool_layout", "vpool_reason", "data_disks"))
    return PoolView(layout, reason, tuple(disks.split()), made_here) if layout else None


def planned_nodes(roles: Mapping[str, Mapping[str, Any]], *, drives: bool = True) -> list[NodeView]:
    """Load the nodes of a plan with its roles: of each only disks and the name of the management interface.

    Enough to tell what would be formatted, in three queries of plain values: a plan of thousands of nodes is
    compared with its machines each time it is viewed. ``roles`` is the plan's, by management address; ``drives``:
    also compare the disks of each node, for :attr:`DiskView.drive` and :attr:`DiskView.doubt`.
    """
    readings = Readings()
    rows = Node.objects.filter(mgmt_address__in=roles).values_list(
        "pk", "node_id", "mgmt_address", "hostname", "status", "host_key_fingerprint", "mgmt_interface"
    )
    nodes = {row[0]: row[1:] for row in readings.rows(rows.order_by("mgmt_address"))}
    disks = _disk_views(
        readings.rows(_DATA_DISKS_OF, nodes=list(nodes)),
        readings.rows(_CORRECTIONS_OF, nodes=list(nodes)),
        drives=drives,
    )
    found = []
    for pk, (node_id, address, hostname, status, host_key, interface) in nodes.items():
        given = roles[address]
        found.append(
            NodeView(
                node_id=node_id,
                address=address,
                hostname=hostname,
                status=status,
                role=given["role"],
                sub_roles=tuple(given["sub_roles"]),
                host_key_fingerprint=host_key,
                mgmt_interface=interface,
                data_disks=tuple(view for _, view in disks.get(pk, ())),
            )
        )
    return found


def drives_by_reference(roles: Mapping[str, Mapping[str, Any]], address: str) -> dict[str, str]:
    """Return the drive of each data disk of one planned node, by the disk's name in its settings file."""
    nodes = planned_nodes({address: roles[address]}) if address in roles else []
    return {disk.reference: disk.drive for node in nodes for disk in node.data_disks}


def _disk_views(
    disks: Iterable[Row], corrections: Iterable[Row], *, drives: bool = True
) -> dict[int, list[tuple[bool, DiskView]]]:
    """Return disks with their effective values, and whether each is the system's, by the primary key of their node."""
    corrected: dict[int, dict[str, Any]] = defaultdict(dict)
    for disk_pk, field, value in corrections:
        corrected[disk_pk][field] = value
    found: dict[int, list[DiskView]] = defaultdict(list)
    of_system: dict[int, list[bool]] = defaultdict(list)
    pieces: dict[int, list[Piece]] = defaultdict(list)
    names = _DISK[12:]
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
        is_os,
        *more,
    ) in disks:
        disk = DiskView(
            name=name,
            measured_bytes=size,
            holds=tuple(holds),
            **{"type": kind, "size_bytes": size, "status": status, **corrected[pk]},
            **dict(zip(names, more, strict=True)),
        )
        found[node_pk].append(disk)
        of_system[node_pk].append(is_os)
        if drives:
            pieces[node_pk].append(
                Piece(drive, kind, transport, disk.serial, disk.model, size, guess, reason, disk.wwn)
            )
    if drives:
        found = {pk: _beside_each_other(views, pieces[pk]) for pk, views in found.items()}
    return {pk: list(zip(of_system[pk], views, strict=True)) for pk, views in found.items()}


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
    return _("the serial number is a placeholder") if by_serial and is_filler(view.serial) else ""


def vbc_views(zone: Zone | None = None) -> dict[int, list[VbcView]]:
    """Return VBCs by the primary key of their zone."""
    return _vbc_views(Readings(), zone)


def _vbc_views(readings: Readings, zone: Zone | None) -> dict[int, list[VbcView]]:
    members: dict[int, list[str]] = defaultdict(list)
    for vbc_pk, address in _VBC_MEMBERS.rows(readings, zone):
        members[vbc_pk].append(address)
    found: dict[int, list[VbcView]] = defaultdict(list)
    for pk, zone_pk, master, ipv6_master, network, vip, ipv6_network, ipv6_vip in _VBCS.rows(readings, zone):
        found[zone_pk].append(
            VbcView(
                members=tuple(members[pk]),
                ipv4_network=network or "",
                ipv4_vip=vip or "",
                ipv4_master=master if network else "",
                ipv6_network=ipv6_network or "",
                ipv6_vip=ipv6_vip or "",
                ipv6_master=(ipv6_master or master) if ipv6_network else "",
            )
        )
    return found


def _eip_views(readings: Readings, zone: Zone | None) -> dict[int, list[EipView]]:
    found: dict[int, list[EipView]] = defaultdict(list)
    for zone_pk, *values in _EIPS.rows(readings, zone):
        found[zone_pk].append(EipView(*values))
    return found
