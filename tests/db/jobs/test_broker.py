"""The queue table between clusters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django_q.models import OrmQ

from jobs.engine import broker
from jobs.engine.claims import database_now


@pytest.mark.django_db(transaction=True)
def test_what_a_busy_cluster_took_ahead_is_soon_there_for_others() -> None:
    ours = broker.DatabaseClockBroker("installer")
    ours.enqueue("payload")
    [(number, _)] = ours.dequeue() or []
    handed = OrmQ.objects.get(pk=number)
    assert ours.queue_size() == 0 and handed.lock < database_now() + timedelta(seconds=broker.HANDED_S)
    broker.hold({"ack_id": number}, sender="django_q")
    assert OrmQ.objects.get(pk=number).lock > database_now() + timedelta(
        seconds=settings.Q_CLUSTER["timeout"]
    )
