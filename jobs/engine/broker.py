"""django-q2's queue table on the database's clock: a machine with a wrong clock neither hides nor holds entries.

A cluster takes an entry before one of its processes is free for it. Until a process starts on it, the entry is held
for moments only: otherwise a busy cluster would keep for minutes what an idle one could do.

An idle cluster does not ask for entries five times a second: PostgreSQL notifies it of new ones, and SQLite says at no
cost whether anything was written. It asks when an entry that is held becomes free, and every few seconds all the same,
as a pooler before PostgreSQL may keep notifications to itself.
"""

from __future__ import annotations

import select
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

from django import db
from django.db import connection
from django.db.models.functions import Now
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ

from jobs.engine.claims import database_now

HANDED_S = 3.0
# The longest time without a look at the table.
LOOK_S = 2.0
CHANNEL = "installer_queue"


class DatabaseClockBroker(ORM):
    """django_q.brokers.orm with ``database_now`` in place of the local clock, and with fewer questions."""

    # When to look at the table (time.monotonic), unless there is news before.
    _look_at = 0.0
    # The connection that listens to the channel (PostgreSQL), and the version of the file when it was looked at (SQLite).
    _listening: Any = None
    _version: Any = None

    def timeout(self, task: Any) -> datetime:
        """Return until when an entry that was handed out, but not started, is not handed out again."""
        return database_now() + timedelta(seconds=HANDED_S)

    def queue_size(self) -> int:
        """Count the entries that wait."""
        return int(self.get_connection().filter(key=self.list_key, lock__lte=database_now()).count())

    def lock_size(self) -> int:
        """Count the entries that are handed out."""
        return int(self.get_connection().filter(key=self.list_key, lock__gt=database_now()).count())

    def enqueue(self, task: str) -> Any:
        """Add an entry, of which PostgreSQL notifies the clusters once it is committed; return its number."""
        entries = self.get_connection()
        entry = entries.create(key=self.list_key or Conf.CLUSTER_NAME, payload=task, lock=database_now())
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"NOTIFY {CHANNEL}")
        return entry.pk

    def dequeue(self) -> list[tuple[Any, str]] | None:
        """Take an entry by conditional update; return None, mostly after a pause, when there is none."""
        if monotonic() < self._look_at and not self._news(Conf.POLL):
            return None
        entries = self.get_connection().filter(key=self.list_key)
        self._listen()
        first = entries.annotate(now=Now()).order_by("lock", "id").first()
        held_s = (first.lock - first.now).total_seconds() if first else LOOK_S
        if first is None or held_s > 0:
            self._look_at = monotonic() + min(held_s, LOOK_S)
            return None
        self._look_at = 0.0
        taken = entries.filter(pk=first.pk, lock=first.lock).update(lock=self.timeout(first))
        return [(first.pk, first.payload)] if taken else None

    def _listen(self) -> None:
        """Begin to listen, before a look at the table: what is added from then on is news."""
        if connection.vendor != "postgresql":
            self._version = _data_version()
            return
        connection.ensure_connection()
        if self._listening is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._listening = connection.connection

    def _news(self, longest_s: float) -> bool:
        """Wait; return whether anything may have been added since the last look."""
        if connection.vendor != "postgresql":
            sleep(longest_s)
            return bool(_data_version() != self._version)
        try:
            with connection.wrap_database_errors:
                if not select.select([self._listening], [], [], longest_s)[0]:
                    return False
                self._listening.poll()
                self._listening.notifies.clear()
        except db.Error:
            # The database went away; the look that follows connects again.
            connection.close()
        return True


def _data_version() -> Any:
    """Return a number that changes when another connection has written to the SQLite file (pragma data_version)."""
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA data_version").fetchone()[0]


def hold(task: dict[str, Any], **_: Any) -> None:
    """Hold an entry that a process has started, so that no other takes it (connected to ``pre_execute``)."""
    try:
        OrmQ.objects.filter(pk=task["ack_id"]).update(lock=database_now() + timedelta(seconds=Conf.RETRY))
    except db.Error:
        # It may be handed out twice, which does no harm; the task itself reports a fault of the database.
        db.close_old_connections()
