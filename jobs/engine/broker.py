"""django-q2's queue table on the database's clock: a machine with a wrong clock neither hides nor holds entries.

A cluster takes an entry before one of its processes is free for it. Until a process starts on it, the entry is held
for moments only: otherwise a busy cluster would keep for minutes what an idle one could do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from time import sleep
from typing import Any

from django import db
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ

from jobs.engine.claims import database_now

HANDED_S = 3.0


class DatabaseClockBroker(ORM):
    """django_q.brokers.orm with ``database_now`` in place of the local clock."""

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
        """Add an entry; return its number."""
        entries = self.get_connection()
        return entries.create(key=self.list_key or Conf.CLUSTER_NAME, payload=task, lock=database_now()).pk

    def dequeue(self) -> list[tuple[Any, str]] | None:
        """Take entries by conditional update; return None after a pause when there are none."""
        waiting = self.get_connection().filter(key=self.list_key, lock__lt=database_now())
        taken = []
        for entry in waiting.order_by("id")[: Conf.BULK]:
            here = self.get_connection().filter(id=entry.id, lock=entry.lock)
            if here.update(lock=self.timeout(entry)):
                taken.append((entry.pk, entry.payload))
        if not taken:
            sleep(Conf.POLL)
            return None
        return taken


def hold(task: dict[str, Any], **_: Any) -> None:
    """Hold an entry that a process has started, so that no other takes it (connected to ``pre_execute``)."""
    try:
        OrmQ.objects.filter(pk=task["ack_id"]).update(lock=database_now() + timedelta(seconds=Conf.RETRY))
    except db.Error:
        # It may be handed out twice, which does no harm; the task itself reports a fault of the database.
        db.close_old_connections()
