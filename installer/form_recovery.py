"""Restores what was typed on a page whose session had ended, or whose form was older than the login.

It is never submitted automatically: after the login the page is shown again with the text in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.contrib import admin, messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

FIELD = "kept"
MAX_AGE_S = 24 * 3600
# A configuration file has some kB, a page accepts 2 MiB of each; more is not carried along.
MAX_CHARS = 4 * 1024 * 1024
_SALT = "installer.form_recovery"
_BACK = gettext_lazy("You had been signed out: your input was not submitted.")
_OLDER = gettext_lazy("This page was older than your sign-in: your input was not submitted.")
_STALE_LOGIN = gettext_lazy("This sign-in page was older than a sign-in in another tab: sign in again.")
_BELOW = gettext_lazy("Your input is restored below: review it, then submit it.")
# Django's reasons when the browser names another site than the one reached, rather than a wrong token.
_FOREIGN = ("Origin checking failed", "Referer checking failed")


class FormRecoveryMiddleware:
    """Answers a form whose session has ended with the login page, and carries along what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the page, or the login page in its place."""
        response = self.get_response(request)
        leads_to = urlsplit(response.headers.get("Location", "")).path
        if (
            request.method == "POST"
            and not request.user.is_authenticated
            and leads_to == reverse("admin:login")
            # Signing in, and choosing the language of the sign-in page.
            and request.path not in (reverse("admin:login"), reverse("language"))
        ):
            return _login_page(request) or response
        return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form whose token does not match the session, because it was opened before a login in another tab.

    Text sent by another site is not kept: none of it may appear in our forms.
    """
    foreign = reason.startswith(_FOREIGN)
    if not foreign and _from_here(request) and request.path.startswith(reverse("admin:index")):
        if request.path == reverse("admin:login"):
            # Only a name and a password were typed: reopen the page, which renews the form.
            if not request.user.is_authenticated:
                messages.warning(request, str(_STALE_LOGIN))
            return HttpResponseRedirect(request.get_full_path())
        if not request.user.is_authenticated:
            page = _login_page(request)
            if page:
                return page
        elif typed := _typed(request):
            page_of_form = _page_of(request)
            _store(request, {"path": page_of_form, "data": typed}, _OLDER)
            return HttpResponseRedirect(page_of_form)
    context: dict[str, Any] = {"not_from_here": True}
    if foreign:
        context |= {"source": _source(request)[:200], "reached": f"{request.scheme}://{request.get_host()}"}
    return render(request, "403.html", context, status=403)


def take_back(request: HttpRequest, posted: str) -> HttpResponse | None:
    """Redirect to the page on which the text was typed, after a login; None when no text was carried along."""
    try:
        kept = signing.loads(posted, salt=_SALT, max_age=MAX_AGE_S)
    except signing.BadSignature:
        return None
    _store(request, kept, _BACK)
    return HttpResponseRedirect(kept["path"])


def kept_text(request: HttpRequest) -> QueryDict | None:
    """Return what was typed on this very page before the login, as form data; only once."""
    kept = request.session.get(FIELD)
    if request.method != "GET" or not kept or _page(kept["path"]) != _page(request.get_full_path()):
        return None
    del request.session[FIELD]
    messages.warning(request, str(_BELOW))
    data = QueryDict(mutable=True)
    for name, values in kept["data"].items():
        data.setlist(name, values)
    return data


def _login_page(request: HttpRequest) -> HttpResponseBase | None:
    """Return the login page with the text in its form; None when there is no text."""
    typed, path = _typed(request), _page_of(request)
    if not typed:
        return None
    place = QueryDict(mutable=True)
    place["next"] = path
    request.method, request.GET = "GET", place  # type: ignore[assignment]
    response = admin.site.login(request)
    if isinstance(response, TemplateResponse):
        context: dict[str, Any] = response.context_data or {}
        # The page is served at the URL of the form; what is typed into it goes to the login.
        context["app_path"] = f"{reverse('admin:login')}?{place.urlencode()}"
        context[FIELD] = signing.dumps({"path": path, "data": typed}, salt=_SALT, compress=True)
        response.context_data = context
        response.render()
    return response


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    """Return the fields of the form, without password and token; empty when too large to carry along."""
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name.lower()
    }
    size = sum(len(value) for values in fields.values() for value in values)
    return fields if any(any(values) for values in fields.values()) and size <= MAX_CHARS else {}


def _store(request: HttpRequest, kept: dict[str, Any], reason: Promise) -> None:
    request.session[FIELD] = kept
    messages.warning(request, str(reason))


def _page_of(request: HttpRequest) -> str:
    """Return the page that contained the form: a button's own URL shows nothing."""
    source = urlsplit(request.headers.get("Referer", ""))
    if source.netloc == request.get_host() and source.path.startswith(reverse("admin:index")):
        return f"{source.path}?{source.query}" if source.query else source.path
    return request.get_full_path()


def _page(address: str) -> tuple[str, list[tuple[str, str]]]:
    """Normalise a URL for comparison: a slash in its query is the same however it is encoded (RFC 3986, 2.2)."""
    parts = urlsplit(address)
    return parts.path, parse_qsl(parts.query, keep_blank_values=True)


def _from_here(request: HttpRequest) -> bool:
    """Decide from the browser's headers whether a page of this console sent the form."""
    return urlsplit(_source(request)).netloc == request.get_host()


def _source(request: HttpRequest) -> str:
    return request.headers.get("Origin") or request.headers.get("Referer") or ""
