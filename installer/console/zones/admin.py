"""Zones: their contents, and how they grow."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy, ngettext

from common.wording import moment_words
from installer.console import verbs
from installer.console.labels import pill
from installer.console.operations import scale_page
from installer.console.operations.zone_pages import (
    MAINTENANCE_VIEWS,
    REGION_VIEWS,
    RegionPages,
    ZoneMaintenance,
    maintenance_links,
    region_links,
)
from installer.console.pictures.load_zone import zone_map
from installer.console.pictures.svg import patterns
from installer.console.zones import addresses_page, configure_page, order_page, page
from installer.console.zones.totals import totals
from operations.models import ScaleOut
from operations.scaling.scale import approved_plan
from zones.core.rendering import SYNTAXES
from zones.models import Plan, Zone
from zones.services.templates import TEMPLATES, archive_texts, list_archives, template_text
from zones.states import PLAN_OPEN, PlanStatus


@admin.register(Zone)
class ZoneAdmin(RegionPages, ZoneMaintenance):
    """Zones, by id."""

    public_id = "zone_id"
    page_template = "console/zone.html"
    empty_text = gettext_lazy("No zones yet. Register the one that runs, or configure a new one.")
    list_before_template = "console/zone_links.html"
    list_display = (
        "zone_id",
        "region_id",
        "deploy_mode",
        "network_mode",
        "qemu_version",
        "nodes",
        "counted",
        "open_plan",
    )
    list_filter = ("deploy_mode", "network_mode")
    search_fields = ("zone_id", "region_id")
    actions = None
    list_views = (("configure", "configure"), ("order", "order"), ("examples", "examples"))
    object_views = (
        ("scale", "scale"),
        ("routes", "routes"),
        ("addresses", "addresses"),
        *REGION_VIEWS,
        *MAINTENANCE_VIEWS,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Zone]:
        """Select zones with everything the list shows."""
        open_plans = Plan.objects.filter(zone=OuterRef("pk"), status__in=PLAN_OPEN)
        zones: QuerySet[Zone] = super().get_queryset(request)
        return zones.select_related("counts").annotate(
            node_count=Count("roles"),
            open_plan_id=Subquery(open_plans.values("plan_id")[:1]),
            open_plan_status=Subquery(open_plans.values("status")[:1]),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list of zones."""
        extra = {
            **(extra_context or {}),
            "may_run": verbs.may_run(request),
            "configure_url": self.url_of("configure"),
            "examples_url": self.url_of("examples"),
        }
        answer: HttpResponse = super().changelist_view(request, extra)
        return answer

    @admin.display(description=gettext_lazy("nodes"), ordering="node_count")
    def nodes(self, zone: Any) -> int:
        """Show the number of nodes with a role in it."""
        return int(zone.node_count)

    @admin.display(description=gettext_lazy("statistics"))
    def counted(self, zone: Zone) -> str:
        """Show cores and memory, and the time of the last count."""
        found = totals(zone)
        if found is None:
            return gettext("not counted")
        when = moment_words(found["counted_at"], "minute")
        return format_html(
            '{}, {} <span class="con-sub">{}</span>',
            ngettext("%(n)s core", "%(n)s cores", found["cores"]) % {"n": found["cores"]},
            found["memory"],
            when,
        )

    @admin.display(description=gettext_lazy("open plan"))
    def open_plan(self, zone: Any) -> str:
        """Link to the draft or approved plan, if there is one."""
        if not zone.open_plan_id:
            return ""
        url = admin.site._registry[Plan].url_of("change", zone.open_plan_id)  # type: ignore[attr-defined]
        return format_html(
            '<a class="con-link" href="{}">{}</a> {}', url, zone.open_plan_id, pill(zone.open_plan_status)
        )

    def page_context(self, request: HttpRequest, item: Zone) -> dict[str, Any]:
        """Return what the page of the zone needs."""
        found = page.describe(item)
        opened = next((plan for plan, _ in found["plans"] if plan.status in PLAN_OPEN), None)
        syntax = _syntax(request)
        later = f"{self.url_of('routes', item.zone_id)}?syntax={syntax}" if found["many_routes"] else ""
        return {
            **found,
            "zone": item,
            "map": zone_map(item),
            "picture_patterns": patterns(),
            "open_plan": opened,
            "can_scale": bool(opened and opened.status == PlanStatus.APPROVED),
            "syntaxes": SYNTAXES,
            "syntax": syntax,
            "routes": "" if later else _routes(request, item, syntax),
            "routes_url": later,
            "counts": totals(item),
            "may_run": verbs.may_run(request),
            "configure_url": f"{self.url_of('configure')}?zone={item.zone_id}",
            "order_url": f"{self.url_of('order')}?zone={item.zone_id}",
            "pages": [*_scale_out(request, item), *maintenance_links(request, item), *region_links(item)],
        }

    def configure(self, request: HttpRequest) -> HttpResponse:
        """Check configuration files and create a plan, or show the findings."""
        verbs.need(verbs.may_run(request))
        return configure_page.answer(self, request)

    def order(self, request: HttpRequest) -> HttpResponse:
        """Order nodes in a table."""
        verbs.need(verbs.may_run(request))
        return order_page.answer(self, request)

    def examples(self, request: HttpRequest) -> HttpResponse:
        """Offer example zones and templates as a starting point."""
        verbs.need(self.has_view_permission(request))
        return self.page(
            request,
            "console/examples.html",
            gettext("Examples and templates"),
            archives=[(archive, archive_texts(archive.name)) for archive in list_archives()],
            templates=[(name, template_text(name, "zone-id")) for name in TEMPLATES],
            may_run=verbs.may_run(request),
            configure_url=self.url_of("configure"),
            back=self.url_of("changelist"),
        )

    def routes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Serve the return routes as plain text."""
        text = _routes(request, self.get_item(request, object_id), _syntax(request))
        return HttpResponse(text, content_type="text/plain; charset=utf-8")

    def addresses(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the zone's networks, and who has an address."""
        return addresses_page.answer(self, request, self.get_item(request, object_id))

    def scale(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Apply the approved plan."""
        verbs.need(verbs.may_run(request))
        zone = self.get_item(request, object_id)
        plan = verbs.attempt(request, lambda: approved_plan(zone))
        if plan is None:
            return HttpResponseRedirect(self.page_url(zone))
        return scale_page.answer(self, request, zone, plan)


def _scale_out(request: HttpRequest, zone: Zone) -> list[tuple[str, str]]:
    """Return title and URL of the page that begins a scale-out; an open one is linked above the page."""
    if not verbs.may_run(request) or ScaleOut.objects.filter(zone_id=zone.zone_id, closed_at=None).exists():
        return []
    url = f"{reverse('admin:operations_scaleout_begin')}?{urlencode({'zone': zone.zone_id})}"
    return [(gettext("Begin a scale-out"), url)]


def _syntax(request: HttpRequest) -> str:
    """Return the syntax that the request chooses; the first one where it chooses none of ours."""
    chosen = request.GET.get("syntax", "")
    return chosen if chosen in SYNTAXES else SYNTAXES[0]


def _routes(request: HttpRequest, zone: Zone, syntax: str) -> str:
    from zones.services.vbc_routes import vbc_routes

    return verbs.attempt(request, lambda: vbc_routes(zone_id=zone.zone_id, syntax=syntax)) or ""
