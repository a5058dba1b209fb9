"""Report what is lost when a new plan replaces an open plan of another person.

======  =================================================================
P54     this plan replaces another person's open plan and differs from it
======  =================================================================
"""

from __future__ import annotations

from common.actor import Actor
from common.errors import Finding
from common.messages import message
from zones.core.versions import SHOWN_NAMES, fact_differences, text_differences
from zones.models import Plan
from zones.services.seen_version import version_of
from zones.states import PlanStatus


def whose(before: Plan, actor: Actor) -> str:
    """Return whose work in the open plan gives way; empty when ``actor`` alone made a draft and it is not approved."""
    people = {before.created_by, *before.changes.values_list("changed_by", flat=True)}
    if before.status == PlanStatus.APPROVED:
        return f"{', '.join(sorted(people))}, approved by {before.decided_by}"
    others = people - set(actor.signs)
    return ", ".join(sorted(others))


def what_gave_way(before: Plan, plan: Plan, people: str) -> list[Finding]:
    """Return the finding about a plan that ``plan`` replaced; none when both are the same but for their number."""
    old, new = version_of(before), version_of(plan)
    differences: list[str] = list(fact_differences(old, new))
    if not differences:
        paths = [path for path, _ in text_differences(old, new)]
        if not paths:
            return []
        more = len(paths) - SHOWN_NAMES
        differences = [
            message("P54", "more_different_files", paths=paths[:SHOWN_NAMES], more=more)
            if more > 0
            else message("P54", "different_files", paths=paths)
        ]
    said = message(
        "P54", "gave_way", before=before.plan_id, people=people, differences=differences, plan=plan.plan_id
    )
    return [Finding(said, level="warning")]
