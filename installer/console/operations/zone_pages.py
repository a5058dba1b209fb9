"""The pages of a zone that is in service: commands, packages, programs and QEMU versions, and those about its region."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.operations import (
    cache_page,
    haproxy_page,
    maintain_page,
    qemu_page,
    region_page,
    services_page,
)
from zones.models import Zone

MAINTENANCE_VIEWS = (("maintain", "maintain"), ("services", "services"), ("qemu", "qemu"))
# (path below the zone and name of the method, title of the link, whether the global zone has it, too)
_PAGES = (
    ("cache", gettext_lazy("Zone cache"), True),
    ("haproxy", gettext_lazy("haproxy"), False),
    ("joining", gettext_lazy("Global side"), False),
)
REGION_VIEWS = tuple((name, name) for name, _, _ in _PAGES)


def maintenance_links(request: HttpRequest, zone: Zone) -> list[tuple[str, str]]:
    """Return title and URL of each of these pages that the user may open."""
    pages = (
        [(gettext("Maintain"), "maintain"), (gettext("Services"), "services")]
        if verbs.may_run(request)
        else []
    )
    return [
        (words, reverse(f"admin:zones_zone_{name}", args=[zone.zone_id]))
        for words, name in (*pages, (gettext("QEMU"), "qemu"))
    ]


def region_links(zone: Zone) -> list[tuple[str, str]]:
    """Return title and URL of each of these pages that the zone has."""
    return [
        (str(words), reverse(f"admin:zones_zone_{name}", args=[zone.zone_id]))
        for name, words, also_global in _PAGES
        if also_global or not zone.is_global
    ]


class ZoneMaintenance(ConsoleAdmin):
    """Mixin for the admin of zones."""

    def maintain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the forms of the verbs on groups of nodes; on POST start the job."""
        verbs.need(verbs.may_run(request))
        return maintain_page.answer(self, request, self.get_item(request, object_id))

    def services(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show how programs of the supervisor stand; on POST restart one of them on its machine."""
        verbs.need(verbs.may_run(request))
        return services_page.answer(self, request, self.get_item(request, object_id))

    def qemu(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show versions in use and configured; on POST preview a change, approve it, or start its distribution."""
        return qemu_page.answer(self, request, self.get_item(request, object_id))


class RegionPages(ConsoleAdmin):
    """Mixin for the admin of zones."""

    def cache(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Find cached zone lists, then delete them."""
        return cache_page.answer(self, request, self._zone(request, object_id))

    def haproxy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Preview, approve and apply the listeners of the zone's proxies."""
        return haproxy_page.answer(self, request, self._zone(request, object_id))

    def joining(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the listener for the front gate, and the checklist of the global side."""
        return region_page.answer(self, request, self._zone(request, object_id))

    def _zone(self, request: HttpRequest, object_id: str) -> Zone:
        zone: Zone = self.get_item(request, object_id)
        # Read-only users may not POST; the services check again what only an approver may decide.
        verbs.need(request.method != "POST" or verbs.may_run(request))
        return zone
