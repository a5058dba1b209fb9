"""What each watchdog looks for every few seconds is found by an index, however many steps have ended."""

from __future__ import annotations

import pytest
from django.db import connection

from jobs import lookups
from jobs.engine import watchdog
from jobs.models import Job, Step
from tests.factories import make_job, make_node

pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> Job:
    job = make_job([make_node(1)])
    Step.objects.update(status="succeeded")
    Step.objects.bulk_create(
        Step(job=job, phase=f"p{number}", position=number, target="n-1", status="succeeded")
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return job


def test_running_steps(job: Job) -> None:
    assert "step_open" in watchdog._running().order_by().explain()
    assert not watchdog._running().exists()
    Step.objects.filter(position=7).update(status="running")
    assert watchdog._running().get().position == 7
    Step.objects.filter(position=7).update(status="pending")
    assert not watchdog._running().exists()


@pytest.mark.postgresql
def test_steps_that_may_have_left_something_running(job: Job) -> None:
    assert "step_left_something" in lookups.orphans().order_by().explain()
    assert not lookups.orphans().exists()
    Step.objects.filter(position=7).update(remote={"pid": 1})
    assert lookups.orphans().get().position == 7
