"""The login page of the console: as often tried as the token address, and no more."""

from __future__ import annotations

from types import SimpleNamespace

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request

from installer.api.throttles import LoginThrottle


@never_cache
def login(request: HttpRequest) -> HttpResponseBase:
    """The admin's login; 429 after too many tries for one name from one address."""
    if request.method == "POST":
        throttle = LoginThrottle()
        wrapped = Request(request, parsers=[FormParser(), MultiPartParser()])
        view = SimpleNamespace(throttle_scope=LoginThrottle.scope)
        if not throttle.allow_request(wrapped, view):  # type: ignore[arg-type]
            seconds = round(throttle.wait() or 60)
            return HttpResponse(
                f"Too many tries for this name: wait {seconds} seconds, then log in again.",
                status=429,
                content_type="text/plain; charset=utf-8",
                headers={"Retry-After": str(seconds)},
            )
    return admin.site.login(request)
