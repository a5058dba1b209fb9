"""Reading a long log: a thousand lines at a time, and never a part that passes for the whole."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from jobs.models import Job
from jobs.queries import event_batches, event_rows
from tests.factories import add_events, make_job, make_node

pytestmark = pytest.mark.django_db


@pytest.fixture
def job() -> Job:
    job = make_job([make_node(1)])
    add_events(job, [f"line {number}" for number in range(1, 2501)])
    return job


def seqs(job: Job, **wanted: Any) -> list[int]:
    return [row[0] for batch in event_batches(job, **wanted) for row in batch]


def test_every_line_once_and_in_order(job, django_assert_num_queries):
    with django_assert_num_queries(5):
        assert seqs(job) == list(range(1, 2501))
    assert [len(batch) for batch in event_batches(job)] == [1000, 1000, 500]


def test_a_limit_and_a_beginning(job):
    assert seqs(job, after=100, limit=1500) == list(range(101, 1601))
    assert seqs(job, after=2500) == [] and seqs(job, level="error") == []


def test_lines_that_come_meanwhile_are_left_out(job):
    batches = event_batches(job)
    first = next(batches)
    add_events(job, ["new"])
    assert [row[0] for batch in (first, *batches) for row in batch][-1] == 2500


def test_a_job_that_is_deleted_meanwhile_breaks_off(job):
    batches = event_batches(job)
    next(batches)
    Job.objects.all().delete()
    with pytest.raises(Job.DoesNotExist):
        list(batches)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"node": "172.16.80.2"}, "event_by_node"),
        ({"level": "warning"}, "event_severe"),
        ({"level": "error"}, "event_severe"),
    ],
)
def test_lines_of_a_node_and_severe_lines_are_found_by_an_index(
    job, wanted, index, django_assert_num_queries
):
    add_events(job, ["of another node"], node="172.16.80.2")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with django_assert_num_queries(1) as seen:
        event_rows(job, **wanted)
    plan = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{plan} {seen.captured_queries[0]['sql']}")
        assert index in str(cursor.fetchall())
