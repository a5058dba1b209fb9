"""QEMU versions of a zone: in use, configured, reviewed, distributed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from common.audit import MAX_REASON_CHARS
from common.errors import Refused
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from jobs.lookups import busy, holder
from operations.changes import approve_change, change_diff
from operations.models import Change
from operations.packages.vendor import vendor_package
from operations.qemu.service import (
    apply_qemu_version,
    incremental_packages,
    old_hypers,
    region_versions,
    seen_versions,
    set_qemu_version,
    set_up_versions,
    usual_folder,
)
from zones.models import Zone

MAX_ROWS = 20
EMPTY_ROWS = 2
SHOWN_NAMES = 12
EARLIER = 5


def answer(page: ConsoleAdmin, request: HttpRequest, zone: Zone) -> HttpResponse:
    """Show the page; on POST the same with the result, or the page of the job."""
    here = page.url_of("qemu", zone.zone_id)
    if request.method == "POST" and "preview" not in request.POST:
        there = _decided(request, zone)
        if not verbs.outdated(request):
            return HttpResponseRedirect(there or here)
    typed = None
    if request.method == "POST" and "preview" in request.POST:
        verbs.need(verbs.may_run(request))
        typed, default = _typed(request)
        change = verbs.attempt(
            request,
            lambda: set_qemu_version(
                zone_id=zone.zone_id,
                versions=typed or [],
                default=default,
                actor=verbs.actor(request),
                instead_of=verbs.posted(request, "instead_of", 10),
            ),
        )
        if change:
            return HttpResponseRedirect(f"{here}#change")
        rows = _rows(zone, dict(typed), default)
    else:
        rows = _rows(zone, *_set_up(request, zone))
    running = holder(zone.exclusive_scope)
    return page.page(
        request,
        "console/qemu.html",
        gettext("QEMU of %(zone)s") % {"zone": zone.zone_id},
        zone=zone,
        rows=rows,
        seen=[_seen(row) for row in seen_versions(zone_id=zone.zone_id)],
        region=[(name, list(found.items())) for name, found in _region(zone)],
        busy=busy(zone.exclusive_scope) if running else None,
        busy_url=verbs.job_url(running.job_id) if running else "",
        may_run=verbs.may_run(request),
        may_decide=verbs.may_decide(request),
        **_changes(zone),
    )


def _decided(request: HttpRequest, zone: Zone) -> str:
    """Approve or apply the change that was viewed; returns the URL to continue at, empty for this page."""
    change_id = verbs.posted(request, "change", 20)
    actor = verbs.actor(request)
    if "approve" in request.POST:
        verbs.need(verbs.may_decide(request))
        comment = verbs.posted(request, "comment", MAX_REASON_CHARS)
        change = verbs.attempt(
            request,
            lambda: approve_change(change_id=change_id, actor=actor, comment=comment, zone_id=zone.zone_id),
        )
        if change:
            messages.success(request, gettext("Change %(change)s approved.") % {"change": change.change_id})
        return ""
    verbs.need(verbs.may_run(request))
    if "apply" not in request.POST:
        return ""
    job = verbs.attempt(
        request, lambda: apply_qemu_version(zone_id=zone.zone_id, actor=actor, **verbs.seen_change(request))
    )
    return verbs.job_url(job.job_id) if job else ""


def _typed(request: HttpRequest) -> tuple[list[tuple[str, str]], str]:
    """Parse the rows that have a version, and the version of the row marked as default."""
    found = [
        (str(number), *(verbs.posted(request, f"{name}-{number}", 200) for name in ("version", "bin")))
        for number in range(MAX_ROWS)
    ]
    chosen = request.POST.get("default", "")
    default = next((version for number, version, _ in found if number == chosen), "")
    return [(version, folder) for _, version, folder in found if version], default


def _set_up(request: HttpRequest, zone: Zone) -> tuple[dict[str, str], str]:
    try:
        return set_up_versions(zone_id=zone.zone_id)
    except Refused as refusal:
        verbs.tell(request, refusal)
        return {}, ""


def _rows(zone: Zone, versions: dict[str, str], default: str) -> list[dict[str, Any]]:
    """Return configured versions, then those that only hypers run, then empty rows."""
    seen = [row["version"] for row in seen_versions(zone_id=zone.zone_id)]
    known = {**versions, **{name: "" for name in (zone.qemu_version, *seen) if name not in versions}}
    known.pop("", None)
    rows = [
        {
            "version": name,
            "bin": folder,
            "usual": usual_folder(zone, name),
            "default": name == (default or zone.qemu_version),
            "new": name not in versions,
        }
        for name, folder in list(known.items())[: MAX_ROWS - EMPTY_ROWS]
    ]
    return rows + [{"version": "", "bin": "", "usual": "/opt/qemu-VERSION/usr/bin"}] * EMPTY_ROWS


def _seen(row: dict[str, Any]) -> dict[str, Any]:
    names = row["hostnames"]
    return {**row, "names": names[:SHOWN_NAMES], "rest": names[SHOWN_NAMES:]}


def _region(zone: Zone) -> list[tuple[str, dict[str, int]]]:
    found = region_versions(region_id=zone.region_id)
    return [(name, versions) for name, versions in found.items() if name != zone.zone_id]


def _changes(zone: Zone) -> dict[str, Any]:
    """Return the newest change in full, and the ones before it."""
    found = list(
        Change.objects.filter(zone=zone, kind=Change.Kind.QEMU).select_related("zone")[: EARLIER + 1]
    )
    newest = found[0] if found else None
    return {
        "change": newest,
        "change_pill": pill(newest.state) if newest else "",
        "diff": change_diff(newest) if newest else "",
        "packages": _packages(zone, newest) if newest else [],
        "before": [(change, pill(change.state)) for change in found[1:]],
    }


def _packages(zone: Zone, change: Change) -> list[dict[str, Any]]:
    """Return for each version outside the system its package, and the hypers that get it."""
    found = []
    for version, name in incremental_packages(change.detail["emulators"]).items():
        path = vendor_package(name)
        hosts = [node.hostname or str(node.mgmt_address) for node in old_hypers(zone, version)]
        found.append(
            {
                "version": version,
                "name": name,
                "file": path.name if path else "",
                "count": len(hosts),
                "names": hosts[:SHOWN_NAMES],
                "more": max(0, len(hosts) - SHOWN_NAMES),
            }
        )
    return found
