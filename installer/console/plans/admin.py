"""Plans: what will be written to each machine, reviewed and decided here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from common.errors import Finding
from installer.console import verbs
from installer.console.base import ConsoleAdmin, Crumb
from installer.console.labels import pill
from installer.console.plans import edit_page, leave_out_page, page
from installer.console.return_path import keeping, onward
from installer.console.units import moment_text
from zones.models import Plan
from zones.states import PLAN_OPEN, PlanStatus

LARGE = ("disk_identities", "host_keys", "variables", "vms", "removed", "summary", "sources", "findings")
MEANS = {
    PlanStatus.DRAFT: gettext_lazy("waits for approval"),
    PlanStatus.APPROVED: gettext_lazy("approved: scale the zone to apply it"),
    PlanStatus.APPLIED: gettext_lazy("applied: these are the current files of the zone"),
    PlanStatus.REJECTED: gettext_lazy("rejected: its reservations are released"),
    PlanStatus.SUPERSEDED: gettext_lazy("superseded by a newer plan"),
}


@admin.register(Plan)
class PlanAdmin(ConsoleAdmin):
    """Plans, newest first."""

    public_id = "plan_id"
    page_template = "console/plan.html"
    empty_text = gettext_lazy("No plans yet. Configuring a zone creates one, for review and approval.")
    list_display = (
        "plan_id",
        "shown_status",
        "zone_name",
        "kind",
        "nodes",
        "made",
        "created_by",
        "decided",
        "job",
    )
    list_filter = ("status", ("zone", admin.RelatedOnlyFieldListFilter), "kind")
    search_fields = ("plan_id", "zone__zone_id", "created_by", "decided_by")
    actions = None
    object_views = (
        ("decide", "decide"),
        ("source", "source"),
        ("file", "file"),
        ("edit", "edit"),
        ("void", "void"),
        ("lists", "lists"),
        ("leave-out", "leave_out"),
    )

    def empty_links(self, request: HttpRequest) -> list[Crumb]:
        """Lead to the page that creates a plan."""
        url = reverse("admin:zones_zone_configure")
        return [(gettext("Configure a zone"), url)] if verbs.may_run(request) else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        """Select plans with their zone."""
        plans: QuerySet[Plan] = super().get_queryset(request)
        return plans.select_related("zone")

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def shown_status(self, plan: Plan) -> str:
        """Show the status as colour, symbol and word."""
        return pill(plan.status)

    @admin.display(description=gettext_lazy("zone"), ordering="zone__zone_id")
    def zone_name(self, plan: Plan) -> str:
        """Show its zone."""
        return plan.zone.zone_id

    @admin.display(description=gettext_lazy("nodes"))
    def nodes(self, plan: Plan) -> int:
        """Show the number of nodes it adds."""
        return len(plan.roles)

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def made(self, plan: Plan) -> str:
        """Show the time of its creation."""
        return moment_text(plan.created_at)

    @admin.display(description=gettext_lazy("decided"))
    def decided(self, plan: Plan) -> str:
        """Show who decided it and when."""
        return f"{plan.decided_by}, {moment_text(plan.decided_at)}" if plan.decided_by else ""

    @admin.display(description=gettext_lazy("job"))
    def job(self, plan: Plan) -> str:
        """Link to the job that applies it."""
        if not plan.job_id:
            return ""
        return format_html('<a class="con-link" href="{}">{}</a>', verbs.job_url(plan.job_id), plan.job_id)

    def page_context(self, request: HttpRequest, item: Plan) -> dict[str, Any]:
        """Return what the page of the plan needs."""
        found = page.describe(request, item)
        is_open = item.status in PLAN_OPEN
        return {
            **found,
            "plan": item,
            **page.findings(item),
            "sources": page.sources(item),
            "status_pill": pill(item.status),
            "means": MEANS[PlanStatus(item.status)],
            # Comparing the disks of thousands of nodes takes longer than a page may: it is loaded after the page.
            "void": _changes_since(item) if is_open and not found["many"] else [],
            "void_later": is_open and found["many"],
            "may_decide": verbs.may_decide(request),
            "may_run": verbs.may_run(request),
            "can_approve": item.status == PlanStatus.DRAFT,
            "can_reject": is_open,
            "can_edit": is_open and verbs.may_run(request),
            # Before its first job a plan is simply created again without them.
            "can_leave_out": is_open and bool(item.job_id) and verbs.may_run(request),
        }

    def source(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Serve one of the plan's source files, unchanged."""
        return page.source_text(self.get_item(request, object_id), request.GET.get("name", ""))

    def file(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Serve one file as plain text."""
        return edit_page.text_of(self.get_item(request, object_id), request.GET.get("path", ""))

    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show one file in an editor; POST stores the text."""
        return edit_page.answer(self, request, self.get_item(request, object_id))

    def void(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Serve what changed since the plan was created, as a fragment of the page."""
        plan = self.get_item(request, object_id)
        return render(request, "console/plan_void.html", {"plan": plan, "void": _changes_since(plan)})

    def lists(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Update the node lists after roles were edited; takes a POST."""
        from zones.services.node_lists import gen_node_list

        verbs.need(verbs.may_run(request))
        plan = self.get_item(request, object_id)
        if request.method == "POST":
            listed = verbs.attempt(
                request,
                lambda: gen_node_list(zone_id=plan.zone.zone_id, actor=verbs.actor(request)),
            )
            if listed:
                text = gettext("Changed: %(roles)s roles, %(files)s node lists.")
                messages.success(request, text % {"roles": len(listed.roles), "files": len(listed.files)})
        return HttpResponseRedirect(self.url_of("change", object_id))

    def leave_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose nodes to leave out of the plan; POST leaves them out."""
        return leave_out_page.answer(self, request, self.get_item(request, object_id))

    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Approve or reject what the page showed, with a comment; if that changed, show the current page. Takes a POST."""
        from zones.services.approve import approve_plan, reject_plan

        verbs.need(verbs.may_decide(request))
        seen: dict[str, Any] = verbs.seen_plan(request)
        content_hash = seen["content_hash"]
        wanted: dict[str, Any] = {
            "plan_id": object_id,
            "actor": verbs.actor(request),
            "comment": verbs.posted(request, "comment", 2000),
        }
        known: dict[str, Callable[[], Plan]] = {
            "approve": lambda: approve_plan(content_hash=content_hash, **wanted),
            "reject": lambda: reject_plan(**seen, **wanted),
        }
        call = known.get(request.POST.get("decision", ""))
        if request.method == "POST" and call:
            plan = verbs.attempt(request, call)
            if plan:
                approved = plan.status == PlanStatus.APPROVED
                text = gettext("Plan %(plan)s approved.") if approved else gettext("Plan %(plan)s rejected.")
                messages.success(request, text % {"plan": plan.plan_id})
                return HttpResponseRedirect(onward(request, self.url_of("change", object_id)))
            if verbs.outdated(request):
                return self.change_view(request, object_id)
        return HttpResponseRedirect(keeping(request, self.url_of("change", object_id)))


def _changes_since(plan: Plan) -> list[Finding]:
    """Return what the hash covers and has changed since the plan was created."""
    from zones.services import revisions

    return revisions.hash_now(plan)[1]
