"""haproxy of a zone's proxies: the new configuration, who approved it, and where it was rolled back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy

from installer import slots
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from jobs.models import Job, Step
from operations.changes import approve_change, file_diffs
from operations.haproxy.service import apply_haproxy, preview_haproxy, zone_haproxy
from operations.models import Change
from zones.models import Zone

SHOWN_CHANGES = 10
MEANS = {
    "draft": gettext_lazy("waits for approval"),
    "approved": gettext_lazy(
        "approved: apply it here, or let scale_qingcloud_zone apply it as its last phase"
    ),
    "applied": gettext_lazy("applied to all proxies"),
}


def answer(page: ConsoleAdmin, request: HttpRequest, zone: Zone) -> HttpResponse:
    """Show the newest change and its state; on POST run one of the three verbs."""
    if request.method == "POST":
        there = _do(request, zone)
        if not verbs.outdated(request):
            return HttpResponseRedirect(there or request.path)
    changes = list(zone.changes.filter(kind=Change.Kind.HAPROXY).select_related("zone")[:SHOWN_CHANGES])
    newest = changes[0] if changes else None
    # A new preview does not hide the result of the change before it.
    ran = next((change for change in changes if change.job_id), None)
    return page.page(
        request,
        "console/haproxy.html",
        gettext("haproxy of %(zone)s") % {"zone": zone.zone_id},
        zone=zone,
        listeners=verbs.attempt(request, lambda: zone_haproxy(zone_id=zone.zone_id)) or "",
        change=newest,
        state=pill(newest.state) if newest else "",
        means=MEANS[newest.state] if newest else "",
        diffs=file_diffs(newest) if newest else [],
        earlier=[(change, pill(change.state)) for change in changes[1:]],
        ran=ran,
        job=Job.objects.filter(job_id=ran.job_id).first() if ran else None,
        proxies=_proxies(ran) if ran else [],
        may_run=verbs.may_run(request),
        may_decide=verbs.may_decide(request),
        back=page.page_url(zone),
    )


def _do(request: HttpRequest, zone: Zone) -> str:
    """Run the verb and return the URL to continue at; empty: this page."""
    actor, named = verbs.actor(request), {"zone_id": zone.zone_id}
    if "approve" in request.POST:
        verbs.need(verbs.may_decide(request))
        change_id, comment = verbs.posted(request, "approve", 10), verbs.posted(request, "comment", 2000)
        change = verbs.attempt(
            request, lambda: approve_change(change_id=change_id, comment=comment, actor=actor, **named)
        )
        if change:
            text = gettext("Change %(change)s approved: apply it in a maintenance window.")
            messages.success(request, text % {"change": change.change_id})
    elif "apply" in request.POST:
        job = verbs.attempt(
            request, lambda: apply_haproxy(actor=actor, **verbs.seen_change(request), **named)
        )
        return verbs.job_url(job.job_id) if job else ""
    elif "preview" in request.POST:
        slots.hold(request)
        here = bool(request.POST.get("on_management"))
        seen = verbs.posted(request, "instead_of", 10)
        made = verbs.attempt(
            request,
            lambda: preview_haproxy(actor=actor, on_management=here, instead_of=seen, **named),
        )
        if made:
            text = gettext(
                "Change %(change)s created from the current files of the proxies: review it below."
            )
            messages.success(request, text % {"change": made.change_id})
    return ""


def _proxies(change: Change) -> list[dict[str, Any]]:
    """Return the result of the newest job on each proxy, in its order."""
    steps = Step.objects.filter(job__job_id=change.job_id, phase="haproxy").order_by("position", "pk")
    return [{"address": step.address, "pill": pill(step.status), "error": step.error} for step in steps]
