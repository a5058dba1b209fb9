"""Release the resources that a node holds in its zone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nodes.models import Node
from nodes.states import NodeStatus
from zones.core.world import hostname_key
from zones.models import EipPool, Role, VbcAssignment, VbcMember, Zone


@dataclass(frozen=True, slots=True)
class Freed:
    """What became free, and what moved to another Master.

    ``masters``: hostname of the new Master by the network that lost its own. What no hyper or VG still carries:
    ``networks`` (VBCs, no longer in the database) and ``pools`` (``network of VG``).
    """

    masters: dict[str, str]
    networks: tuple[VbcAssignment, ...]
    pools: tuple[str, ...]


def free(zone: Zone, nodes: Collection[Node]) -> Freed:
    """Take the nodes out of the zone: role, pair, VBC and public pools. The caller moves their status.

    The caller holds :func:`zones.services.lookups.lock_allocations`.
    """
    pks = [node.pk for node in nodes]
    Role.objects.filter(zone=zone, pair__in=pks).update(pair=None)
    Role.objects.filter(zone=zone, node__in=pks).delete()
    pools = EipPool.objects.filter(zone=zone, vg__in=pks)
    public = tuple(f"{pool.network} of {pool.vg}" for pool in pools.select_related("vg"))
    pools.delete()
    held = list(VbcAssignment.objects.filter(zone=zone, members__node__in=pks).distinct())
    VbcMember.objects.filter(node__in=pks).delete()
    masters, networks = {}, []
    for vbc in held:
        heir = _heir(vbc)
        if heir is None:
            networks.append(vbc)
            VbcAssignment.objects.filter(pk=vbc.pk).delete()
        elif vbc.master_id in pks or vbc.ipv6_master_id in pks:
            masters[str(vbc)] = heir.hostname
            vbc.master = heir if vbc.master_id in pks else vbc.master
            vbc.ipv6_master = None if vbc.ipv6_master_id in pks else vbc.ipv6_master
            vbc.save(update_fields=["master", "ipv6_master"])
    return Freed(masters, tuple(networks), public)


def _heir(vbc: VbcAssignment) -> Node | None:
    """Return the first of its hypers in hostname order; those in service before the others."""
    nodes = [member.node for member in vbc.members.select_related("node")]
    return min(
        nodes, key=lambda node: (node.status != NodeStatus.ACTIVE, hostname_key(node.hostname)), default=None
    )
