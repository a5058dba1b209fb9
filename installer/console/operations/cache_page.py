"""Cached zone lists: preview what would be deleted, then delete exactly that."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy

from installer import slots
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from operations.cache.core import ZONE_PATTERN
from operations.cache.memcached_client import ServerKeys
from operations.cache.service import clear_zone_cache, look_at_cache, patterns, region_servers
from zones.models import Zone

SHOWN_KEYS = 200


class CacheForm(forms.Form):
    """Servers and pattern of the search."""

    servers = forms.CharField(
        max_length=4000,
        label=gettext_lazy("memcached servers"),
        help_text=gettext_lazy("HOST:PORT;HOST:PORT. Default: every zoocassa of the region's global zone."),
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )
    pattern = forms.ChoiceField(
        choices=lambda: [(text, text) for text in patterns()],
        label=gettext_lazy("Pattern"),
        help_text=gettext_lazy("Keys that do not match are kept. INSTALLER_CACHE_PATTERNS adds patterns."),
    )


def answer(page: ConsoleAdmin, request: HttpRequest, zone: Zone) -> HttpResponse:
    """Show the form; on POST also what was found, or the job."""
    posted = request.method == "POST"
    form = CacheForm(request.POST if posted else None, initial=None if posted else _initial(request, zone))
    found: list[ServerKeys] | None = None
    if posted and form.is_valid():
        named: dict[str, Any] = {"zone_id": zone.zone_id, **form.cleaned_data}
        if "clear" in request.POST:
            job = verbs.attempt(request, lambda: clear_zone_cache(**named, actor=verbs.actor(request)))
            if job:
                return HttpResponseRedirect(verbs.job_url(job.job_id))
        else:
            slots.hold(request)
            found = verbs.attempt(request, lambda: look_at_cache(**named))
    return page.page(
        request,
        "console/cache.html",
        gettext("Zone cache of region %(region)s") % {"region": zone.region_id},
        zone=zone,
        form=form,
        found=None if found is None else [_row(item) for item in found],
        matching=sum(len(item.keys) for item in found or ()),
        silent=[item for item in found or () if item.error],
        may_run=verbs.may_run(request),
        back=page.page_url(zone),
    )


def _initial(request: HttpRequest, zone: Zone) -> dict[str, str]:
    servers = verbs.attempt(request, lambda: region_servers(zone)) or ()
    return {"servers": ";".join(str(server) for server in servers), "pattern": ZONE_PATTERN}


def _row(item: ServerKeys) -> dict[str, Any]:
    return {
        "server": str(item.server),
        "seen": item.seen,
        "matching": len(item.keys),
        "keys": [key.decode("utf-8", "backslashreplace") for key in item.keys[:SHOWN_KEYS]],
        "more": max(len(item.keys) - SHOWN_KEYS, 0),
        "incomplete": item.incomplete,
        "error": item.error,
    }
