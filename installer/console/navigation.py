"""The side bar: what the user may see, in the order of use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

_WORK = (
    (gettext_lazy("Nodes"), "dns", "nodes.view_node", "admin:nodes_node_changelist"),
    (gettext_lazy("Zones"), "lan", "zones.view_zone", "admin:zones_zone_changelist"),
    (gettext_lazy("Plans"), "difference", "zones.view_plan", "admin:zones_plan_changelist"),
    (gettext_lazy("VBC networks"), "hub", "zones.view_vbcassignment", "admin:zones_vbcassignment_changelist"),
    (gettext_lazy("EIP pools"), "public", "zones.view_eippool", "admin:zones_eippool_changelist"),
    (gettext_lazy("Jobs"), "play_circle", "jobs.view_job", "admin:jobs_job_changelist"),
    (gettext_lazy("Workers"), "engineering", "jobs.view_worker", "admin:jobs_worker_changelist"),
)
_ACCOUNTS = (
    (gettext_lazy("Audit"), "history", "common.view_auditentry", "admin:common_auditentry_changelist"),
    (
        gettext_lazy("API tokens"),
        "key",
        "installer.view_accesstoken",
        "admin:installer_accesstoken_changelist",
    ),
    (gettext_lazy("Users"), "person", "auth.view_user", "admin:auth_user_changelist"),
    (gettext_lazy("Groups"), "group", "auth.view_group", "admin:auth_group_changelist"),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups and entries of the side bar, in the structure that the theme expects."""
    dashboard = {"title": gettext("Dashboard"), "icon": "space_dashboard", "link": reverse("admin:index")}
    return [
        {"title": "", "items": [dashboard, *_entries(request, _WORK)]},
        {"title": "", "separator": True, "items": _entries(request, _ACCOUNTS)},
    ]


def _entries(request: HttpRequest, rows: tuple[tuple[Promise, str, str, str], ...]) -> list[dict[str, Any]]:
    return [
        {"title": title, "icon": icon, "link": reverse(url)}
        for title, icon, permission, url in rows
        if request.user.has_perm(permission)
    ]
