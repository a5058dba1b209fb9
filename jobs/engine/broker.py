"""django-q2's queue table by the database's clock: a machine whose clock is wrong neither hides nor holds entries."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import sleep
from typing import Any

from django_q.brokers.orm import ORM
from django_q.conf import Conf

from jobs.engine.claims import database_now


class DatabaseClockBroker(ORM):
    """What django_q.brokers.orm does, with ``database_now`` wherever it asks the local clock."""

    def timeout(self, task: Any) -> datetime:
        """Until when an entry that is handed out is not handed out again."""
        return database_now() + timedelta(seconds=Conf.RETRY)

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
