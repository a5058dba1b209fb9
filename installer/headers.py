"""Security headers of every response: no caching, no foreign code, no framing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse


def _policy(**more: str) -> str:
    """Build a policy that allows nothing except what is named."""
    rules = {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'", **more}
    return "; ".join(f"{name.replace('_', '-')} {value}" for name, value in rules.items())


# Alpine, which the theme's menus and tabs are made of, evaluates the expressions in its attributes ('unsafe-eval'); no
# page contains a script, so text that slips through cannot be one. Styles are in attributes.
_PAGES = _policy(
    script_src="'self' 'unsafe-eval'",
    style_src="'self' 'unsafe-inline'",
    img_src="'self' data:",
    font_src="'self'",
    connect_src="'self'",
    form_action="'self'",
)
_API = _policy(form_action="'none'")
_DOCS = _policy(
    script_src="'self'",
    style_src="'self' 'unsafe-inline'",
    img_src="'self' data:",
    font_src="'self'",
    connect_src="'self'",
    form_action="'none'",
)
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
