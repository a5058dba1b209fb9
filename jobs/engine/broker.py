"""django-q2's queue table by the database's clock: a machine whose clock is wrong neither hides nor holds entries.

A cluster takes an entry before one of its processes is free for it. Until a process begins with it, it is held for
moments only: else a busy cluster would keep for minutes what an idle one could do.
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
    """What django_q.brokers.orm does, with ``database_now`` wherever it asks the local clock."""

    def timeout(self, task: Any) -> datetime:
        """Until when an entry that is handed out, and that nobody begins with, is not handed out again."""
        return database_now() + timedelta(seconds=HANDED_S)

    def queue_size(self) -> int:
        """Entries that wait."""
        return int(self.get_connection().filter(key=self.list_key, lock__lte=database_now()).count())

    def lock_size(self) -> int:
        """Entries that are handed out."""
        return int(self.get_connection().filter(key=self.list_key, lock__gt=database_now()).count())

    def enqueue(self, task: str) -> Any:
        """Add an entry; gives its number."""
        entries = self.get_connection()
        return entries.create(key=self.list_key or Conf.CLUSTER_NAME, payload=task, lock=database_now()).pk

    def dequeue(self) -> list[tuple[Any, str]] | None:
        """Take entries by conditional update; None after a pause when there is nothing."""
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
    """A process begins with an entry: now nobody else need take it (connected to ``pre_execute``)."""
    try:
        OrmQ.objects.filter(pk=task["ack_id"]).update(lock=database_now() + timedelta(seconds=Conf.RETRY))
    except db.Error:
        # It may be handed out twice, which does no harm; the task itself says what is wrong with the database.
        db.close_old_connections()
