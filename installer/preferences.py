"""The language and the time zone that a person reads the console in: kept with the account, applied to every page.

Without a choice the browser decides: its ``Accept-Language`` header, and the time zone that ``static/console/zone.js`` leaves
in a cookie. REST and commands are not concerned: their times are UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from installer.models import Preferences

ZONE_COOKIE = "console_zone"
_SESSION = "preferences"
_API = "/api/"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose; an empty value leaves it to the browser."""

    language: str = ""
    time_zone: str = ""


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of all time zones, such as ``Asia/Shanghai``, in order."""
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    )


def save_preferences(*, request: HttpRequest, language: str, time_zone: str) -> Chosen:
    """Keep the choice with the account and the session, and apply it from the next page on.

    An unknown language or time zone counts as no choice.
    """
    chosen = Chosen(_known_language(language), time_zone if _zone(time_zone) else "")
    if isinstance(request.user, User):
        Preferences.objects.update_or_create(user=request.user, defaults=asdict(chosen))
    request.session[_SESSION] = asdict(chosen)
    return chosen


def chosen_in(request: HttpRequest) -> Chosen:
    """Return what the person of the request chose."""
    kept = request.session.get(_SESSION)
    if not isinstance(kept, dict):
        return Chosen()
    return Chosen(_known_language(kept.get("language")), str(kept.get("time_zone") or ""))


def begin_with_kept(request: HttpRequest) -> None:
    """Take the choice that is kept with the account into the session of a person who just signed in.

    A language chosen on the sign-in page, which leaves it in a cookie, is newer and replaces the one that is kept.
    """
    if not isinstance(request.user, User):
        return
    found = Preferences.objects.filter(user=request.user).first()
    kept = Chosen(found.language, found.time_zone) if found else Chosen()
    newer = _known_language(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))
    if newer and newer != kept.language:
        save_preferences(request=request, language=newer, time_zone=kept.time_zone)
    elif found:
        request.session[_SESSION] = asdict(kept)


class PreferencesMiddleware:
    """Makes each page in the language and the time zone of its reader."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if request.path_info.startswith(_API):
            return self.get_response(request)
        # Without a session nobody chose anything; asking for one would make the answer vary by cookie.
        chosen = chosen_in(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else Chosen()
        if chosen.language:
            translation.activate(chosen.language)
            request.LANGUAGE_CODE = chosen.language
        zone = _zone(chosen.time_zone) or _zone(request.COOKIES.get(ZONE_COOKIE, ""))
        with timezone.override(zone):
            return self.get_response(request)


def _known_language(language: object) -> str:
    return language if isinstance(language, str) and language in dict(settings.LANGUAGES) else ""


def _zone(name: str) -> tzinfo | None:
    """Return the time zone of that name; None when there is none. A name from a cookie may be anything."""
    return ZoneInfo(name) if name in time_zones() else None
