"""The three groups and their permissions, created by the first migration."""

from __future__ import annotations

from typing import Any

VIEWER, OPERATOR, APPROVER = "viewer", "operator", "approver"
RUN_VERBS = "jobs.run_verbs"
DECIDE_PLAN = "zones.decide_plan"

_APPS = ("installer", "common", "jobs", "nodes", "zones", "operations")
_HIDDEN = ("jobsecret",)


def create_groups(apps: Any, schema_editor: Any) -> None:
    """Create the groups and grant their permissions; safe to repeat."""
    from django.apps import apps as real_apps
    from django.contrib.auth.management import create_permissions

    for label in _APPS:
        # Permissions are normally created after all migrations; the groups need them now.
        create_permissions(real_apps.get_app_config(label), verbosity=0, apps=apps)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    wanted = permission_model.objects.filter(content_type__app_label__in=_APPS)
    views = [
        item
        for item in wanted.filter(codename__startswith="view_")
        if item.codename.removeprefix("view_") not in _HIDDEN
    ]
    extra = {
        VIEWER: [],
        OPERATOR: list(wanted.filter(codename="run_verbs")),
        APPROVER: list(wanted.filter(codename__in=["run_verbs", "decide_plan"])),
    }
    for name, permissions in extra.items():
        group, _ = group_model.objects.get_or_create(name=name)
        group.permissions.add(*views, *permissions)
