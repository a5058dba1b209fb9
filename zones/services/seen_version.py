"""Compare the version that a person reviewed with the current one, which is approved or overwritten only if equal.

======  =================================================================================================
P75     the plan was changed or decided since it was reviewed
P76     what was reviewed is not named
P77     the file was changed since the edit was started
======  =================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from common.errors import Difference, Finding, Outdated, Refused
from common.messages import Message, message, phrase, with_reason
from common.text import plain
from common.wording import _
from zones.core.diff import diff_plan
from zones.core.edits import file_hash
from zones.core.rendering import RenderedFile
from zones.core.versions import Version, fact_differences, text_differences
from zones.models import Plan, PlanChange, PlanFile
from zones.states import PLAN_OPEN, PlanStatus

# A refusal shows this much of what changed; the page of the plan has it all.
SHOWN_CHANGES = 20
SHOWN_TEXTS = 100
SHOWN_CHARS = 200_000
_DID = {
    "config_qingcloud": _("{who} created it{what} at {at:datetime}"),
    "edit_plan_file": _("{who} edited a file{what} at {at:datetime}"),
    "gen_node_list": _("{who} refreshed roles and node lists{what} at {at:datetime}"),
    "leave_out_nodes": _("{who} left nodes out{what} at {at:datetime}"),
}


def check_seen(plan: Plan, content_hash: str, *, status: str = "", wanted: Iterable[str] = PLAN_OPEN) -> None:
    """Compare the locked plan with the version that was reviewed.

    ``content_hash`` names that version; ``status`` is the plan's status then, where known; ``wanted``: what
    it must be now. Raises :class:`Outdated` with everything that changed, :class:`Refused` when no hash is given.
    """
    given = named(content_hash, message("P76", "no_hash_of_plan", plan=plan.plan_id))
    if plan.status in wanted and given != plan.content_hash:
        raise Outdated([_changed(plan, given)], difference_since(plan, given))
    check_status(plan, status, given, wanted=wanted)


def check_status(
    plan: Plan, status: str, content_hash: str = "", *, wanted: Iterable[str] = PLAN_OPEN
) -> None:
    """Raise :class:`Outdated` when the locked plan has been decided since, or is not ``status``, where given."""
    if plan.status not in wanted or (status and status != plan.status):
        raise Outdated([_decided(plan)], difference_since(plan, content_hash or plan.content_hash))


def named(content_hash: str, missing: Message) -> str:
    """Return the hash as it is compared. Raises :class:`Refused` when there is none: ``missing`` (P76) says which."""
    given = content_hash.strip().lower()
    if not given:
        raise Refused.because(missing, field="content_hash")
    return given


def check_made_from(plan: Plan, file: PlanFile, made_from: str) -> None:
    """Compare a file with the text that an edit was made from; ``made_from`` is the hash of the file or the plan.

    Raises :class:`Outdated` with what another user changed, :class:`Refused` when no hash is given.
    """
    given = named(made_from, message("P76", "no_hash_of_file", plan=plan.plan_id, path=file.path))
    if given in (file_hash(file.content), plan.content_hash):
        return
    seen = former_text(plan, file, given)
    last = plan.changes.filter(texts__has_key=file.path).last()
    said = (
        message(
            "P77", "changed_by", path=file.path, plan=plan.plan_id, by=last.changed_by, at=last.changed_at
        )
        if last
        else message("P77", "changed", path=file.path, plan=plan.plan_id)
    )
    changes = [_sentence(change) for change in plan.changes.filter(texts__has_key=file.path)][-SHOWN_CHANGES:]
    if seen is None:
        changes.append(phrase(_("no earlier text of this file has the hash {hash}"), hash=plain(given)[:64]))
    old = seen if seen is not None else file.rendered
    found = diff_plan({file.path: old}, [RenderedFile(file.path, file.content)], partial=True).files
    raise Outdated(
        [Finding(said, file=file.path)],
        Difference(tuple(changes), tuple((item.path, item.unified) for item in found)),
    )


def former_text(plan: Plan, file: PlanFile, made_from: str) -> str | None:
    """Return the text of the file that has this hash, or that the plan had with it; None when there was none."""
    text: str | None = file.content
    for change in plan.changes.order_by("-id"):
        text = change.texts.get(file.path, text)
        if text is not None and made_from in (file_hash(text), change.before_hash):
            return text
    return None


def difference_since(plan: Plan, content_hash: str) -> Difference:
    """Return what is different now from the version with this hash, of this plan or of an earlier one of its zone."""
    newest = _newest(plan)
    held = _holder(plan, content_hash)
    if held is None:
        known = [_sentence(change) for change in newest.changes.all()][-SHOWN_CHANGES:]
        template = _("no version of a plan of {zone} has the hash {hash}")
        unknown = phrase(template, zone=plan.zone.zone_id, hash=plain(content_hash)[:64])
        return Difference((unknown, *known))
    since = _changes_after(held, content_hash)
    changes: list[str] = [_sentence(change) for change in since]
    for other in Plan.objects.filter(
        zone=plan.zone, revision__gt=held.revision, revision__lte=newest.revision
    ).order_by("revision"):
        made = _("{who} created {plan} at {at:datetime}")
        changes += [f"{other.plan_id}: {_sentence(change)}" for change in other.changes.all()] or [
            phrase(made, who=other.created_by, plan=other.plan_id, at=other.created_at)
        ]
    if newest.decided_by:
        changes.append(_decision(newest))
    seen, now = _version(held, since), _version(newest, ())
    facts = [*fact_differences(seen, now)]
    return Difference((*changes[-SHOWN_CHANGES:], *facts[:SHOWN_TEXTS]), _shown(text_differences(seen, now)))


def _shown(texts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return as much as fits on a page, and how much more there is."""
    found, room = [], SHOWN_CHARS
    for path, diff in texts[:SHOWN_TEXTS]:
        if len(diff) > room:
            break
        found.append((path, diff))
        room -= len(diff)
    left = len(texts) - len(found)
    if left:
        found.append((phrase(_("and {left} more texts: see the plan"), left=left), ""))
    return tuple(found)


def _newest(plan: Plan) -> Plan:
    """Return the current plan in this one's place: the plan itself until it was superseded."""
    if plan.status != PlanStatus.SUPERSEDED:
        return plan
    return Plan.objects.filter(zone=plan.zone).select_related("zone").order_by("-revision")[0]


def _holder(plan: Plan, content_hash: str) -> Plan | None:
    """Return the plan that has, or had, the version with this hash: this one before others of its zone."""
    mine = Q(content_hash=content_hash) | Q(changes__before_hash=content_hash)
    found = Plan.objects.filter(mine, zone=plan.zone).select_related("zone").distinct()
    return found.filter(pk=plan.pk).first() or found.order_by("-revision").first()


def _changes_after(plan: Plan, content_hash: str) -> list[PlanChange]:
    """Return changes of the plan since it last had that version, oldest first."""
    if plan.content_hash == content_hash:
        return []
    first = plan.changes.filter(before_hash=content_hash).last()
    return list(plan.changes.filter(pk__gte=first.pk)) if first else []


def version_of(plan: Plan) -> Version:
    """Return the current content of the plan."""
    texts = dict(plan.files.values_list("path", "content"))
    return Version(texts, plan.roles, plan.disk_identities, plan.host_keys)


def _version(plan: Plan, undone: Sequence[PlanChange]) -> Version:
    """Return the plan with these changes (its last ones) undone."""
    version = version_of(plan)
    for change in reversed(undone):
        version = version.before(change.texts, change.facts)
    return version


def _changed(plan: Plan, given: str) -> Finding:
    held = _holder(plan, given)
    last = plan.changes.last()
    look = message("P75", "look_then_decide", hash=plan.content_hash)
    if held is None:
        said = message("P75", "unknown_hash", plan=plan.plan_id, look=look)
    elif held.pk != plan.pk and last:
        said = message(
            "P75",
            "other_plan_by",
            seen=held.plan_id,
            plan=plan.plan_id,
            by=last.changed_by,
            at=last.changed_at,
            look=look,
        )
    elif held.pk != plan.pk:
        said = message("P75", "other_plan", seen=held.plan_id, plan=plan.plan_id, look=look)
    elif last:
        said = message(
            "P75", "changed_by", plan=plan.plan_id, by=last.changed_by, at=last.changed_at, look=look
        )
    else:
        said = message("P75", "changed", plan=plan.plan_id, look=look)
    return Finding(said, field="content_hash")


def _decided(plan: Plan) -> Finding:
    newest, last = _newest(plan), plan.changes.last()
    if newest.pk != plan.pk:
        said = message(
            "P75",
            "superseded",
            plan=plan.plan_id,
            by=newest.created_by,
            newest=newest.plan_id,
            at=newest.created_at,
            status=newest.status,
        )
    elif plan.status == PlanStatus.DRAFT and last:
        said = message("P75", "draft_by", plan=plan.plan_id, by=last.changed_by, at=last.changed_at)
    elif plan.status == PlanStatus.DRAFT:
        said = message("P75", "draft", plan=plan.plan_id)
    else:
        said = _decided_already(plan)
    return Finding(said)


def _decided_already(plan: Plan) -> Message:
    then = message("P75", "look_again") if plan.status in PLAN_OPEN else message("P75", "configure_again")
    if plan.decided_by:
        return message(
            "P75", "decided_by", plan=plan.plan_id, status=plan.status, decision=_decision(plan), then=then
        )
    return message("P75", "decided", plan=plan.plan_id, status=plan.status, then=then)


def _decision(plan: Plan) -> Message:
    rejected = plan.status == PlanStatus.REJECTED
    if plan.decided_at:
        template = (
            _("{who} rejected it at {at:datetime}") if rejected else _("{who} approved it at {at:datetime}")
        )
    else:
        template = (
            _("{who} rejected it at an unknown time")
            if rejected
            else _("{who} approved it at an unknown time")
        )
    return with_reason(phrase(template, who=plan.decided_by, at=plan.decided_at), plan.comment)


def _sentence(change: PlanChange) -> Message:
    paths = [] if change.verb == "config_qingcloud" else sorted(change.texts)
    what: str = f" ({', '.join(paths)})" if paths else ""
    if len(paths) > 3:
        what = phrase(_(" ({paths} and {more} more)"), paths=paths[:3], more=len(paths) - 3)
    template = _DID.get(change.verb, "{who} " + change.verb + "{what} at {at:datetime}")
    done = phrase(template, who=change.changed_by, what=what, at=change.changed_at)
    return with_reason(done, change.reason)


def _moment(change: PlanChange) -> str:
    return f"{change.changed_at:%Y-%m-%d %H:%M:%S} UTC"
