"""Groups of nodes as the runbook names them."""

from __future__ import annotations

from collections import Counter

from django.db.models import Q, QuerySet

from jobs.errors import NotFound
from nodes.models import Node
from nodes.states import NodeStatus
from zones.core.world import hostname_key
from zones.models import ROLES, Role, Zone

_BASIC = {
    "all": Q(),
    "phy": Q(),
    "ks": Q(role__role="ks"),
    "vg": Q(role__role="vg"),
    "hyper": Q(role__role__startswith="hyper-"),
}


def read_group(group: str, *, zone_id: str = "") -> list[Node]:
    """Nodes of ``all phy ks vg hyper``, a role, a sub-role, ``ZONE-<one of these>`` or a host name.

    In hostname order, without retired ones. Raises :class:`NotFound` when there is no such group, or nobody in it.
    """
    nodes = Node.objects.filter(role__isnull=False).exclude(status=NodeStatus.RETIRED)
    nodes = nodes.select_related("role__zone")
    if zone_id:
        nodes = nodes.filter(role__zone__zone_id=zone_id)
    found = _members(nodes, group)
    if not found:
        for known in Zone.objects.values_list("zone_id", flat=True):
            if group.startswith(f"{known}-"):
                found = _members(nodes.filter(role__zone__zone_id=known), group.removeprefix(f"{known}-"))
    if not found:
        raise NotFound.because(
            "G01",
            f"no node is in group {group[:60]!r}",
            f"groups are {' '.join([*_BASIC, *ROLES[2:]])}, a sub-role, ZONE-<one of these>, or a host name",
        )
    return sorted(found, key=lambda node: (hostname_key(node.hostname), str(node.mgmt_address)))


def read_group_in_service(group: str, *, zone_id: str = "") -> list[Node]:
    """The same without nodes that wait to be scaled: what maintenance would bring them comes with the scaling."""
    nodes = read_group(group, zone_id=zone_id)
    found = [node for node in nodes if node.status != NodeStatus.CONFIGURED]
    if not found:
        raise NotFound.because(
            "G05", f"no node of group {group[:60]!r} is in service yet", "scale them first: scale_qingcloud"
        )
    return found


def list_groups(*, zone_id: str) -> list[tuple[str, int]]:
    """Groups of the zone that have somebody in them, and how many; the broad ones first. One query."""
    rows = Role.objects.filter(zone__zone_id=zone_id).exclude(node__status=NodeStatus.RETIRED)
    order = [*_BASIC, *ROLES[2:]]
    counts: Counter[str] = Counter()
    for role, sub_roles in rows.values_list("role", "sub_roles"):
        broad = {"hyper"} if role.startswith("hyper-") else set()
        # A sub-role of the same name as a broader group is not asked for: the group is.
        counts.update({"all", "phy", role, *broad} | (set(sub_roles) - set(order)))
    names = [name for name in order if name in counts] + sorted(counts.keys() - set(order))
    return [(name, counts[name]) for name in names]


def _members(nodes: QuerySet[Node], group: str) -> list[Node]:
    if group in _BASIC:
        return list(nodes.filter(_BASIC[group]))
    named = list(nodes.filter(Q(role__role=group) | Q(hostname=group)))
    # Sub-roles are a JSON list, which SQLite cannot search portably; a zone has few nodes with any.
    return named or [node for node in nodes if group in node.role.sub_roles]
