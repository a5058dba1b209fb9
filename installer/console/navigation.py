"""The side bar: what the user may see, in the order of use."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

_WORK = (
    (gettext_lazy("Scale-outs"), "next", "zones.view_zone", "admin:operations_scaleout_changelist"),
    (gettext_lazy("Nodes"), "nodes", "nodes.view_node", "admin:nodes_node_changelist"),
    (gettext_lazy("Zones"), "zones", "zones.view_zone", "admin:zones_zone_changelist"),
    (gettext_lazy("Plans"), "plans", "zones.view_plan", "admin:zones_plan_changelist"),
    (gettext_lazy("VBC networks"), "vbc", "zones.view_vbcassignment", "admin:zones_vbcassignment_changelist"),
    (gettext_lazy("EIP pools"), "eip", "zones.view_eippool", "admin:zones_eippool_changelist"),
    (gettext_lazy("Jobs"), "jobs", "jobs.view_job", "admin:jobs_job_changelist"),
    (gettext_lazy("Workers"), "workers", "jobs.view_worker", "admin:jobs_worker_changelist"),
)
_ACCOUNTS = (
    (gettext_lazy("Audit"), "audit", "common.view_auditentry", "admin:common_auditentry_changelist"),
    (
        gettext_lazy("API tokens"),
        "key",
        "installer.view_accesstoken",
        "admin:installer_accesstoken_changelist",
    ),
    (gettext_lazy("Users"), "user", "auth.view_user", "admin:auth_user_changelist"),
    (gettext_lazy("Groups"), "group", "auth.view_group", "admin:auth_group_changelist"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the side bar; ``here`` when the page belongs to it."""

    title: Promise
    icon: str
    url: str
    here: bool


def sidebar(request: HttpRequest) -> list[list[Entry]]:
    """Return the groups of the side bar, each with its entries."""
    home = reverse("admin:index")
    dashboard = Entry(gettext_lazy("Dashboard"), "home", home, request.path == home)
    return [[dashboard, *_entries(request, _WORK)], _entries(request, _ACCOUNTS)]


def _entries(request: HttpRequest, rows: tuple[tuple[Promise, str, str, str], ...]) -> list[Entry]:
    found = [
        (title, icon, reverse(url))
        for title, icon, permission, url in rows
        if request.user.has_perm(permission)
    ]
    return [Entry(title, icon, url, request.path.startswith(url)) for title, icon, url in found]
