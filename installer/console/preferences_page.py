"""A person's own language and time zone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from installer.preferences import chosen_in, save_preferences, time_zones


@never_cache
def preferences_page(request: HttpRequest) -> HttpResponse:
    """Show the form; on POST keep what was chosen. The account menu posts a language alone and comes back."""
    chosen = chosen_in(request)
    if request.method == "POST":
        chosen = save_preferences(
            request=request,
            language=request.POST.get("language", chosen.language),
            time_zone=request.POST.get("time_zone", chosen.time_zone),
        )
        translation.activate(chosen.language or translation.get_language_from_request(request))
        back = request.POST.get("next", "")
        if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            return HttpResponseRedirect(back)
        messages.success(request, gettext("Your language and time zone were saved."))
        return HttpResponseRedirect(reverse("preferences"))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": gettext("Language and time zone"),
        "chosen": chosen,
        # A language is written in that language, whatever the page's is.
        "languages": [
            (code, translation.get_language_info(code)["name_local"]) for code, _ in settings.LANGUAGES
        ],
        "zones": time_zones(),
        "zone_now": timezone.get_current_timezone_name(),
        "now": timezone.now(),
    }
    return TemplateResponse(request, "console/preferences.html", context)
