"""The page of a zone's address space: its networks as strips, and a search for who has an address."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from installer.console.base import ConsoleAdmin
from installer.console.pictures.address_strips import Holder, kind_words, legend, more_words
from installer.console.pictures.load_addresses import address_space
from installer.console.pictures.svg import patterns
from zones.models import Zone

_MAX_CHARS = 64


def answer(page: ConsoleAdmin, request: HttpRequest, zone: Zone) -> HttpResponse:
    """Show the networks, and who has the address that is asked for."""
    wanted = request.GET.get("address", "").strip()[:_MAX_CHARS]
    space = address_space(zone, wanted)
    return page.page(
        request,
        "console/addresses.html",
        gettext("Address space of %(zone)s") % {"zone": zone.zone_id},
        zone=zone,
        wanted=wanted,
        space=space,
        found_holders=_told(space.found.holders) if space.found else [],
        strips=[
            (strip, _told(strip.holders), more_words(strip.more) if strip.more else "")
            for strip in space.strips
        ],
        legend=legend(),
        picture_patterns=patterns(),
        here=page.url_of("addresses", zone.zone_id),
        back=page.page_url(zone),
    )


def _told(holders: Sequence[Holder]) -> list[tuple[Holder, str]]:
    return [(holder, kind_words(holder.kind)) for holder in holders]
