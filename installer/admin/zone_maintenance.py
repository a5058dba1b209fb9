"""Buttons on zones in service: commands and packages on nodes, QEMU versions, statistics."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from installer.admin import maintain_page, qemu_page, verbs
from installer.admin.base import ConsoleAdmin


class ZoneMaintenance(ConsoleAdmin):
    """Mixed into the admin of zones."""

    maintenance_views = (("maintain", "maintain"), ("qemu", "qemu"))

    def maintain(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Forms of the verbs on groups of nodes; on POST the job."""
        verbs.need(verbs.may_run(request))
        return maintain_page.answer(self, request, self.get_item(request, object_id))

    def qemu(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Versions seen and set up; on POST a change of them, its approval, or the job that distributes it."""
        return qemu_page.answer(self, request, self.get_item(request, object_id))
