"""The state of the supervisor's programs on each machine of a zone, and the restart of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from installer import slots
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.units import moment_text
from operations.supervisor.core import RUNNING, is_program
from operations.supervisor.service import restart_services, verify_services
from zones.models import Zone
from zones.services.groups import list_machine_groups


def answer(page: ConsoleAdmin, request: HttpRequest, zone: Zone) -> HttpResponse:
    """Show how programs of the supervisor stand; on POST restart one of them on its machine."""
    if request.method == "POST":
        return HttpResponseRedirect(_restart(request, zone) or request.get_full_path())
    slots.hold(request)
    group = request.GET.get("group", "")[:253]
    found = verbs.attempt(request, lambda: verify_services(zone_id=zone.zone_id, group=group))
    return page.page(
        request,
        "console/services.html",
        gettext("Services of %(zone)s") % {"zone": zone.zone_id},
        zone=zone,
        group=group,
        groups=list_machine_groups(zone_id=zone.zone_id),
        found=found,
        machines=_machines(found["rows"]) if found else [],
        wrong=sum(row["wrong"] for row in found["rows"]) if found else 0,
        back=page.page_url(zone),
    )


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
        return pill("error", gettext("not reached"))
    look = "error" if row["wrong"] else "alive" if row["state"] == RUNNING else "skipped"
    return pill(look, row["state"]) if row["state"] else ""
