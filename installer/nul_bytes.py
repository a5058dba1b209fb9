"""Requests that contain a NUL character, which no database accepts and no user types."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext


class NulMiddleware:
    """Answers 400. Only for pages: the REST API checks each field, and must be able to read its own body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse a page request with a NUL character; else answer it."""
        if not request.path.startswith("/api/") and any("\x00" in text for text in _texts(request)):
            said = gettext(
                "The request contains a NUL character, which is never valid in this console. Enter the text again."
            )
            return HttpResponseBadRequest(f"{said}\n", content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def _texts(request: HttpRequest) -> Iterable[str]:
    yield request.path
    for values in (request.GET, request.POST):
        for name, texts in values.lists():
            yield name
            yield from texts
