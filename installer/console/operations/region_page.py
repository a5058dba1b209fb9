"""The global side of a zone that joins: the listener for its front gate, and the checklist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy

from common.audit import MAX_REASON_CHARS
from common.wording import moment_words
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from operations.region.service import tick_checklist, untick_checklist, zone_checklist, zone_front_gate
from zones.models import Zone


class FrontGateForm(forms.Form):
    """The two ports of the listener."""

    port = forms.IntegerField(
        min_value=1,
        max_value=65535,
        label=gettext_lazy("Port on the global proxies"),
        help_text=gettext_lazy("A free port; each zone needs its own."),
    )
    server_port = forms.IntegerField(
        min_value=1,
        max_value=65535,
        required=False,
        label=gettext_lazy("Port of the front gate"),
        help_text=gettext_lazy("The port that it listens on in the new zone. Empty: the same port."),
    )


def answer(page: ConsoleAdmin, request: HttpRequest, zone: Zone) -> HttpResponse:
    """Show both; on POST tick or untick an item."""
    if request.method == "POST":
        return HttpResponseRedirect(f"{request.get_full_path()}#{_tick(request, zone)}")
    items = verbs.attempt(request, lambda: zone_checklist(zone_id=zone.zone_id)) or []
    form = FrontGateForm(request.GET if "port" in request.GET else None)
    return page.page(
        request,
        "console/region.html",
        gettext("Global side of %(zone)s") % {"zone": zone.zone_id},
        zone=zone,
        items=[{**item, "at": _at(item["ticked_at"])} for item in items],
        done=sum(bool(item["ticked_by"]) and not item["changed"] for item in items),
        form=form,
        listener=_listener(request, zone, form.cleaned_data) if form.is_bound and form.is_valid() else "",
        may_run=verbs.may_run(request),
        back=page.page_url(zone),
    )


def _at(stamped: str | None) -> str:
    return moment_words(datetime.fromisoformat(stamped)) if stamped else ""


def _tick(request: HttpRequest, zone: Zone) -> str:
    """Tick or untick the item that was named, and return it."""
    item, comment = verbs.posted(request, "item", 64), verbs.posted(request, "comment", MAX_REASON_CHARS)
    named: dict[str, Any] = {
        "zone_id": zone.zone_id,
        "item": item,
        "comment": comment,
        "actor": verbs.actor(request),
    }
    if "untick" in request.POST:
        ticked_at = verbs.posted_moment(request, "ticked_at")
        verbs.attempt(request, lambda: untick_checklist(**named, ticked_at=ticked_at))
    else:
        verbs.attempt(request, lambda: tick_checklist(**named))
    return item


def _listener(request: HttpRequest, zone: Zone, ports: dict[str, Any]) -> str:
    named = {"port": ports["port"], "server_port": ports["server_port"] or 0}
    return verbs.attempt(request, lambda: zone_front_gate(zone_id=zone.zone_id, **named)) or ""
