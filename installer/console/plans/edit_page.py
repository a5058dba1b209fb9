"""One file of a plan: view it, or edit it with the findings beside its lines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from common.characters import visible
from common.errors import Finding, Outdated, Refused, VerbError
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.form_recovery import kept_text
from zones.core.edits import file_hash, normal_text
from zones.core.merge import merge
from zones.describe import file_diff, removed_diff, unified
from zones.models import Plan, PlanFile
from zones.services.edit import edit_plan_file
from zones.services.seen_version import former_text
from zones.states import PLAN_OPEN


def file_of(plan: Plan, path: str) -> PlanFile:
    """Look up the file by path. Raises 404."""
    file = plan.files.filter(path=path[:255]).first()
    if file is None:
        raise Http404(f"plan {plan.plan_id} has no file {path[:80]}")
    return file


def text_of(plan: Plan, path: str) -> HttpResponse:
    """Return the difference of a file as plain text, or its content when nothing changes."""
    if path in plan.removed:
        return HttpResponse(removed_diff(path, plan.removed[path]), content_type="text/plain; charset=utf-8")
    file = file_of(plan, path)
    return HttpResponse(file_diff(file) or file.content, content_type="text/plain; charset=utf-8")


def answer(page: ConsoleAdmin, request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the editor; on POST the plan again, or the editor with every finding and what was typed."""
    verbs.need(verbs.may_run(request))
    file = file_of(plan, request.GET.get("path", ""))
    text, made_from = file.content, file_hash(file.content)
    findings: tuple[Finding, ...] = ()
    kept = kept_text(request)
    if kept is not None:
        text, made_from = kept.get("content", "").replace("\r\n", "\n"), kept.get("made_from", "")[:64]
    if request.method == "POST":
        # Browsers send the lines of a text area with CRLF, whatever was typed.
        text = request.POST.get("content", "").replace("\r\n", "\n")
        # The text remains an edit of the version it was based on, however often it is refused.
        made_from = verbs.posted(request, "made_from", 64)
        if "restore" in request.POST:
            text = file.rendered
        done, findings = _save(request, plan, file, text, made_from)
        if done:
            return HttpResponseRedirect(page.url_of("change", plan.plan_id))
        if verbs.outdated(request):
            text, made_from = _together(request, plan, file, text, made_from)
    return page.page(
        request,
        "console/plan_edit.html",
        gettext("Edit %(path)s of %(plan)s") % {"path": file.path, "plan": plan.plan_id},
        plan=plan,
        file=file,
        text=text,
        made_from=made_from,
        findings=findings,
        lines=_numbered(text, findings),
        edit_diff=unified(file.path, file.rendered, file.content) if file.edited_by else "",
        editable=plan.status in PLAN_OPEN,
        back=page.url_of("change", plan.plan_id),
    )


def _save(
    request: HttpRequest, plan: Plan, file: PlanFile, text: str, made_from: str
) -> tuple[bool, tuple[Finding, ...]]:
    try:
        after = edit_plan_file(
            plan_id=plan.plan_id,
            path=file.path,
            content=text,
            made_from=made_from,
            seen_status=verbs.posted(request, "seen_status", 16),
            actor=verbs.actor(request),
        )
    except Outdated as outdated:
        verbs.tell(request, outdated)
        return False, ()
    except Refused as refusal:
        return False, tuple(refusal.findings)
    except VerbError as error:
        verbs.tell(request, error)
        return False, ()
    if plan.status != after.status:
        text = gettext("%(path)s changed. The approval is void; plan %(plan)s is a draft again.")
        messages.warning(request, text % {"path": file.path, "plan": plan.plan_id})
    else:
        messages.success(request, gettext("%(path)s changed.") % {"path": file.path})
    return True, ()


def _together(request: HttpRequest, plan: Plan, file: PlanFile, text: str, made_from: str) -> tuple[str, str]:
    """Merge the edit with another user's change of the file where possible; returns text and hash to continue with."""
    seen, now = former_text(plan, file, made_from), file_hash(file.content)
    merged = None if seen is None else merge(seen, normal_text(text), file.content)
    if merged is None:
        messages.warning(
            request,
            gettext(
                "The text below contains only your edit: merge the other changes into it, or Save reverts them."
            ),
        )
        return text, now
    if merged != text:
        messages.warning(
            request,
            gettext("The text below contains both edits, yours and the other one: review it, then Save."),
        )
    return merged, now


def _numbered(text: str, findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    if not any(item.line for item in findings):
        return []
    return [
        {
            "number": number,
            "text": visible(line),
            "findings": [item for item in findings if item.line == number],
        }
        for number, line in enumerate(text.split("\n"), 1)
    ]
