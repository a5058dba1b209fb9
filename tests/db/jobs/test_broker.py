"""The queue table between clusters."""

from __future__ import annotations

import threading
from datetime import timedelta
from time import monotonic

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from jobs.engine import broker
from jobs.engine.claims import database_now


@pytest.mark.django_db(transaction=True)
def test_what_a_busy_cluster_took_ahead_is_soon_there_for_others() -> None:
    ours = broker.DatabaseClockBroker("installer")
    ours.enqueue("payload")
    [(number, _)] = ours.dequeue() or []
    handed = OrmQ.objects.get(pk=number)
    # At most: SQLite's clock counts milliseconds.
    assert ours.queue_size() == 0 and handed.lock <= database_now() + timedelta(seconds=broker.HANDED_S)
    broker.hold({"ack_id": number}, sender="django_q")
    assert OrmQ.objects.get(pk=number).lock > database_now() + timedelta(
        seconds=settings.Q_CLUSTER["timeout"]
    )


@pytest.mark.django_db(transaction=True)
def test_an_idle_cluster_looks_at_the_table_only_when_something_was_added() -> None:
    ours = broker.DatabaseClockBroker("installer")
    assert ours.dequeue() is None
    with CaptureQueriesContext(connection) as caught:
        for _ in range(3):
            assert ours.dequeue() is None
    asked = [query["sql"] for query in caught if query["sql"] != "PRAGMA data_version"]
    assert not asked
    theirs = threading.Thread(target=lambda: in_another_connection(ours))
    theirs.start()
    begun, found = monotonic(), None
    while not found and monotonic() < begun + 10:
        found = ours.dequeue()
    assert found and monotonic() < begun + broker.LOOK_S
    theirs.join()


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_held_is_looked_at_again_when_its_time_is_up() -> None:
    ours = broker.DatabaseClockBroker("installer")
    number = ours.enqueue("payload")
    OrmQ.objects.filter(pk=number).update(lock=database_now() + timedelta(seconds=0.5))
    begun = monotonic()
    assert ours.dequeue() is None
    while not ours.dequeue():
        assert monotonic() < begun + 10
    assert 0.4 < monotonic() - begun < broker.LOOK_S


def in_another_connection(ours: broker.DatabaseClockBroker) -> None:
    ours.enqueue("payload")
    connection.close()
