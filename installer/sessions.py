"""A session ends when its user has been idle for long."""

from __future__ import annotations

from collections.abc import Callable
from time import time as clock

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

_SEEN = "seen_at"
# Open pages poll by themselves; that is not activity of a user.
_BY_ITSELF = "HTTP_X_CONSOLE_POLL"
_EVERY_S = 60


class IdleMiddleware:
    """Ends idle sessions: after four hours, unless set otherwise (docs/operations.md gives the reason)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and end or extend the session."""
        if request.user.is_authenticated:
            now = int(clock())
            seen = request.session.get(_SEEN, now)
            if now - seen > settings.INSTALLER_SESSION_IDLE_MINUTES * 60:
                logout(request)
            elif _BY_ITSELF not in request.META and (
                _SEEN not in request.session or now - seen >= _EVERY_S or seen > now
            ):
                request.session[_SEEN] = now
        return self.get_response(request)
