"""Read-only users change nothing: enforced for all pages of the console, not by each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from installer.groups import RUN_VERBS

_PAGES = re.compile("admin/(common|jobs|nodes|zones|operations)/")
# Exports the nodes ticked in the list.
_READS_ONLY = frozenset({"admin/nodes/node/"})
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class ReadOnlyMiddleware:
    """Answers 403 to a POST without the permission to run verbs, in case a page forgets to check."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; the check is in :meth:`process_view`."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Check the permission. Raises ``PermissionDenied``; a page itself redirects anonymous users to the login."""
        if request.method in _SAFE or not request.user.is_authenticated:
            return
        route = request.resolver_match.route if request.resolver_match else ""
        if _PAGES.match(route) and route not in _READS_ONLY and not request.user.has_perm(RUN_VERBS):
            raise PermissionDenied
