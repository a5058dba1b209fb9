"""Continuing a plan without nodes that cannot be installed: which, and why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, ngettext

from common.audit import MAX_REASON_CHARS
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.return_path import keeping, onward
from zones.models import Plan


def answer(page: ConsoleAdmin, request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the nodes that are not in service, to choose from; POST leaves the chosen ones out.

    A link may name nodes that are ticked already.
    """
    from zones.services import leave_out

    verbs.need(verbs.may_run(request))
    back = page.url_of("change", plan.plan_id)
    chosen = request.POST.getlist("address")
    if request.method == "POST" and not chosen:
        messages.error(request, gettext("No node is selected."))
    elif request.method == "POST":
        left = verbs.attempt(
            request,
            lambda: leave_out.leave_out_nodes(
                plan_id=plan.plan_id,
                addresses=chosen,
                reason=verbs.posted(request, "reason", MAX_REASON_CHARS),
                actor=verbs.actor(request),
                **verbs.seen_plan(request),
            ),
        )
        if left:
            text = ngettext(
                "%(n)s node left out. Plan %(plan)s is a draft: review the changes.",
                "%(n)s nodes left out. Plan %(plan)s is a draft: review the changes.",
                len(chosen),
            )
            messages.success(request, text % {"n": len(chosen), "plan": plan.plan_id})
            return HttpResponseRedirect(onward(request, back))
    return page.page(
        request,
        "console/leave_out.html",
        gettext("Leave nodes out of %(plan)s") % {"plan": plan.plan_id},
        plan=plan,
        back=keeping(request, back),
        rows=[(node, pill(node.status)) for node in leave_out.candidates(plan)],
        chosen=chosen or request.GET.getlist("address"),
        reason=request.POST.get("reason", ""),
        reason_chars=MAX_REASON_CHARS,
    )
