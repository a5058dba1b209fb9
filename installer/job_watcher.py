"""Look for those who wait for news of jobs, in a thread of each process of the web server."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Collection

from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from installer.long_poll import Wait
from installer.models import AccessToken
from jobs.notifications import Listener, with_news

logger = logging.getLogger(__name__)
# Lines of a busy job are collected for this long before anybody is told.
_GAP_S = 0.1
# How often it is checked that those who wait are still signed in.
_SIGNED_IN_S = 5.0
# How long the database connection is kept while nobody waits.
_KEEP_S = 30.0
_RETRY_S = 1.0


class Watcher:
    """A thread that looks for those who were put aside, and tells the web server whose waiting is over."""

    def __init__(self, tell: Callable[[Collection[Wait]], None]) -> None:
        self._tell = tell
        self._aside: set[Wait] = set()
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._read_fd, self._write_fd = os.pipe()
        os.set_blocking(self._read_fd, False)
        os.set_blocking(self._write_fd, False)
        self._checked = 0.0
        self._thread = threading.Thread(target=self._run, name="long-poll", daemon=True)

    def add(self, wait: Wait) -> None:
        """Look for it; it may have got news while it was put aside."""
        with self._lock:
            self._aside.add(wait)
        self._some.set()
        if not self._thread.is_alive():
            self._thread.start()
        try:
            os.write(self._write_fd, b"\0")
        except BlockingIOError:
            # It is awake already.
            return

    def discard(self, wait: Wait) -> None:
        """Look for it no longer."""
        with self._lock:
            self._aside.discard(wait)

    def _run(self) -> None:
        listener = Listener(self._read_fd)
        while True:
            with self._lock:
                aside = list(self._aside)
                if not aside:
                    self._some.clear()
            if not aside:
                if not self._some.wait(_KEEP_S):
                    connection.close()
                    self._some.wait()
                continue
            try:
                self._end(self.look(aside))
                nearest = min(wait.until for wait in aside) - time.monotonic()
                listener.wait(least_s=_GAP_S, most_s=max(nearest, _GAP_S))
            except (DatabaseError, InterfaceError) as error:
                # The database restarts: they wait on, and their time runs out as always.
                logger.warning("cannot look for news of jobs: %s", str(error).strip())
                connection.close()
                self._end({wait for wait in aside if wait.until <= time.monotonic()})
                time.sleep(_RETRY_S)

    def look(self, aside: Collection[Wait]) -> set[Wait]:
        """Return whose waiting is over: there is news, the time is up, or they were signed out."""
        now = time.monotonic()
        found = {wait for wait in aside if wait.until <= now}
        by_watch = {wait.watch: wait for wait in aside if wait.watch and wait not in found}
        found |= {by_watch[watch] for watch in with_news(by_watch)}
        if now - self._checked > _SIGNED_IN_S:
            self._checked = now
            found |= signed_out(aside)
        return found

    def _end(self, found: Collection[Wait]) -> None:
        if found:
            with self._lock:
                self._aside.difference_update(found)
            self._tell(found)


def signed_out(waits: Collection[Wait]) -> set[Wait]:
    """Return those whose token was revoked or has expired, and whose session has ended; two queries at most."""
    now = timezone.now()
    tokens = {wait.token for wait in waits if wait.token}
    if tokens:
        valid = AccessToken.objects.filter(pk__in=tokens, expires_at__gt=now, user__is_active=True)
        tokens -= set(valid.values_list("pk", flat=True))
    sessions = {wait.session for wait in waits if wait.session}
    if sessions:
        alive = Session.objects.filter(session_key__in=sessions, expire_date__gt=now)
        sessions -= set(alive.values_list("session_key", flat=True))
    return {wait for wait in waits if wait.token in tokens or wait.session in sessions}
