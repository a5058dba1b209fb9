"""The bar above a page that was opened from another one, or that is about a zone with an open scale-out."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from installer.console.return_path import next_path
from operations.models import ScaleOut

register = template.Library()


@register.simple_tag(takes_context=True)
def way_back(context: Any) -> str:
    """Return a link back to where the person came from, or to the scale-out that the page is a part of."""
    request = context.get("request")
    if not isinstance(request, HttpRequest) or context.get("scale_out"):
        return ""
    back = next_path(request)
    if back:
        known = back.startswith(reverse("admin:operations_scaleout_changelist"))
        text = gettext("Back to the scale-out") if known else gettext("Back to where you came from")
        return _bar(back, text)
    scale_out = _of_page(context)
    if scale_out is None:
        return ""
    text = gettext("Scale-out of %(zone)s: what is next") % {"zone": scale_out.zone_id}
    return _bar(reverse("admin:operations_scaleout_change", args=[scale_out.scale_out_id]), text)


def _bar(url: str, text: str) -> str:
    return format_html(
        '<p class="con-chips"><a class="con-btn con-btn-small" href="{}">‹ {}</a></p>', url, text
    )


def _of_page(context: Any) -> ScaleOut | None:
    """Return the open scale-out of the zone that a page of a zone, a plan or a job is about."""
    for name in ("zone", "plan", "job"):
        item = context.get(name)
        item = getattr(item, "zone", item)
        zone_id = getattr(item, "zone_id", "")
        if zone_id and isinstance(zone_id, str):
            return ScaleOut.objects.filter(zone_id=zone_id, closed_at=None).first()
    return None
