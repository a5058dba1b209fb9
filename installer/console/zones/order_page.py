"""An order as a table: roles, pairs, segments and VBCs of chosen nodes, with the YAML that comes of it beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from installer.console.base import ConsoleAdmin
from installer.form_recovery import kept_text
from zones.core.documents.reader import NAME
from zones.models import Role

# The service refuses longer ids as well.
_EXAMPLE = "pek3c"


def answer(page: ConsoleAdmin, request: HttpRequest) -> HttpResponse:
    """Show the table; what the configuration page sends fills it. Everything else is fetched by the script."""
    zone_id = request.GET.get("zone", "")[:64].strip()
    known = bool(NAME.fullmatch(zone_id))
    given: Mapping[str, Any] = request.POST if request.method == "POST" else kept_text(request) or {}
    texts = {
        kind: str(given.get(f"{kind}_text", "")).replace("\r\n", "\n") for kind in ("settings", "variables")
    }
    is_new = known and not Role.objects.filter(zone__zone_id=zone_id).exists()
    return page.page(
        request,
        "console/order.html",
        gettext("Order nodes for %(zone)s") % {"zone": zone_id} if known else gettext("Order nodes"),
        zone_id=zone_id if known else "",
        wrong_id=zone_id if zone_id and not known else "",
        is_new=is_new,
        example=_EXAMPLE,
        configure_url=f"{page.url_of('configure')}{f'?zone={zone_id}' if known and not is_new else ''}",
        back=page.url_of("change", zone_id) if known and not is_new else page.url_of("changelist"),
        start=_start(request, zone_id, is_new, texts) if known else None,
    )


def _start(request: HttpRequest, zone_id: str, is_new: bool, texts: dict[str, str]) -> dict[str, object]:
    """Return what the script begins with."""
    order = {"zone_id": zone_id}
    return {
        "zone_id": zone_id,
        "person": request.user.get_username(),
        "is_new": is_new,
        "given": any(text.strip() for text in texts.values()),
        **texts,
        "urls": {
            "check": reverse("order-check", kwargs=order),
            "propose": reverse("order-propose", kwargs=order),
            "draft": reverse("order-detail", kwargs=order),
            "settings": reverse("schema-file", kwargs={"name": "settings.json"}),
            "variables": reverse("schema-file", kwargs={"name": "variables.json"}),
            "code": reverse("code", kwargs={"code": "CODE"}),
            "node": reverse("admin:nodes_node_change", args=["NODE"]),
        },
    }
