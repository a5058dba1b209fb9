"""edit_plan_file: a rendered file changed by hand in the review, as an edit on top of what was rendered."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from jobs import audit
from jobs.actor import Actor
from jobs.errors import NotFound, Refused
from zones.core.edits import check_edit, normal_text
from zones.models import Plan, PlanFile
from zones.services import revisions
from zones.services.find import find_plan, locked_plan
from zones.states import PLAN_OPEN


def edit_plan_file(*, plan_id: str, path: str, content: str, actor: Actor) -> Plan:
    """Put ``content`` in the place of a rendered file of an open plan; what was rendered is kept beside it.

    Giving what was rendered withdraws the edit. An approval is void afterwards: the plan is a draft again.
    Raises :class:`Refused` with every finding about the text; nothing is changed then.
    """
    with transaction.atomic():
        plan = locked_plan(plan_id)
        if plan.status not in PLAN_OPEN:
            raise Refused.because(
                "P15", f"plan {plan.plan_id} is {plan.status}", "only an open plan is edited; configure again"
            )
        file = _file(plan, path)
        rendered = file.rendered if file.edited_by else file.content
        text = normal_text(content)
        findings = check_edit(
            path, text, rendered, zone_id=plan.zone.zone_id, deploy_mode=plan.zone.deploy_mode
        )
        if any(item.level == "error" for item in findings):
            raise Refused(findings)
        if text != file.content:
            revisions.reopen(plan)
            _write(file, text, rendered, actor)
            revisions.rehash(plan)
            audit.record(actor, "edit_plan_file", plan.plan_id, path=path, hash=plan.content_hash)
    return find_plan(plan_id=plan_id)


def _file(plan: Plan, path: str) -> PlanFile:
    file = plan.files.filter(path=path[:255]).first()
    if file is None:
        raise NotFound.because(
            "E01",
            f"plan {plan.plan_id} has no file {path[:80]!r}",
            f"show_plan {plan.plan_id} lists its files",
        )
    return file


def _write(file: PlanFile, text: str, rendered: str, actor: Actor) -> None:
    withdrawn = text == rendered
    PlanFile.objects.filter(pk=file.pk).update(
        content=text,
        rendered="" if withdrawn else rendered,
        edited_by="" if withdrawn else actor.name,
        edited_at=None if withdrawn else Now(),
    )
