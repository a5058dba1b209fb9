"""Carry manual edits of an earlier plan over to the next one.

======  =================================================================
P50     an edit was carried over
P51     an edit conflicts with what is rendered now: it was not carried over
P52     an edited file is no longer rendered
======  =================================================================
"""

from __future__ import annotations

from common.errors import Finding
from common.messages import Message, message
from zones.core.diff import SETTINGS
from zones.core.edits import check_edit
from zones.core.merge import merge
from zones.core.rendering import SERVER_YAML
from zones.load import drives_by_reference
from zones.models import Plan, PlanFile, Zone
from zones.states import PlanStatus


def edits_before(plan: Plan) -> dict[str, PlanFile]:
    """Return edited files by path: those of the plan that this one replaces, else of the last applied one.

    Edits of a rejected plan are not carried over.
    """
    # Without its contents: those of a plan of thousands of nodes are megabytes.
    earlier = Plan.objects.filter(zone=plan.zone).exclude(pk=plan.pk).order_by("-revision").only("status")
    last = earlier.first()
    if last is None or last.status != PlanStatus.SUPERSEDED:
        last = earlier.filter(status=PlanStatus.APPLIED).first()
    if last is None:
        return {}
    edited = PlanFile.objects.filter(plan=last).exclude(edited_by="").select_related("plan")
    edited = edited.only("path", "address", "content", "rendered", "edited_by", "edited_at", "plan__plan_id")
    if last.status == PlanStatus.APPLIED:
        # Plans begin with this file as it is in force: the edit is in it.
        edited = edited.exclude(path=SERVER_YAML)
    if last.status == PlanStatus.APPLIED and plan.kind == Plan.Kind.SCALE:
        # Settings of nodes in service stay as they were applied; this plan is about other nodes.
        edited = edited.exclude(path__startswith=SETTINGS)
    return {file.path: file for file in edited}


def carry(row: PlanFile, edit: PlanFile, zone: Zone) -> list[Finding]:
    """Merge the edit into the newly rendered ``row``, or return why that is impossible."""
    merged = merge(edit.rendered, edit.content, row.content)
    if merged is None:
        return [_not_carried(row, edit, message("P51", "same_lines"))]
    problems = check_edit(
        row.path,
        merged,
        row.content,
        zone_id=zone.zone_id,
        deploy_mode=zone.deploy_mode,
        drives=drives_by_reference(row.plan.roles, row.address),
    )
    if any(item.level == "error" for item in problems):
        return [_not_carried(row, edit, message("P51", "problem", said=problems[0].message))]
    if merged == row.content:
        return []
    row.rendered, row.content = row.content, merged
    row.edited_by, row.edited_at = edit.edited_by, edit.edited_at
    carried = message("P50", path=row.path, by=edit.edited_by, plan=edit.plan.plan_id)
    return [Finding(carried, level="info", file=row.path, node=row.address)]


def _not_carried(row: PlanFile, edit: PlanFile, why: Message) -> Finding:
    said = message(
        "P51",
        "not_taken_over",
        path=row.path,
        by=edit.edited_by,
        plan=edit.plan.plan_id,
        why=why,
        new=row.plan.plan_id,
    )
    return Finding(said, level="warning", file=row.path, node=row.address)


def lost(edit: PlanFile) -> Finding:
    """Return the finding about an edit whose file is no longer rendered."""
    return Finding(
        message("P52", path=edit.path, by=edit.edited_by, plan=edit.plan.plan_id),
        level="info",
        file=edit.path,
    )
