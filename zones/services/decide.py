"""approve_plan and reject_plan."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from jobs import audit
from jobs.actor import Actor
from jobs.errors import Finding, Refused
from nodes.models import Node
from nodes.states import NodeStatus, move_nodes
from zones.models import Plan, Role
from zones.services import revisions
from zones.services.find import find_plan
from zones.states import PlanStatus, move_plans


def approve_plan(*, plan_id: str, actor: Actor, comment: str = "") -> Plan:
    """Approve a draft as it is now: its nodes get their roles and become configured.

    Raises :class:`Refused` when it is no draft, or when a disk, a host key or a node changed since.
    """
    with transaction.atomic():
        plan = _locked(plan_id)
        if plan.status != PlanStatus.DRAFT:
            raise Refused.because(
                "P12",
                f"plan {plan.plan_id} is {plan.status}",
                "only a draft is approved; configure again for a new one",
            )
        revisions.check_unchanged(plan)
        give_roles(plan, "configure")
        move_plans(
            Plan.objects.filter(pk=plan.pk),
            "approve",
            decided_by=actor.name,
            decided_at=Now(),
            comment=comment,
        )
        audit.record(actor, "approve_plan", plan.plan_id, reason=comment, hash=plan.content_hash)
    return find_plan(plan_id=plan_id)


def give_roles(plan: Plan, event: str) -> None:
    """Tie the plan's nodes to its zone and move them on. Raises :class:`Refused` when one is not available."""
    nodes = {
        str(node.mgmt_address): node
        for node in Node.objects.select_for_update().filter(mgmt_address__in=plan.roles)
    }
    busy = [node for node in nodes.values() if node.status != NodeStatus.AVAILABLE]
    if busy:
        raise Refused(
            Finding(
                "R16",
                f"{node} is {node.status}, not available any more",
                "leave it out and configure again",
                node=str(node.mgmt_address),
            )
            for node in busy
        )
    Role.objects.bulk_create(
        Role(
            node=nodes[address],
            zone=plan.zone,
            plan=plan,
            role=given["role"],
            sub_roles=given["sub_roles"],
            pair=nodes.get(given["pair"]),
        )
        for address, given in plan.roles.items()
    )
    move_nodes(Node.objects.filter(pk__in=[node.pk for node in nodes.values()]), event)


def reject_plan(*, plan_id: str, actor: Actor, comment: str = "") -> Plan:
    """Reject an open plan; what it reserved is free again. Raises :class:`Refused` once it is being applied."""
    with transaction.atomic():
        plan = _locked(plan_id)
        if plan.status not in (PlanStatus.DRAFT, PlanStatus.APPROVED):
            raise Refused.because(
                "P13", f"plan {plan.plan_id} is {plan.status} already", "there is nothing to reject"
            )
        revisions.close(plan, "reject", decided_by=actor.name, decided_at=Now(), comment=comment)
        audit.record(actor, "reject_plan", plan.plan_id, reason=comment)
    return find_plan(plan_id=plan_id)


def _locked(plan_id: str) -> Plan:
    plan = find_plan(plan_id=plan_id)
    return Plan.objects.select_for_update(of=("self",)).select_related("zone").get(pk=plan.pk)
