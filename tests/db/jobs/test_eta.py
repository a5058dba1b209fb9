"""From which rows the remaining time is estimated, and how get_status shows it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from common.actor import Actor
from jobs import registry
from jobs.engine.claims import database_now
from jobs.models import Job, Step
from jobs.queries import job_status
from jobs.services.pause import pause_job
from jobs.services.submit import Pace
from tests.fixtures.toy import Toy

pytestmark = pytest.mark.django_db(transaction=True)


def earlier(toy: Toy, *names: str, seconds: float = 60) -> Job:
    """Make a job that succeeded, whose steps took that long each."""
    job = toy.work(toy.submit(*names))
    took(job.steps.all(), seconds)
    return job


def took(steps: QuerySet[Step], seconds: float) -> None:
    now = database_now()
    steps.update(started_at=now - timedelta(seconds=seconds), finished_at=now)


def running(job: Job, ran_s: float, *targets: str) -> None:
    """Finish the first phase; these nodes have been in the next one for that long."""
    Job.objects.filter(pk=job.pk).update(status="running")
    job.steps.filter(phase="prepare").update(status="succeeded")
    begun = database_now() - timedelta(seconds=ran_s)
    job.steps.filter(phase="one", target__in=targets).update(status="running", started_at=begun, attempts=1)
    job.refresh_from_db()


def test_nothing_is_said_while_there_is_no_earlier_run(toy: Toy) -> None:
    status = job_status(toy.submit("a", "b"))
    assert status["time_left"] is None
    assert {phase["time_left"] for phase in status["phases"]} == {None}


def test_earlier_runs_of_the_same_phases_tell(toy: Toy) -> None:
    earlier(toy, "a", "b")
    job = toy.submit("a", "b", "c")
    assert job_status(job)["time_left"] == {"seconds": 240, "late": 0, "text": "about 4 min left"}
    running(job, 20, "a", "b", "c")
    status = job_status(job)
    assert status["time_left"]["seconds"] == pytest.approx(160, abs=5)
    left = {phase["phase"]: phase["time_left"] for phase in status["phases"]}
    assert left["prepare"] is None, "it is done"
    assert left["one"]["seconds"] == pytest.approx(40, abs=5) and left["two"]["seconds"] == 60


def test_how_many_run_now_is_how_many_will(toy: Toy) -> None:
    earlier(toy, "a")
    job = toy.submit("a", "b", "c", "d")
    running(job, 0, "a")
    one = job_status(job)["phases"][1]
    assert one["time_left"]["seconds"] == pytest.approx(240, abs=5), "one at a time"
    few = toy.submit("a", "b", "c", "d", concurrency=2)
    assert job_status(few)["phases"][1]["time_left"]["seconds"] == 120


def test_waves_wait_for_each_other(toy: Toy) -> None:
    earlier(toy, "a")
    job = toy.submit("a", "b", "c", pace=Pace(batch=1))
    assert job_status(job)["time_left"]["seconds"] == 60 * (1 + 3 * 2 + 1)


def test_later_jobs_other_actions_and_second_attempts_do_not_count(toy: Toy) -> None:
    before = earlier(toy, "a")
    job = toy.submit("a")
    earlier(toy, "b", seconds=9000)
    assert job_status(job)["time_left"]["seconds"] == 240
    before.steps.filter(phase="two").update(attempts=2)
    status = job_status(job)
    assert status["time_left"] is None, "of one phase nothing is known"
    assert [bool(phase["time_left"]) for phase in status["phases"]] == [True, True, False, True]
    Job.objects.filter(pk=before.pk).update(action="other")
    assert not any(phase["time_left"] for phase in job_status(job)["phases"])


def test_a_phase_that_is_another_one_in_every_job_tells_nothing(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier(toy, "a")
    monkeypatch.setitem(registry._DIFFERING, "toy", frozenset({"two"}))
    status = job_status(toy.submit("a"))
    assert status["time_left"] is None
    assert [bool(phase["time_left"]) for phase in status["phases"]] == [True, True, False, True]
    unknown = toy.submit("a")
    Job.objects.update(action="of another version")
    unknown.refresh_from_db()
    assert job_status(unknown)["time_left"], "what it does is not known, how long it took is"


def test_a_paused_a_cancelled_and_an_ended_job_say_nothing(toy: Toy, actor: Actor) -> None:
    done = earlier(toy, "a")
    assert job_status(done)["time_left"] is None
    job = pause_job(job_id=toy.submit("a").job_id, actor=actor)
    status = job_status(job)
    assert status["time_left"] is None and status["paused_by"] == "ann" and status["paused_at"]
    Job.objects.filter(pk=job.pk).update(status="cancelling", paused_by="")
    job.refresh_from_db()
    assert job_status(job)["time_left"] is None


def test_an_ended_job_is_not_shown_as_paused(toy: Toy, actor: Actor) -> None:
    job = earlier(toy, "a")
    Job.objects.filter(pk=job.pk).update(paused_by="ann")
    job.refresh_from_db()
    status = job_status(job)
    assert (status["paused_by"], status["paused_at"]) == ("", None)


def test_as_many_queries_with_many_nodes_and_runs_as_with_few(toy: Toy) -> None:
    counts = []
    for nodes in (1, 9):
        for _ in range(3):
            earlier(toy, *(f"n{number}" for number in range(nodes)))
        job = toy.submit(*(f"n{number}" for number in range(nodes)))
        with CaptureQueriesContext(connection) as seen:
            assert job_status(job)["time_left"]
        counts.append(len(seen))
    assert counts == [3, 3]
