"""approve_plan and reject_plan."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from common import audit
from common.actor import Actor
from common.errors import Denied, Finding, Refused
from common.messages import message
from nodes.models import Node
from nodes.states import IN_SERVICE, NodeStatus, move_nodes
from zones.models import Plan, Role, Zone
from zones.services import revisions
from zones.services.apply import apply_plan
from zones.services.lookups import find_plan, lock_allocations, locked_plan
from zones.services.node_lists import check_roles
from zones.services.seen_version import check_seen
from zones.states import PlanStatus, move_plans


def approve_plan(*, plan_id: str, content_hash: str, actor: Actor, comment: str = "") -> Plan:
    """Approve exactly the draft that was reviewed: its nodes get their roles and become configured.

    ``content_hash`` names the version that was reviewed. A plan whose nodes are all in service installs nothing: it
    is applied at once. Raises :class:`Outdated` with the difference when the plan is no longer that version;
    :class:`Refused` when a disk, a host key or a node changed since it was made; :class:`Denied` when four eyes are
    required (``INSTALLER_FOUR_EYES``) and the actor made or changed the plan.
    """
    with transaction.atomic():
        plan = locked_plan(plan_id)
        check_seen(plan, content_hash, wanted=(PlanStatus.DRAFT,))
        _four_eyes(plan, actor)
        revisions.check_unchanged(plan)
        check_roles(plan)
        waiting = give_roles(plan, "configure")
        settle_zone(plan)
        move_plans(
            Plan.objects.filter(pk=plan.pk),
            "approve",
            decided_by=actor.name,
            decided_at=Now(),
            comment=comment,
        )
        audit.record(actor, "approve_plan", plan.plan_id, reason=comment, hash=plan.content_hash)
        if not waiting:
            apply_plan(plan, "apply")
    return find_plan(plan_id=plan_id)


def _four_eyes(plan: Plan, actor: Actor) -> None:
    if not settings.INSTALLER_FOUR_EYES:
        return
    same = sorted(revisions.authors(plan) & actor.names)
    if same:
        raise Denied(message("P68", "plan", who=same[0], plan=plan.plan_id))


def give_roles(plan: Plan, event: str) -> int:
    """Tie the plan's nodes to its zone and move them on; return how many wait to be installed.

    A node in service keeps its state: the zone is configured again, or the node came with this plan, which was
    changed since; where its settings changed with it, it waits, too. Raises :class:`Refused` when another node
    is not available.
    """
    nodes = {
        str(node.mgmt_address): node
        for node in Node.objects.select_for_update().filter(mgmt_address__in=plan.roles)
    }
    running = {
        str(role.node.mgmt_address): role
        for role in Role.objects.filter(zone=plan.zone, node__in=nodes.values()).select_related("node")
        if role.node.status in IN_SERVICE and (plan.kind == Plan.Kind.ZONE or role.plan_id == plan.pk)
    }
    fresh = {address: node for address, node in nodes.items() if address not in running}
    busy = [node for node in fresh.values() if node.status != NodeStatus.AVAILABLE]
    if busy:
        raise Refused(
            Finding(
                message("R16", "not_available_any_more", node=node, status=node.status),
                node=str(node.mgmt_address),
            )
            for node in busy
        )
    for address, role in running.items():
        role.sub_roles = plan.roles[address]["sub_roles"]
    Role.objects.bulk_update(running.values(), ["sub_roles"], batch_size=500)
    Role.objects.bulk_create(
        (_role(plan, node, address, nodes) for address, node in fresh.items()), batch_size=1000
    )
    move_nodes(Node.objects.filter(pk__in=[node.pk for node in fresh.values()]), event)
    own = [role.node for role in running.values() if role.plan_id == plan.pk]
    return len(fresh) + len(revisions.differently_set(plan, own))


def _role(plan: Plan, node: Node, address: str, nodes: dict[str, Node]) -> Role:
    given = plan.roles[address]
    return Role(
        node=node,
        zone=plan.zone,
        plan=plan,
        role=given["role"],
        sub_roles=given["sub_roles"],
        pair=nodes.get(given["pair"]),
    )


def settle_zone(plan: Plan) -> None:
    """Set the zone to what its decided plan says: an earlier rejected draft may have set something else.

    Raises :class:`Refused` when the region got another global zone meanwhile.
    """
    base, common = plan.variables.get("base", {}), plan.variables.get("common", {})
    if plan.kind == Plan.Kind.SCALE or not base:
        return
    region, is_global = common.get("region_id", plan.zone.region_id), base.get("is_global_zone") == 1
    others = Zone.objects.filter(region_id=region, is_global=True).exclude(pk=plan.zone.pk)
    if is_global and others.exists():
        raise Refused.because(
            message(
                "R11",
                "meanwhile",
                plan=plan.plan_id,
                zone=plan.zone.zone_id,
                region=region,
                others=others[0],
            )
        )
    Zone.objects.filter(pk=plan.zone.pk).update(
        region_id=region,
        deploy_mode=base.get("deploy_mode", plan.zone.deploy_mode),
        network_mode=base.get("network_mode", plan.zone.network_mode),
        is_global=is_global,
    )


def reject_plan(
    *, plan_id: str, content_hash: str, actor: Actor, comment: str = "", seen_status: str = ""
) -> Plan:
    """Reject exactly the open plan that was reviewed; what it reserved is free again.

    ``content_hash`` and ``seen_status`` (draft or approved, where that is known) name what was reviewed. Raises
    :class:`Outdated` with the difference when that is no longer current, :class:`Refused` once it is being applied.
    """
    with transaction.atomic():
        # Before the plan's row: configuring locks both in this order, so neither waits for the lock the other one holds.
        lock_allocations()
        plan = locked_plan(plan_id)
        check_seen(plan, content_hash, status=seen_status)
        revisions.close(plan, "reject", decided_by=actor.name, decided_at=Now(), comment=comment)
        audit.record(actor, "reject_plan", plan.plan_id, reason=comment, hash=plan.content_hash)
    return find_plan(plan_id=plan_id)
