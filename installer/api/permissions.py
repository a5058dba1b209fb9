"""Who may call what: reading takes the view permission, each verb its own permission."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q
from django.utils.translation import gettext_lazy
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from common.keyed_rows import KeyedRows
from installer.groups import DECIDE_PLAN, RUN_VERBS


class VerbPermission(BasePermission):
    """Checks ``view_permission`` and, per action, ``verb_permissions`` of a view; other writes take ``run_verbs``."""

    message = gettext_lazy(
        "your account may not do this: ask an administrator for the group operator or approver"
    )

    def has_permission(self, request: Request, view: Any) -> bool:
        """Decide whether the user may call this action of the view."""
        if not request.user or not request.user.is_authenticated:
            return False
        _load_permissions(request.user)
        action = getattr(view, "action", None)
        verbs = getattr(view, "verb_permissions", {})
        if action in verbs:
            if verbs[action] == DECIDE_PLAN:
                self.message = gettext_lazy(
                    "your account may not decide this: the group approver is required"
                )
            return request.user.has_perm(verbs[action])
        if request.method in ("GET", "HEAD", "OPTIONS"):
            needed = getattr(view, "view_permission", "")
            self.message = gettext_lazy(
                "your account may not view this: ask an administrator for the group viewer"
            )
            return request.user.has_perm(needed) if needed else True
        return request.user.has_perm(RUN_VERBS)


_PERMISSIONS = KeyedRows(
    lambda users: (
        Permission.objects.filter(
            Q(
                pk__in=User.user_permissions.through.objects.filter(user__pk__among=users).values(
                    "permission_id"
                )
            )
            | Q(
                pk__in=Group.permissions.through.objects.filter(group__user__pk__among=users).values(
                    "permission_id"
                )
            )
        )
        .order_by()
        .values_list("content_type__app_label", "codename")
    )
)


def _load_permissions(user: Any) -> None:
    """Look up what Django's backend would look up in two queries, and where it expects to find it."""
    if not user.is_superuser and not hasattr(user, "_perm_cache"):
        user._perm_cache = {f"{app}.{codename}" for app, codename in _PERMISSIONS.of([user.pk])}
