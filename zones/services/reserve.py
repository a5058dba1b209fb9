"""What a draft reserves: networks, VIPs and segments that no other plan may get."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from common.errors import Finding, Refused
from common.messages import message
from nodes.models import Node
from zones.core.plan import PlanResult
from zones.core.world import VbcView
from zones.models import EipPool, Plan, VbcAssignment, VbcMember

BATCH = 1000


def reserve(plan: Plan, result: PlanResult) -> None:
    """Write the plan's new VBCs and segments, in the caller's transaction. Raises :class:`Refused`."""
    wanted = {role.address for role in result.roles}.union(*(vbc.members for vbc in result.added_vbcs))
    nodes = nodes_by_address(wanted)
    _free_of_other_plans(result.added_vbcs, nodes)
    rows = VbcAssignment.objects.bulk_create(
        [
            VbcAssignment(
                zone=plan.zone,
                plan=plan,
                master=nodes[vbc.ipv4_master or vbc.ipv6_master],
                ipv6_master=_other_master(vbc, nodes),
                ipv4_network=vbc.ipv4_network or None,
                ipv4_vip=vbc.ipv4_vip or None,
                ipv6_network=vbc.ipv6_network or None,
                ipv6_vip=vbc.ipv6_vip or None,
            )
            for vbc in result.added_vbcs
        ],
        batch_size=BATCH,
    )
    VbcMember.objects.bulk_create(
        [
            VbcMember(vbc=row, node=nodes[address])
            for row, vbc in zip(rows, result.added_vbcs, strict=True)
            for address in vbc.members
        ],
        batch_size=BATCH,
    )
    _reserve_segments(plan, result, nodes)


def nodes_by_address(addresses: Collection[str]) -> dict[str, Node]:
    """Return nodes by management address, without what a collection found on them."""
    rows = Node.objects.filter(mgmt_address__in=addresses).only(
        "node_id", "mgmt_address", "hostname", "status"
    )
    return {str(node.mgmt_address): node for node in rows}


def _other_master(vbc: VbcView, nodes: dict[str, Node]) -> Node | None:
    if vbc.ipv6_master and vbc.ipv4_master and vbc.ipv6_master != vbc.ipv4_master:
        return nodes[vbc.ipv6_master]
    return None


def _reserve_segments(plan: Plan, result: PlanResult, nodes: dict[str, Node]) -> None:
    """Reserve segments of the plan's VGs; one that a VG in service already carries stays with the plan that gave it."""
    new = {role.address for role in result.roles if role.role == "vg"}
    had = {
        (str(address), network)
        for address, network in EipPool.objects.filter(zone=plan.zone).values_list(
            "vg__mgmt_address", "network"
        )
    }
    EipPool.objects.bulk_create(
        EipPool(
            zone=plan.zone,
            plan=plan,
            vg=nodes[eip.vg_address],
            network=eip.network,
            gateway=eip.gateway,
            ha_group=eip.ha_group,
        )
        for eip in result.eips
        if eip.vg_address in new and (eip.vg_address, eip.network) not in had
    )


def _free_of_other_plans(vbcs: Iterable[VbcView], nodes: dict[str, Node]) -> None:
    pks = [nodes[address].pk for vbc in vbcs for address in vbc.members]
    held = VbcMember.objects.filter(node__in=pks).select_related("node", "vbc__plan", "vbc__zone")
    findings = [
        Finding(
            message(
                "R16",
                "vbc_of_a_plan",
                node=item.node,
                vbc=item.vbc,
                zone=item.vbc.zone.zone_id,
                plan=item.vbc.plan.plan_id,
            )
            if item.vbc.plan
            else message("R16", "vbc_of_a_zone", node=item.node, vbc=item.vbc, zone=item.vbc.zone.zone_id),
            node=str(item.node.mgmt_address),
        )
        for item in held
    ]
    if findings:
        raise Refused(findings)
