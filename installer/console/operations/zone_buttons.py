"""Buttons on zones in service: commands and packages on nodes, QEMU versions, statistics."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.operations import maintain_page, qemu_page
from zones.models import Zone

MAINTENANCE_VIEWS = (("maintain", "maintain"), ("qemu", "qemu"))


def maintenance_links(request: HttpRequest, zone: Zone) -> list[tuple[str, str]]:
    """Return title and URL of each of these pages that the user may open."""
    pages = [("Maintain", "maintain")] if verbs.may_run(request) else []
    return [
        (words, reverse(f"admin:zones_zone_{name}", args=[zone.zone_id]))
        for words, name in (*pages, ("QEMU", "qemu"))
    ]


class ZoneMaintenance(ConsoleAdmin):
    """Mixin for the admin of zones."""

    def maintain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the forms of the verbs on groups of nodes; on POST start the job."""
        verbs.need(verbs.may_run(request))
        return maintain_page.answer(self, request, self.get_item(request, object_id))

    def qemu(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show versions in use and configured; on POST preview a change, approve it, or start its distribution."""
        return qemu_page.answer(self, request, self.get_item(request, object_id))
