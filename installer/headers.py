"""What every answer says to the browser: keep nothing, run nothing but ours, stand in no frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse


def _policy(**more: str) -> str:
    """Nothing is allowed but what is named."""
    rules = {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'", **more}
    return "; ".join(f"{name.replace('_', '-')} {value}" for name, value in rules.items())


# Alpine, which the theme's menus and tabs are made of, evaluates the expressions in its attributes ('unsafe-eval'); no
# script stands in a page, so that text that slips through cannot be one. Styles stand in attributes.
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
    """Static files do not come this way: whitenoise answers them before, and they may be kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        response["Content-Security-Policy"] = _policy_of(request.path)
        for name, value in _ALWAYS.items():
            response[name] = value
        return response


def _policy_of(path: str) -> str:
    if path.startswith("/api/docs/"):
        return _DOCS
    return _API if path.startswith("/api/") else _PAGES
