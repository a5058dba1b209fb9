"""The texts of the pages' scripts (static/console/texts.js), in the language of the user."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.i18n import JavaScriptCatalog


@cache
def _script(language: str) -> bytes:
    """Return the catalogue of a language as a script; it does not change while the process runs."""
    with translation.override(language):
        return bytes(JavaScriptCatalog().get(HttpRequest()).content)


@cache
def _digest(language: str) -> str:
    return hashlib.sha256(_script(language)).hexdigest()[:16]


def texts_url() -> str:
    """Return the URL of the catalogue in the active language; it names the content."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return reverse("texts", args=[language, _digest(language)])


def texts(request: HttpRequest, language: str, digest: str) -> HttpResponse:
    """Serve the catalogue. Browsers keep it as long as the URL names its content. Raises ``Http404``."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponse(_script(language), content_type="text/javascript; charset=utf-8")
    # Another version of the console may have made the page.
    if digest == _digest(language):
        response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
