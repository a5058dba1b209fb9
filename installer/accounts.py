"""Accounts and groups in the audit: their permissions are recorded before and after each change."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet

from common import audit
from common.actor import Actor


def rights(item: User | Group) -> dict[str, Any]:
    """Return what an account or a group is and may do; nothing about its password."""
    if isinstance(item, Group):
        return {"name": item.name, "permissions": _names(item.permissions.all())}
    return {
        "name": item.get_username(),
        "active": item.is_active,
        "staff": item.is_staff,
        "administrator": item.is_superuser,
        "groups": sorted(item.groups.values_list("name", flat=True)),
        "permissions": _names(item.user_permissions.all()),
    }


def record_change(actor: Actor, item: User | Group, before: dict[str, Any] | None) -> None:
    """Record a change. ``before`` is an earlier result of :func:`rights`, or None; unchanged fields are left out."""
    after = rights(item)
    verb = f"{'create' if before is None else 'change'}_{_kind(item)}"
    changed: dict[str, Any] = {
        key: value if before is None else {"before": before[key], "after": value}
        for key, value in after.items()
        if before is None or before[key] != value
    }
    audit.record(actor, verb, after["name"][:128], **changed)


def record_deletion(actor: Actor, item: User | Group) -> None:
    """Record a deletion; call it before the row is deleted."""
    gone = rights(item)
    audit.record(actor, f"delete_{_kind(item)}", gone["name"][:128], **gone)


def record_password(actor: Actor, user: User) -> None:
    """Record a new password. Sessions and tokens of the old one have ended with it."""
    audit.record(actor, "change_password", user.get_username()[:128])


def _kind(item: User | Group) -> str:
    return "group" if isinstance(item, Group) else "user"


def _names(permissions: QuerySet[Permission]) -> list[str]:
    rows = permissions.values_list("content_type__app_label", "codename")
    return sorted(f"{app}.{name}" for app, name in rows)
