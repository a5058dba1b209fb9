"""Limits requests that hold a thread of the web server for long: waiting for lines, downloads, querying machines.

Counted in each process of the web server, per user and in total, and never more than half of its threads: pages and
short requests always find one. Requests above the limit are answered 429 at once instead of waiting in a queue.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext, ngettext

# Per process; see installer/gunicorn.py for its number of threads.
THREADS = 16
PER_PERSON = 4
RETRY_S = 5


class Full(Exception):
    """No slot is free; the text says why."""

    seconds = RETRY_S


@dataclass
class _Places:
    in_all: int
    lock: threading.Lock
    taken: Counter[str]


_places = _Places(THREADS // 2, threading.Lock(), Counter())


def share(threads: int) -> None:
    """Set the number of threads of this process; half of them may be held."""
    _places.in_all = max(1, threads // 2)


def hold(request: HttpRequest) -> None:
    """Reserve a slot for a long request; it is released after the response. Raises :class:`Full`."""
    if hasattr(request, "held_slot"):
        return
    person = person_of(request)
    with _places.lock:
        if _places.taken[person] >= min(PER_PERSON, _places.in_all):
            taken = _places.taken[person]
            text = ngettext(
                "You have %(n)s long request running: wait until it ends, or cancel it",
                "You have %(n)s long requests running: wait until one of them ends, or cancel one",
                taken,
            )
            raise Full(text % {"n": taken})
        if _places.taken.total() >= _places.in_all:
            raise Full(gettext("The server is busy with long requests: try again in a moment"))
        _places.taken[person] += 1
    request.held_slot = person  # type: ignore[attr-defined]


def person_of(request: HttpRequest) -> str:
    """Return whose long requests are counted together: an account's, or without one, an address's."""
    user = request.user
    return f"user {user.pk}" if user.is_authenticated else str(request.META.get("REMOTE_ADDR", ""))


def _give_back(person: str) -> None:
    with _places.lock:
        _places.taken[person] -= 1
        if _places.taken[person] <= 0:
            del _places.taken[person]


class SlotMiddleware:
    """Releases slots, also after streamed responses, and shows a page when none is free."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, and release its slot at the end of the response."""
        response = None
        try:
            response = self.get_response(request)
        finally:
            person = getattr(request, "held_slot", None)
            if person is not None:
                if response is not None and response.streaming:
                    # Closed by the server once everything was sent or the client has gone.
                    response._resource_closers.append(lambda: _give_back(person))  # type: ignore[attr-defined]
                else:
                    _give_back(person)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 429 with a sentence."""
        if not isinstance(error, Full):
            return None
        return HttpResponse(
            f"{error}\n",
            status=429,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": str(error.seconds)},
        )
