"""The side bar: what the user may see, in the order of use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

_WORK = (
    ("Nodes", "dns", "nodes.view_node", "admin:nodes_node_changelist"),
    ("Zones", "lan", "zones.view_zone", "admin:zones_zone_changelist"),
    ("Plans", "difference", "zones.view_plan", "admin:zones_plan_changelist"),
    ("Base networks", "hub", "zones.view_vbcassignment", "admin:zones_vbcassignment_changelist"),
    ("Public pools", "public", "zones.view_eippool", "admin:zones_eippool_changelist"),
    ("Jobs", "play_circle", "jobs.view_job", "admin:jobs_job_changelist"),
    ("Workers", "engineering", "jobs.view_worker", "admin:jobs_worker_changelist"),
)
_ACCOUNTS = (
    ("Audit", "history", "common.view_auditentry", "admin:common_auditentry_changelist"),
    ("Tokens", "key", "installer.view_accesstoken", "admin:installer_accesstoken_changelist"),
    ("Users", "person", "auth.view_user", "admin:auth_user_changelist"),
    ("Groups", "group", "auth.view_group", "admin:auth_group_changelist"),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups and entries of the side bar, in the structure that the theme expects."""
    dashboard = {"title": "Dashboard", "icon": "space_dashboard", "link": reverse("admin:index")}
    return [
        {"title": "", "items": [dashboard, *_entries(request, _WORK)]},
        {"title": "", "separator": True, "items": _entries(request, _ACCOUNTS)},
    ]


def _entries(request: HttpRequest, rows: tuple[tuple[str, str, str, str], ...]) -> list[dict[str, Any]]:
    return [
        {"title": title, "icon": icon, "link": reverse(url)}
        for title, icon, permission, url in rows
        if request.user.has_perm(permission)
    ]
