"""The meaning of a code: the page that a code links to, and the list of all codes."""

from __future__ import annotations

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from common.codes import CODES
from common.errors import NotFound
from common.explain import find_code


def codes_page(request: HttpRequest) -> HttpResponse:
    """List all codes with their meaning."""
    context = {
        **admin.site.each_context(request),
        "title": gettext("Codes"),
        "codes": [code.as_dict() for code in CODES.values()],
    }
    return render(request, "console/codes.html", context)


def code_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one code. Raises ``Http404``."""
    try:
        item = find_code(code).as_dict()
    except NotFound as error:
        raise Http404(str(error)) from None
    context = {**admin.site.each_context(request), "title": f"{item['code']}: {item['title']}", "item": item}
    context["crumbs"] = [(gettext("Codes"), reverse("codes"))]
    return render(request, "console/code.html", context)
