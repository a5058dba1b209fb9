"""Who may only look changes nothing: held for all pages of what the console looks after, and not by each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from installer.groups import RUN_VERBS

_PAGES = re.compile("admin/(common|jobs|nodes|zones|operations)/")
# Exports the nodes that were ticked in the list.
_READS_ONLY = frozenset({"admin/nodes/node/"})
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class ReadersMiddleware:
    """403 for a POST of somebody without the right to run verbs, should a page forget to ask."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Raises ``PermissionDenied``. Who has not signed in is led to the login by the page itself."""
        if request.method in _SAFE or not request.user.is_authenticated:
            return
        route = request.resolver_match.route if request.resolver_match else ""
        if _PAGES.match(route) and route not in _READS_ONLY and not request.user.has_perm(RUN_VERBS):
            raise PermissionDenied
