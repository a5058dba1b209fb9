"""Unknown URLs and unexpected errors: problem JSON under /api/, Django's pages elsewhere."""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.views import defaults

from installer.api.problems import PROBLEM_JSON
from installer.database_errors import remedy


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    if request.path.startswith("/api/"):
        return _problem(404, gettext("this URL does not exist: /api/docs/ lists all URLs"))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, saying only that the error was logged; 503 with a remedy when the database is the cause."""
    if said := remedy(sys.exc_info()[1]):
        if request.path.startswith("/api/"):
            return _problem(503, said)
        # Without the request: its user would be looked up in the database.
        return HttpResponse(render_to_string("503.html", {"said": said}), status=503)
    if request.path.startswith("/api/"):
        return _problem(500, gettext("internal error; see the log of the console"))
    return defaults.server_error(request)


def _problem(status: int, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type=PROBLEM_JSON)
