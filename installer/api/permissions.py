"""Who may call what: reading takes the view permission, each verb its own permission."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

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
        action = getattr(view, "action", None)
        verbs = getattr(view, "verb_permissions", {})
        if action in verbs:
            if verbs[action] == DECIDE_PLAN:
                self.message = gettext_lazy(
                    "your account may not decide this: that takes somebody of the group approver"
                )
            return request.user.has_perm(verbs[action])
        if request.method in ("GET", "HEAD", "OPTIONS"):
            needed = getattr(view, "view_permission", "")
            self.message = gettext_lazy(
                "your account may not look at this: ask an administrator for the group viewer"
            )
            return request.user.has_perm(needed) if needed else True
        return request.user.has_perm(RUN_VERBS)
