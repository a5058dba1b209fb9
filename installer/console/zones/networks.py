"""Public pools and base networks of all zones: who owns an address, and where it is changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from installer.console.base import ConsoleAdmin
from zones.models import EipPool, Plan, VbcAssignment
from zones.states import PlanStatus


class NetworkAdmin(ConsoleAdmin):
    """A list; a row leads to its zone, and its last column to the page where it is changed."""

    list_filter = (("zone", admin.RelatedOnlyFieldListFilter),)
    actions = None
    ordering = ("zone__zone_id", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Select rows with their zone and its draft."""
        drafts = Plan.objects.filter(zone=OuterRef("zone"), status=PlanStatus.DRAFT)
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = rows.annotate(draft=Subquery(drafts.values("plan_id")[:1]))
        return rows.select_related("zone")

    def page_url(self, item: Model) -> str:
        """Return the page of the zone."""
        return reverse("admin:zones_zone_change", args=[self._zone_id(item)])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Redirect to the zone."""
        return HttpResponseRedirect(self.page_url(self.get_item(request, object_id)))

    @staticmethod
    def _zone_id(item: Any) -> str:
        return str(item.zone.zone_id)

    @admin.display(description=gettext_lazy("zone"), ordering="zone__zone_id")
    def in_zone(self, item: Any) -> str:
        """Show its zone."""
        return self._zone_id(item)

    @admin.display(description=gettext_lazy("edit in"))
    def changed_in(self, item: Any) -> str:
        """Link to the draft of its zone, whose files can be edited; without one, to the page that creates a draft."""
        if item.draft:
            text = gettext("plan %(plan)s") % {"plan": item.draft}
            return format_html(
                '<a href="{}">{}</a>', reverse("admin:zones_plan_edit", args=[item.draft]), text
            )
        url = f"{reverse('admin:zones_zone_configure')}?zone={self._zone_id(item)}"
        return format_html('<a href="{}">{}</a>', url, gettext("Configure…"))


@admin.register(EipPool)
class EipPoolAdmin(NetworkAdmin):
    """Public pools, by zone."""

    empty_text = gettext_lazy(
        "No EIP pools yet. A plan that adds a VG node with a public segment reserves them."
    )
    list_display = ("network", "gateway", "in_zone", "vg_node", "ha_group", "changed_in")
    search_fields = ("network", "gateway", "vg__hostname", "vg__mgmt_address", "zone__zone_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Select pools with their VG node."""
        return super().get_queryset(request).select_related("vg")

    @admin.display(description=gettext_lazy("VG node"), ordering="vg__hostname")
    def vg_node(self, pool: EipPool) -> str:
        """Show the node that carries it."""
        return str(pool.vg)


@admin.register(VbcAssignment)
class VbcAdmin(NetworkAdmin):
    """Base networks, by zone."""

    empty_text = gettext_lazy("No VBC networks yet. A plan that adds hypers to a zone reserves them.")
    list_display = ("networks", "vips", "in_zone", "masters", "hypers", "changed_in")
    search_fields = (
        *("ipv4_network", "ipv4_vip", "ipv6_network", "ipv6_vip", "zone__zone_id"),
        *("master__hostname", "members__node__hostname", "members__node__mgmt_address"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Select base networks with their hypers."""
        rows = super().get_queryset(request)
        return rows.select_related("master", "ipv6_master").prefetch_related("members__node")

    @admin.display(description=gettext_lazy("network"), ordering="ipv4_network")
    def networks(self, vbc: VbcAssignment) -> str:
        """Show the IPv4 and IPv6 networks."""
        return ", ".join(filter(None, (vbc.ipv4_network, vbc.ipv6_network)))

    @admin.display(description=gettext_lazy("VIP"), ordering="ipv4_vip")
    def vips(self, vbc: VbcAssignment) -> str:
        """Show the VIPs, in the same order."""
        return ", ".join(filter(None, (vbc.ipv4_vip, vbc.ipv6_vip)))

    @admin.display(description=gettext_lazy("Master"))
    def masters(self, vbc: VbcAssignment) -> str:
        """Show the master for IPv4, and the one for IPv6 if there is another."""
        return ", ".join(str(node) for node in (vbc.master, vbc.ipv6_master) if node)

    @admin.display(description=gettext_lazy("hypers"))
    def hypers(self, vbc: VbcAssignment) -> str:
        """Show all hypers that carry it."""
        return ", ".join(sorted(str(member.node) for member in vbc.members.all()))
