"""edit_plan_file: a manual edit of a rendered file in the review, kept beside what was rendered."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from common import audit
from common.actor import Actor
from common.errors import Refused
from common.messages import Message, message
from zones.core.edits import check_edit, normal_text
from zones.load import drives_by_reference
from zones.models import Plan, PlanFile
from zones.services import revisions
from zones.services.lookups import find_file, find_plan, locked_plan
from zones.services.reopen import review_again
from zones.services.seen_version import check_made_from, check_status
from zones.states import PlanStatus


def edit_plan_file(
    *, plan_id: str, path: str, content: str, made_from: str, actor: Actor, seen_status: str = ""
) -> Plan:
    """Put ``content`` in place of a rendered file of an open plan; what was rendered is kept beside it.

    ``made_from`` names the text that was edited: the hash of the file (:func:`zones.services.seen_version.file_hash`) or of
    the plan. Giving what was rendered withdraws the edit; that, and an edit of server.yaml, is also possible where the plan
    is partly installed. Any approval becomes void: the plan is a draft again.
    Raises :class:`Outdated` with the difference when another user changed the file meanwhile (or decided on the plan,
    where ``seen_status`` says what it was), :class:`Refused` with every finding about the text; nothing is changed then.
    """
    with transaction.atomic():
        plan = locked_plan(plan_id)
        file = find_file(plan, path)
        check_status(plan, seen_status)
        check_made_from(plan, file, made_from)
        rendered = file.rendered if file.edited_by else file.content
        text = normal_text(content)
        findings = check_edit(
            path,
            text,
            rendered,
            zone_id=plan.zone.zone_id,
            deploy_mode=plan.zone.deploy_mode,
            drives=drives_by_reference(plan.roles, file.address),
            routes=_other_routes(plan),
        )
        if any(item.level == "error" for item in findings):
            raise Refused(findings)
        if text != file.content:
            was, former = revisions.before(plan), {path: file.content}
            follows = text == rendered or path == revisions.MAINTAINED
            if follows and plan.status == PlanStatus.APPROVED and revisions.begun(plan):
                # Nodes can be left out only once the edit no longer conflicts with that (P63), and the plan continues
                # only once it has what maintenance wrote meanwhile (P34).
                review_again(plan)
            else:
                revisions.reopen(plan)
            _write(file, text, rendered, actor)
            if path == revisions.MAINTAINED:
                # The editor now compares with the zone's current file.
                plan.files.filter(pk=file.pk).update(base=revisions.maintained_now(plan) or file.base)
            revisions.rehash(plan, was, former, actor=actor, verb="edit_plan_file")
            audit.record(actor, "edit_plan_file", plan.plan_id, path=path, hash=plan.content_hash)
    return find_plan(plan_id=plan_id)


def _other_routes(plan: Plan) -> Message:
    """Return how to get other return routes."""
    base = (plan.variables or plan.zone.variables).get("base", {})
    if base.get("installer_allocate_vbc") != 1:
        return message("E02", "other_vbcs")
    if plan.kind == Plan.Kind.ZONE:
        return message("E02", "other_pools")
    return message("E02", "allocated")


def _write(file: PlanFile, text: str, rendered: str, actor: Actor) -> None:
    withdrawn = text == rendered
    PlanFile.objects.filter(pk=file.pk).update(
        content=text,
        rendered="" if withdrawn else rendered,
        edited_by="" if withdrawn else actor.name,
        edited_at=None if withdrawn else Now(),
    )
