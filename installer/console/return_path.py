"""The way back: a page that was opened from another one returns to it, by the parameter ``next``."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

PARAMETER = "next"
_MAX_CHARS = 300


def next_path(request: HttpRequest) -> str:
    """Return where the person came from: a path of our own pages; empty for anything else.

    A form whose action has no such parameter was shown on a page that may have one: the browser names that page.
    """
    given = request.GET.get(PARAMETER) or request.POST.get(PARAMETER)
    if not given:
        page = urlsplit(request.headers.get("Referer", ""))
        given = parse_qs(page.query).get(PARAMETER, [""])[0] if page.netloc == request.get_host() else ""
    return given if _is_ours(given) else ""


def onward(request: HttpRequest, otherwise: str) -> str:
    """Return where to go once a page has done its work: back, or where it leads by itself."""
    return next_path(request) or otherwise


def keeping(request: HttpRequest, url: str) -> str:
    """Return the URL of a page that leads back to where the person came from, too."""
    return with_next(url, next_path(request))


def with_next(url: str, back: str) -> str:
    """Return the URL of a page that is opened from the page ``back``; empty: from none."""
    if not back:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({PARAMETER: back})}"


def _is_ours(path: str) -> bool:
    """Decide whether it is a path of a page of this console: no other host, no scheme, nothing that is no page."""
    if not path or len(path) > _MAX_CHARS or not path.startswith(reverse("admin:index")):
        return False
    if not url_has_allowed_host_and_scheme(path, allowed_hosts=None) or not path.isprintable():
        return False
    try:
        match = resolve(urlsplit(path).path)
    except (Resolver404, ValueError):
        return False
    return match.app_name == "admin" and match.url_name not in (None, "logout", "login")
