"""Groups of nodes as the runbook names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address

from django.db.models import Q, QuerySet

from common.errors import Finding, NotFound
from common.messages import Message, message
from common.pasted import refuse_pasted
from nodes.models import Node
from nodes.states import NodeStatus
from zones.core.documents.reader import nearest
from zones.core.documents.settings import SUB_ROLES, VM_ROLES
from zones.core.world import hostname_key
from zones.models import ROLES, Plan, Role, Zone
from zones.services.zone_vms import vm_addresses, vm_nodes, zones_of
from zones.states import PLAN_OPEN

_BASIC = {
    "all": Q(),
    "phy": Q(),
    "ks": Q(role__role="ks"),
    "vg": Q(role__role="vg"),
    "hyper": Q(role__role__startswith="hyper-"),
}


def read_group(group: str, *, zone_id: str = "") -> list[Node]:
    """Return the nodes of ``all phy ks vg hyper``, a role, a sub-role, ``ZONE-<one of these>``, or one node.

    One node is its host name, management address or public id. In hostname order, without retired ones. Raises
    :class:`NotFound`, which says whether the group does not exist, is empty, or means an excluded node.
    """
    nodes = _nodes(zone_id)
    found = _members(nodes, group) or _of_zone(nodes, group) or _called(nodes, group)
    if not found:
        raise _nobody(group, zone_id)
    return sorted(found, key=lambda node: (hostname_key(node.hostname), str(node.mgmt_address)))


def read_machines(group: str, *, zone_id: str = "") -> list[Node]:
    """Return the nodes of a group as :func:`read_group` does; a group may also be a role of management VMs.

    ``proxy``, ``webservice``, ``ZONE-proxy``: VMs first, then KS nodes with that sub-role. One VM is its host name,
    address or public id; so is a registered node that is in no zone yet, where no zone is asked for.

    Raises:
        NotFound: G01 no such group, an empty group, or an excluded node.
        Refused: G02 a VM to which the console cannot log in.
    """
    found = [node for zone, role in _vm_groups(group, zone_id) for node in vm_nodes(zone, role)]
    if found:
        return list(dict.fromkeys(found))
    called = _called(Node.objects.exclude(status=NodeStatus.RETIRED).filter(role__isnull=True), group)
    home = zones_of(called).get(called[0].pk) if called else None
    if called and zone_id in ("", home.zone_id if home else ""):
        return called
    return read_group(group, zone_id=zone_id)


def _vm_groups(group: str, zone_id: str) -> list[tuple[Zone, str]]:
    """Return the zones in which a group may mean management VMs, and the role there."""
    zones = Zone.objects.filter(zone_id=zone_id) if zone_id else Zone.objects.all()
    named = [(zone, role) for zone in zones for role in VM_ROLES if group in (role, f"{zone.zone_id}-{role}")]
    # "ks" means machines, and the VMs of that name only where a zone has no such machines.
    return [(zone, role) for zone, role in named if role != "ks" or zone.vms.get("ks")]


def read_node(name: str, *, zone_id: str = "") -> Node:
    """Return the one node with that host name, management address or public id. Raises :class:`NotFound`."""
    found = _called(_nodes(zone_id), name)
    if not found:
        raise _nobody(name, zone_id)
    return found[0]


def _nodes(zone_id: str) -> QuerySet[Node]:
    nodes = Node.objects.filter(role__isnull=False).exclude(status=NodeStatus.RETIRED)
    nodes = nodes.select_related("role__zone")
    return nodes.filter(role__zone__zone_id=zone_id) if zone_id else nodes


def _of_zone(nodes: QuerySet[Node], group: str) -> list[Node]:
    """Return the nodes of ``ZONE-GROUP``; zone ids may contain dashes themselves."""
    for known in Zone.objects.values_list("zone_id", flat=True):
        if group.startswith(f"{known}-"):
            found = _members(nodes.filter(role__zone__zone_id=known), group.removeprefix(f"{known}-"))
            if found:
                return found
    return []


def _called(nodes: QuerySet[Node], name: str) -> list[Node]:
    """Return the node of that host name, management address or public id; host names ignore case."""
    try:
        which = Q(mgmt_address=str(ip_address(name)))
    except ValueError:
        which = Q(hostname__iexact=name) | Q(node_id=name) if name else Q(pk=None)
    return list(nodes.filter(which)[:1])


def _nobody(group: str, zone_id: str) -> NotFound:
    """Return the error that says why the name matches no node, and what to write instead."""
    refuse_pasted([group], field="group")
    known = list(dict.fromkeys([*_BASIC, *ROLES[2:], *SUB_ROLES, *VM_ROLES]))
    for node in _called(Node.objects.select_related("role__zone"), group):
        return _not_meant(node, zone_id)
    word = next((name for name in known if group == name or group.endswith(f"-{name}")), "")
    if group in known or (word and Zone.objects.filter(zone_id=group.removesuffix(f"-{word}")).exists()):
        return NotFound.because(_empty(group, word, zone_id), field="group")
    return NotFound.because(_unknown(group, zone_id, known), field="group")


def _empty(group: str, word: str, zone_id: str) -> Message:
    if zone_id and group != word:
        return message("G01", "empty_of_other_zone", group=group[:60], zone=zone_id, word=word)
    if zone_id:
        return message("G01", "empty_in_zone", group=group[:60], zone=zone_id)
    return message("G01", "empty", group=group[:60])


def _unknown(group: str, zone_id: str, known: list[str]) -> Message:
    near, groups = nearest(group, known), " ".join(known)
    there = message("G01", "known_groups", groups=groups)
    if near:
        there = message("G01", "near", near=near, groups=groups)
    if zone_id:
        return message("G01", "unknown_in_zone", group=group[:60], zone=zone_id, there=there)
    return message("G01", "unknown", group=group[:60], there=there)


def _not_meant(node: Node, zone_id: str) -> NotFound:
    """Return the error for a node that exists but that commands do not go to."""
    role = getattr(node, "role", None)
    if node.status == NodeStatus.RETIRED:
        said = message("G01", "retired", node=node)
    elif role is not None:
        said = message("G01", "in_other_zone", node=node, zone=role.zone.zone_id, wanted=zone_id)
    elif zone_id:
        said = message("G01", "not_in_the_zone", node=node, status=node.status)
    else:
        said = message("G01", "in_no_zone", node=node, status=node.status)
    return NotFound.because(said, node=str(node.mgmt_address))


def read_group_in_service(group: str, *, zone_id: str = "") -> list[Node]:
    """Return the group without nodes that wait to be scaled: what maintenance would bring them comes with the scaling."""
    nodes = read_group(group, zone_id=zone_id)
    found = [node for node in nodes if node.status != NodeStatus.CONFIGURED]
    if not found:
        raise NotFound([not_in_service(group, nodes)])
    return found


def not_in_service(group: str, nodes: Sequence[Node]) -> Finding:
    """Return G05: every machine of the group waits to be scaled, and which command scales it."""
    zones = sorted({node.role.zone.zone_id for node in nodes})
    new = set(
        Plan.objects.filter(zone__zone_id__in=zones, status__in=PLAN_OPEN, kind=Plan.Kind.ZONE).values_list(
            "zone__zone_id", flat=True
        )
    )
    verbs = [
        message("G05", "scale_with_zone", zone=zone) if zone in new else message("G05", "scale", zone=zone)
        for zone in zones
    ]
    said = message("G05", "none_in_service", group=group[:60], verbs=verbs)
    return Finding(said, field="group")


def list_groups(*, zone_id: str) -> list[tuple[str, int]]:
    """Return the groups of the zone that have nodes in them, and how many; the broad ones first."""
    rows = Role.objects.filter(zone__zone_id=zone_id).exclude(node__status=NodeStatus.RETIRED)
    order = [*_BASIC, *ROLES[2:]]
    counts: Counter[str] = Counter()
    for role, sub_roles in rows.values_list("role", "sub_roles"):
        broad = {"hyper"} if role.startswith("hyper-") else set()
        # A sub-role with the name of a broader group is not queried: the group is.
        counts.update({"all", "phy", role, *broad} | (set(sub_roles) - set(order)))
    names = [name for name in order if name in counts] + sorted(counts.keys() - set(order))
    return [(name, counts[name]) for name in names]


def list_machine_groups(*, zone_id: str) -> list[tuple[str, int]]:
    """Return the groups of :func:`read_machines` that have nodes in them, and how many: management VMs last."""
    zone = Zone.objects.get(zone_id=zone_id)
    groups = dict(list_groups(zone_id=zone_id))
    vms = {role: len(vm_addresses(zone, role)) for role in VM_ROLES if role != "ks" or zone.vms.get("ks")}
    return list({**groups, **{role: count for role, count in vms.items() if count}}.items())


def _members(nodes: QuerySet[Node], group: str) -> list[Node]:
    if group in _BASIC:
        return list(nodes.filter(_BASIC[group]))
    named = list(nodes.filter(role__role=group))
    # Sub-roles are a JSON list, which SQLite cannot search portably; a zone has few nodes with any.
    return named or [node for node in nodes if group in node.role.sub_roles]
