"""Requests that wait for news of a job: the web server puts them aside, where they hold no thread.

When the job has news, the request is answered again, from its headers on: who was signed out or lost a permission
meanwhile is refused as always. The web server (:mod:`installer.waiting_requests`) passes a :class:`Wait` with each request
that may wait; other servers do not, and such a request is answered at once.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse

from common.messages import message
from installer import slots

if TYPE_CHECKING:
    # gunicorn loads its worker before Django is set up.
    from jobs.notifications import Watch

# The Wait of a request, in its environment.
ENVIRON = "installer.wait"
# In each process of the web server: in all, and for one account.
IN_ALL = 400
PER_PERSON = 128


@dataclass(eq=False, slots=True)
class Wait:
    """A request that may wait, from its first bytes until it is answered."""

    # Set when it is put aside for the first time; the clock is the monotonic one.
    watch: Watch | None = None
    until: float = 0.0
    person: str = ""
    token: int | None = None
    session: str = ""
    # The web server stops.
    over: bool = False

    def may_wait(self) -> bool:
        """Return whether it may be put aside, again if it was before."""
        return not self.over and (self.watch is None or time.monotonic() < self.until)


class Later(HttpResponse):
    """Takes the place of the answer of a request that is put aside."""


def wait_of(request: HttpRequest) -> Wait | None:
    """Return the Wait of a request; None where the web server puts no requests aside."""
    found = request.META.get(ENVIRON)
    return found if isinstance(found, Wait) else None


def put_aside(request: HttpRequest, wait: Wait, watch: Watch, *, wait_s: float, token: int | None) -> Later:
    """Put a request aside until there is news. Raises :class:`installer.slots.Full` when too many wait already."""
    if wait.watch is None:
        wait.person = slots.person_of(request)
        desk.take(wait)
        wait.until = time.monotonic() + wait_s
        wait.token = token
        wait.session = "" if token else str(request.session.session_key or "")
    wait.watch = watch
    return Later()


@dataclass
class Desk:
    """Those who wait in this process: counted from when they are first put aside until they are answered."""

    waiting: set[Wait] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, wait: Wait) -> None:
        """Add one. Raises :class:`installer.slots.Full`."""
        with self.lock:
            mine = sum(other.person == wait.person for other in self.waiting)
            if mine >= PER_PERSON:
                raise slots.Full(message("W03", "person", count=mine))
            if len(self.waiting) >= IN_ALL:
                raise slots.Full(message("W03", "all"))
            self.waiting.add(wait)

    def leave(self, wait: Wait | None) -> None:
        """Remove one that was answered, or whose client has gone."""
        if wait is not None:
            with self.lock:
                self.waiting.discard(wait)


desk = Desk()
