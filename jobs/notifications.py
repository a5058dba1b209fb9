"""Notify those who wait for news of jobs: by LISTEN and NOTIFY on PostgreSQL, by a short look on SQLite.

A notification says only that some job has news. What they are is read from its rows, now and then also without a
notification: a pooler in front of the database may lose them, and so may a connection that breaks.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from django.db import connection

from jobs.models import Event, Job
from jobs.queries import levels_from
from jobs.states import JOB_ENDED, NEWS_CHANNEL

# How long a listener waits at most before it looks: with notifications, and without.
LOOK_S = {"postgresql": 1.0, "sqlite": 0.3}
# New lines that are compared with filters; when there are more of them, everybody is told.
_COMPARED = 5000


class Listener:
    """Waits for news of any job. It belongs to one thread, whose database connection it uses."""

    def __init__(self, wake: int = -1) -> None:
        """``wake``: a file descriptor that ends the waiting as soon as it can be read."""
        self._wake = wake
        self._listening: Any = None

    def wait(self, *, least_s: float, most_s: float = inf) -> None:
        """Return when jobs may have news: after ``least_s`` at the earliest, after ``most_s`` or LOOK_S at the latest.

        Raises :class:`django.db.OperationalError` when the database has gone.
        """
        # Lines of a busy job are collected.
        time.sleep(least_s)
        # poll, not select: a web server that keeps many connections has descriptors above 1024.
        poller = select.poll()
        if self._wake >= 0:
            poller.register(self._wake, select.POLLIN)
        if connection.vendor == "postgresql":
            self._listen()
            with connection.wrap_database_errors:
                poller.register(self._listening.fileno(), select.POLLIN)
            if self._listening.notifies:
                most_s = 0.0
        ready = poller.poll(max(0.0, min(most_s, LOOK_S[connection.vendor]) - least_s) * 1000)
        if any(descriptor == self._wake for descriptor, _ in ready):
            os.read(self._wake, 4096)
        if self._listening is not None:
            with connection.wrap_database_errors:
                self._listening.poll()
            self._listening.notifies.clear()

    def _listen(self) -> None:
        """Listen on the present connection; another one, made after a failure, does not listen yet."""
        connection.ensure_connection()
        if connection.connection is not self._listening:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {NEWS_CHANNEL}")
            self._listening = connection.connection


@dataclass(eq=False, slots=True)
class Watch:
    """What a request waits for: a line after ``seen`` that passes the filters, or another status than this one.

    ``wanted``: as in :func:`jobs.queries.event_rows`. Text and time are not compared here: a line that passes the other
    filters is news, and the answer shows whether it is wanted.
    """

    job_pk: int
    status: str
    seen: int
    wanted: Mapping[str, Any]


def with_news(watches: Iterable[Watch]) -> list[Watch]:
    """Return those whose waiting is over; ``seen`` of the others moves past lines that they do not want.

    One query, and one more for each job that is watched with filters. A job that was deleted is news, too.
    """
    by_job: dict[int, list[Watch]] = {}
    for watch in watches:
        by_job.setdefault(watch.job_pk, []).append(watch)
    now = Job.objects.filter(pk__in=by_job).values_list("pk", "last_seq", "status")
    known = {pk: (last_seq, status) for pk, last_seq, status in now}
    found = []
    for pk, mine in by_job.items():
        last_seq, status = known.get(pk, (0, ""))
        filtered: list[Watch] = []
        for watch in mine:
            if watch.status != status or status in JOB_ENDED:
                found.append(watch)
            elif last_seq > watch.seen:
                (filtered if any(watch.wanted.values()) else found).append(watch)
        if filtered:
            found += _wanted(pk, filtered, last_seq)
    return found


def _wanted(job_pk: int, watches: list[Watch], last_seq: int) -> list[Watch]:
    new = Event.objects.filter(job=job_pk, seq__gt=min(watch.seen for watch in watches), seq__lte=last_seq)
    rows = list(new.order_by("seq").values_list("node", "phase", "level", "seq")[: _COMPARED + 1])
    if len(rows) > _COMPARED:
        return watches
    # The last line of each kind: usually a few kinds, however many lines there are.
    kinds = {(node, phase, level): seq for node, phase, level, seq in rows}
    found = []
    for watch in watches:
        if any(seq > watch.seen and _passes(watch.wanted, *kind) for kind, seq in kinds.items()):
            found.append(watch)
        else:
            watch.seen = last_seq
    return found


def _passes(wanted: Mapping[str, Any], node: str, phase: str, level: str) -> bool:
    return (
        wanted.get("node", "") in ("", node)
        and wanted.get("phase", "") in ("", phase)
        and (not wanted.get("level") or level in levels_from(wanted["level"]))
    )
