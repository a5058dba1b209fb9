"""gzip for answers of the REST API, where the client takes it."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

# Shorter answers fit into one packet anyway.
LEAST_BYTES = 1400
# 350 KB become 15 KB in 2 ms; level 1 needs half of the time, and leaves 23 KB.
_LEVEL = 6
_PATHS = "/api/v1/"
# An answer with a secret and a part of the request reveals the secret by its compressed length (BREACH).
_SECRET = "/api/v1/token"  # noqa: S105 -- a path


class CompressionMiddleware:
    """Compresses JSON that is read from the API, and nothing else: pages hold a secret against forged requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        if request.method != "GET" or not _may_be_compressed(request.path, response):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if len(response.content) < LEAST_BYTES or not _takes_gzip(request.headers.get("Accept-Encoding", "")):
            return response
        response.content = gzip.compress(response.content, _LEVEL, mtime=0)
        response["Content-Length"] = str(len(response.content))
        response["Content-Encoding"] = "gzip"
        tag = response.get("ETag", "")
        if tag.startswith('"'):
            # Not the same bytes as without compression (RFC 9110, 8.8.1).
            response["ETag"] = f"W/{tag}"
        return response


def _may_be_compressed(path: str, response: HttpResponse) -> bool:
    kind = response.get("Content-Type", "").partition(";")[0]
    return (
        path.startswith(_PATHS)
        and not path.startswith(_SECRET)
        and not response.streaming
        and response.status_code == 200
        and kind == "application/json"
        and "Content-Encoding" not in response
    )


def _takes_gzip(header: str) -> bool:
    """Decide whether ``Accept-Encoding`` names gzip, or anything, without weight 0 (RFC 9110, 12.5.3)."""
    weights = {}
    for item in header.lower().split(","):
        name, _, weight = item.partition(";")
        weights[name.strip()] = weight.replace(" ", "")
    found = weights.get("gzip", weights.get("*", "q=0"))
    return not found.startswith("q=0") or found.strip("q=0.") != ""
