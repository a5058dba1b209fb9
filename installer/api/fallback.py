"""Addresses that do not exist, and surprises: problem JSON under /api/, Django's pages elsewhere."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from installer.api.problems import PROBLEM_JSON


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if request.path.startswith("/api/"):
        return _problem(404, "there is no such address: /api/docs/ shows those that exist")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: nothing of the error but that it was logged."""
    if request.path.startswith("/api/"):
        return _problem(500, "the console failed; its log says why")
    return defaults.server_error(request)


def _problem(status: int, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type=PROBLEM_JSON)
