"""Security headers of every response: no caching, no foreign code, no framing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse


def _policy(**rules: str) -> str:
    return "; ".join(f"{name.replace('_', '-')} {value}" for name, value in rules.items())


# What every policy has: no other base for links, no frames, no plug-ins.
_CLOSED = {"base_uri": "'none'", "frame_ancestors": "'none'", "object_src": "'none'"}
# Scripts and styles are files of the console: text that slips into a page can be neither.
_PAGES = _policy(default_src="'self'", form_action="'self'", **_CLOSED)
_API = _policy(default_src="'none'", form_action="'none'", **_CLOSED)
# The style sheet of Swagger UI has pictures in it.
_DOCS = _policy(default_src="'self'", img_src="'self' data:", form_action="'none'", **_CLOSED)
_ALWAYS: Mapping[str, str] = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class HeaderMiddleware:
    """Sets the headers. Static files bypass it: whitenoise serves them earlier, and they may be cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with the headers set."""
        response = self.get_response(request)
        # The scripts' texts are the same for every user, and their URL names the content.
        if not {"no-store", "immutable"} & set(response.get("Cache-Control", "").split(", ")):
            response["Cache-Control"] = "no-store"
        response["Content-Security-Policy"] = _policy_of(request.path)
        for name, value in _ALWAYS.items():
            response[name] = value
        return response


def _policy_of(path: str) -> str:
    if path.startswith("/api/docs/"):
        return _DOCS
    return _API if path.startswith("/api/") else _PAGES
