"""The newest lines of a watched job are made once, and are those of the database."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from installer.api.jobs import recent_lines as module
from installer.api.jobs.recent_lines import recent_lines
from jobs.models import Job
from jobs.queries import events
from tests.factories import add_events, make_job, make_node
from tests.support.examples import examples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_by_job", OrderedDict())


@pytest.fixture
def job() -> Job:
    job = make_job([make_node(1)])
    for number in range(12):
        level = ("info", "warning", "error")[number % 3]
        add_events(job, [f"line {number}"], node=f"172.16.80.{number % 2}", level=level)
    job.refresh_from_db()
    return job


def seqs(job: Job, after: int, limit: int = 1000, **wanted: str) -> list[int] | None:
    found = recent_lines(job, after=after, limit=limit, **wanted)
    if found is None:
        return None
    lines = json.loads(f"[{found.objects}]")
    assert lines == events(job, after=after, limit=limit, **wanted)
    assert found.number == len(lines) and found.last == (lines[-1]["seq"] if lines else 0)
    return [line["seq"] for line in lines]


WANTED = st.fixed_dictionaries(
    {},
    optional={
        "node": st.sampled_from(["", "172.16.80.0", "172.16.80.1", "172.16.80.9"]),
        "level": st.sampled_from(["", "debug", "info", "warning", "error"]),
        "phase": st.sampled_from(["", "install_nodes", "nothing"]),
    },
)


@examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(st.tuples(st.integers(0, 12), st.integers(1, 13), WANTED), max_size=8))
def test_they_are_the_lines_of_the_database(job: Job, asked: list[tuple[int, int, dict[str, Any]]]) -> None:
    module._by_job.clear()
    for after, limit, wanted in asked:
        seqs(job, after, limit, **wanted)


def test_those_who_follow_share_one_query(job, django_assert_num_queries):
    with django_assert_num_queries(1):
        first = recent_lines(job, after=4, limit=100)
        assert first and first.number == 8
        others = [recent_lines(job, after=after, limit=100) for after in range(4, 13)]
    assert [other.number for other in others if other] == list(range(8, -1, -1))
    assert seqs(job, 3) is None, "who is further behind reads from the database"
    add_events(job, ["new"])
    job.refresh_from_db()
    with django_assert_num_queries(1):
        assert recent_lines(job, after=12, limit=5) and recent_lines(job, after=10, limit=5)
    assert seqs(job, 12) == [13]


def test_the_oldest_are_forgotten(job, monkeypatch):
    monkeypatch.setattr(module, "MAX_LINES", 6)
    assert seqs(job, 2) is None
    assert seqs(job, 8) == [9, 10, 11, 12]
    add_events(job, [f"more {number}" for number in range(4)])
    job.refresh_from_db()
    assert seqs(job, 8) == list(range(9, 17))
    assert seqs(job, 8) is None and seqs(job, 14) == [15, 16]
    add_events(job, ["x"] * 7)
    job.refresh_from_db()
    assert seqs(job, 16) is None and seqs(job, 20) == [21, 22, 23]


def test_few_jobs_are_kept(monkeypatch):
    monkeypatch.setattr(module, "MAX_JOBS", 2)
    jobs = [make_job([make_node(number)], exclusive_scope="") for number in range(1, 4)]
    for job in jobs:
        add_events(job, ["x"])
        job.refresh_from_db()
        assert seqs(job, 0) == [1]
    assert list(module._by_job) == [job.pk for job in jobs[1:]]


def test_a_database_that_was_put_back_is_read_anew(job):
    assert seqs(job, 0) == list(range(1, 13))
    job.last_seq = 5
    assert seqs(job, 0, 5) == [1, 2, 3, 4, 5]
