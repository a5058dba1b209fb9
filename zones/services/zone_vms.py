"""The management VMs of a zone by role; they are reached like any other node."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Q

from common.errors import Finding, Refused
from common.messages import Message, message
from nodes.models import Node
from nodes.states import NodeStatus
from zones.core.rendering.zone_files import FUSED_ALIASES
from zones.core.world import hostname_key
from zones.models import Plan, Role, Zone
from zones.services.lookups import configuration_names
from zones.states import PLAN_OPEN

_ENDED = (NodeStatus.RETIRED,)


def vm_addresses(zone: Zone, role: str, vms: Mapping[str, Sequence[str]] | None = None) -> list[str]:
    """Return management addresses of a role: its VMs (fusion: the VMs ``ks``), then KS nodes with that sub-role.

    ``vms`` replaces the zone's own, for a zone whose plan is not applied yet.
    """
    given = zone.vms if vms is None else vms
    fused = zone.deploy_mode == Zone.DeployMode.FUSION and role in FUSED_ALIASES
    found = list(given.get(role, ())) or (list(given.get("ks", ())) if fused else [])
    roles = Role.objects.filter(zone=zone).exclude(node__status__in=_ENDED).order_by("node__hostname")
    # Sub-roles are a JSON list, which SQLite cannot search portably.
    rows = roles.values_list("node__mgmt_address", "sub_roles")
    found += [str(address) for address, sub_roles in rows if role in sub_roles]
    return list(dict.fromkeys(found))


def planned_vms(zone: Zone) -> Mapping[str, Sequence[str]]:
    """Return the zone's VMs; those of its open plan while it has none."""
    plan = None if zone.vms else Plan.objects.filter(zone=zone, status__in=PLAN_OPEN).exclude(vms={}).first()
    planned: Mapping[str, Sequence[str]] = plan.vms if plan else zone.vms
    return planned


def vm_nodes(zone: Zone, role: str, vms: Mapping[str, Sequence[str]] | None = None) -> list[Node]:
    """Return the machines of a role, in order. Raises :class:`Refused` for one that the console cannot log in to."""
    addresses = vm_addresses(zone, role, vms)
    known = {str(node.mgmt_address): node for node in Node.objects.filter(mgmt_address__in=addresses)}
    findings = [_stranger(zone, role, address, known.get(address)) for address in addresses]
    problems = [finding for finding in findings if finding]
    if problems:
        raise Refused(problems)
    return [known[address] for address in addresses]


def how_to_give(zone: Zone, role: str) -> Message:
    """Return how to make management VMs of a role known where the zone has none: they run, and the variables name them."""
    variables, settings = configuration_names(zone)
    if zone.deploy_mode == Zone.DeployMode.FUSION and role in FUSED_ALIASES:
        return message("H03", "give_fused_vms", variables=variables, settings=settings)
    return message("H03", "give_vms", role=role, variables=variables, settings=settings)


def zones_of(nodes: Iterable[Node]) -> dict[int, Zone]:
    """Return the zone of each machine by primary key: where it has a role, or is a management VM. Two queries."""
    found, rest = {}, {}
    for node in nodes:
        role = getattr(node, "role", None)
        if role is None:
            rest[str(node.mgmt_address)] = node.pk
        else:
            found[node.pk] = role.zone
    for zone in Zone.objects.all() if rest else ():
        for address in (address for addresses in zone.vms.values() for address in addresses):
            if address in rest:
                found[rest[address]] = zone
    return found


def boss_nodes(zone: Zone) -> list[Node]:
    """Return the machine on which BOSS V2 recounts, also of a zone that is new; none without BOSS V2.

    Raises :class:`Refused` when the console cannot log in there.
    """
    return vm_nodes(zone, "boss", planned_vms(zone))[:1]


def _stranger(zone: Zone, role: str, address: str, node: Node | None) -> Finding | None:
    if node is not None and node.host_key:
        return None
    said = (
        message("G02", "not_registered", role=role, address=address, zone=zone.zone_id)
        if node is None
        else message("G02", "no_host_key", role=role, address=address, zone=zone.zone_id)
    )
    return Finding(said, node=address)


def global_zone(region_id: str) -> Zone:
    """Return the region's global zone. Raises :class:`Refused`."""
    zone = Zone.objects.filter(region_id=region_id, is_global=True).first()
    if zone is None:
        raise Refused.because(message("G03", region_id=region_id))
    return zone


def hypers_of(zone: Zone, *, joining: Collection[str] = ()) -> list[Node]:
    """Return the hypers of the zone in service, and those at the addresses that are ``joining``; in hostname order."""
    hypers = Node.objects.filter(role__zone=zone, role__role__startswith="hyper-")
    found = hypers.filter(Q(status=NodeStatus.ACTIVE) | Q(mgmt_address__in=list(joining)))
    return sorted(found, key=lambda node: (hostname_key(node.hostname), str(node.mgmt_address)))
