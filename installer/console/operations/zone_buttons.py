"""Buttons on zones in service: commands and packages on nodes, programs of the supervisor, QEMU versions, statistics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from installer import slots
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.operations import maintain_page, qemu_page
from installer.console.units import moment_text
from operations.supervisor.core import RUNNING, is_program
from operations.supervisor.service import restart_services, verify_services
from zones.models import Zone
from zones.services.groups import list_machine_groups

MAINTENANCE_VIEWS = (("maintain", "maintain"), ("services", "services"), ("qemu", "qemu"))


def maintenance_links(request: HttpRequest, zone: Zone) -> list[tuple[str, str]]:
    """Return title and URL of each of these pages that the user may open."""
    pages = [("Maintain", "maintain"), ("Services", "services")] if verbs.may_run(request) else []
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

    def services(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show how programs of the supervisor stand; on POST restart one of them on its machine."""
        verbs.need(verbs.may_run(request))
        zone: Zone = self.get_item(request, object_id)
        if request.method == "POST":
            return HttpResponseRedirect(_restart(request, zone) or request.get_full_path())
        slots.hold(request)
        group = request.GET.get("group", "")[:253]
        found = verbs.attempt(request, lambda: verify_services(zone_id=zone.zone_id, group=group))
        return self.page(
            request,
            "console/services.html",
            f"Services of {zone.zone_id}",
            zone=zone,
            group=group,
            groups=list_machine_groups(zone_id=zone.zone_id),
            found=found,
            machines=_machines(found["rows"]) if found else [],
            wrong=sum(row["wrong"] for row in found["rows"]) if found else 0,
            back=self.page_url(zone),
        )

    def qemu(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show versions in use and configured; on POST preview a change, approve it, or start its distribution."""
        return qemu_page.answer(self, request, self.get_item(request, object_id))


def _restart(request: HttpRequest, zone: Zone) -> str:
    """Begin the restart; return the page of its job, or nothing where the next page says why."""
    node_id, _, name = verbs.posted(request, "restart", 300).partition(" ")
    if not node_id:
        return ""
    job = verbs.attempt(
        request,
        lambda: restart_services(
            zone_id=zone.zone_id, names=[name], group=node_id, actor=verbs.actor(request)
        ),
    )
    return verbs.job_url(job.job_id) if job else ""


def _machines(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of each machine, what is wrong first; machines of which something is wrong before others."""
    machines = []
    for _, of_machine in groupby(rows, lambda row: row["address"]):
        found = sorted(of_machine, key=lambda row: not row["wrong"])
        wrong = sum(row["wrong"] for row in found)
        shown = [
            {
                **row,
                "pill": _pill(row),
                "began": moment_text(datetime.fromisoformat(row["since"])) if row["since"] else "",
                "can_restart": row["node_id"] and is_program(row["service"]),
            }
            for row in found
        ]
        machines.append({**found[0], "rows": shown, "wrong": wrong})
    return sorted(machines, key=lambda machine: not machine["wrong"])


def _pill(row: dict[str, Any]) -> str:
    if row["error"]:
        return pill("error", "not asked")
    look = "error" if row["wrong"] else "alive" if row["state"] == RUNNING else "skipped"
    return pill(look, row["state"]) if row["state"] else ""
