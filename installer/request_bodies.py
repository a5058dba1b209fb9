"""Request bodies: of limited size before anything reads them, including chunked ones."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO

from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

# An imported file may have 16 MiB (installer/console/uploads.py), plus the form around it.
MAX_BODY_BYTES = 20 * 1024 * 1024
TOO_LARGE = gettext_lazy("the request is too large: send fewer nodes or files at once")
UNMEASURED = gettext_lazy(
    "the request uses chunked encoding, which this server does not support: send it with Content-Length"
)
UNREADABLE = gettext_lazy("the chunks of the request cannot be read: send it again")


class BodyMiddleware:
    """Answers 413 to a body that is too large, before authentication: forms are unpacked into files earlier than that.

    Chunks (``Transfer-Encoding: chunked``) are joined here, since Django takes a body without a length for an empty one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse a body that is too large or cannot be read; else answer the request."""
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            if not request.META.get("wsgi.input_terminated"):
                return _refused(request, 411, UNMEASURED)
            try:
                data = request.META["wsgi.input"].read(MAX_BODY_BYTES + 1)
            except Exception:
                # Each server raises different errors for chunks that are malformed or incomplete.
                return _refused(request, 400, UNREADABLE)
            request.META["CONTENT_LENGTH"] = str(len(data))
            request._stream = LimitedStream(BytesIO(data), len(data))  # type: ignore[assignment]
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()) or len(length) > 15 or int(length) > MAX_BODY_BYTES:
            return _refused(request, 413, TOO_LARGE)
        return self.get_response(request)


def _refused(request: HttpRequest, status: int, text: Promise) -> HttpResponse:
    # The middleware for the language comes later.
    with translation.override(translation.get_language_from_request(request)):
        detail = str(text)
    if not request.path.startswith("/api/"):
        return HttpResponse(f"{detail}\n", status=status, content_type="text/plain; charset=utf-8")
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")
