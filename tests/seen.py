"""Verbs on plans, given by a person who has just read the plan."""

from __future__ import annotations

from collections.abc import Sequence

from common.actor import Actor
from zones.core.edits import file_hash
from zones.models import Plan, PlanFile
from zones.services import approve, edit, leave_out
from zones.services.leave_out import LeftOut


def seen(plan_id: str) -> str:
    """Return the content hash of the plan as it is now; without a plan, 64 zeros."""
    return Plan.objects.filter(plan_id=plan_id).values_list("content_hash", flat=True).first() or "0" * 64


def approve_plan(*, plan_id: str, actor: Actor, comment: str = "") -> Plan:
    return approve.approve_plan(plan_id=plan_id, content_hash=seen(plan_id), actor=actor, comment=comment)


def reject_plan(*, plan_id: str, actor: Actor, comment: str = "") -> Plan:
    return approve.reject_plan(plan_id=plan_id, content_hash=seen(plan_id), actor=actor, comment=comment)


def edit_plan_file(*, plan_id: str, path: str, content: str, actor: Actor) -> Plan:
    text = PlanFile.objects.filter(plan__plan_id=plan_id, path=path).values_list("content", flat=True).first()
    return edit.edit_plan_file(
        plan_id=plan_id, path=path, content=content, made_from=file_hash(text or ""), actor=actor
    )


def leave_out_nodes(*, plan_id: str, addresses: Sequence[str], actor: Actor, reason: str = "") -> LeftOut:
    return leave_out.leave_out_nodes(
        plan_id=plan_id, addresses=addresses, content_hash=seen(plan_id), actor=actor, reason=reason
    )
