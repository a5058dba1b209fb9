"""Cancel, pause and resume that coincide, or come too late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django_q.models import OrmQ

from common.actor import Actor
from jobs import queries
from jobs.engine import claims, completion, watchdog, work_slice
from jobs.models import Event, Job, Step
from jobs.services.cancel import cancel_job
from jobs.services.pause import pause_job
from jobs.services.resume import resume_job
from tests.db.jobs.test_engine import states
from tests.fixtures.toy import Toy, in_thread

pytestmark = pytest.mark.django_db(transaction=True)
REMOTE = {"component": "disk", "attempt": 1, "endpoint": {"address": "10.0.0.1"}}


def test_a_cancel_that_comes_when_all_is_done_leaves_a_job_that_succeeded(toy: Toy, actor: Actor) -> None:
    job = toy.submit("a", scope="region:r")
    toy.behave[("report", "")] = lambda _: in_thread(lambda: cancel_job(job_id=job.job_id, actor=actor))
    job = toy.work(job)
    assert set(states(job).values()) == {"succeeded"}
    assert (job.status, job.error) == ("succeeded", "")
    assert toy.ended == ["succeeded"], "what is done only behind a success is done"
    assert Event.objects.filter(job=job, line__contains="cancelled by").exists()
    toy.submit("a", scope="region:r")


def test_what_a_paused_job_has_running_is_followed_by_the_next_worker(toy: Toy, actor: Actor) -> None:
    job = _lost_while_paused(toy, actor)
    job = toy.work(job)
    assert job.status == "running" and job.paused_by
    assert toy.ran == [("one", "a")], "it is followed, and nothing else begins"
    assert states(job)[("one", "a")] == "succeeded" and states(job)[("one", "b")] == "pending"
    assert job.steps.get(phase="one", target="a").attempts == 1
    resume_job(job_id=job.job_id, actor=actor)
    assert toy.work(job).status == "succeeded"


def test_a_paused_job_with_something_running_is_woken_when_its_queue_entry_is_lost(
    toy: Toy, actor: Actor
) -> None:
    job = _lost_while_paused(toy, actor)
    OrmQ.objects.all().delete()
    Job.objects.filter(pk=job.pk).update(nudged_at=claims.database_now() - timedelta(minutes=1))
    watchdog.one_round("w")
    assert OrmQ.objects.count() == 1
    toy.work(job)
    OrmQ.objects.all().delete()
    Job.objects.filter(pk=job.pk).update(nudged_at=claims.database_now() - timedelta(minutes=1))
    watchdog.one_round("w")
    assert OrmQ.objects.count() == 0, "nothing runs any more: it is held"


def _lost_while_paused(toy: Toy, actor: Actor) -> Job:
    """Pause a job whose worker died while node a runs; node b has not started."""
    job = toy.submit("a", "b")
    job.steps.filter(phase="prepare").update(status="succeeded")
    Job.objects.filter(pk=job.pk).update(status="running")
    [step] = claims.claim_steps(job, claims.current_position(job) or 0, "dead", 1, {})
    Step.objects.filter(pk=step.pk).update(remote=REMOTE)
    pause_job(job_id=job.job_id, actor=actor)
    claims.release_all("dead")
    job.refresh_from_db()
    return job


def test_who_is_late_with_cancelling_takes_nothing_from_a_job_that_was_resumed(
    toy: Toy, actor: Actor
) -> None:
    job = toy.submit("a")
    cancel_job(job_id=job.job_id, actor=actor)
    late = Job.objects.get(pk=job.pk)
    late.status = "cancelling"  # as a worker has read it a moment before the job ended and was resumed
    resume_job(job_id=job.job_id, actor=actor)
    completion.cancel_pending(late)
    assert toy.work(job).status == "succeeded"
    assert queries.job_status(Job.objects.get(pk=job.pk))["progress"] == {"done": 4, "total": 4}


def test_a_time_limit_counts_over_all_workers_that_an_attempt_has_had(toy: Toy) -> None:
    left: dict[str, float] = {}

    def look(context: Any) -> None:
        context.limit(600)
        left[context.target] = context.time_left_s()

    toy.behave |= {("one", name): look for name in ("long", "short", "new")}
    job = toy.submit("long", "short", "new")
    job.steps.filter(phase="prepare").update(status="succeeded")
    Job.objects.filter(pk=job.pk).update(status="running")
    taken = claims.claim_steps(job, claims.current_position(job) or 0, "dead", 2, {})
    claims.release_all("dead")
    for step, ran_s in zip(taken, (1000, 500), strict=True):
        begun = claims.database_now() - timedelta(seconds=ran_s)
        Step.objects.filter(pk=step.pk).update(started_at=begun)
    assert toy.work(job).status == "succeeded"
    assert 590 < left["new"] <= 600
    assert 80 < left["short"] <= 100
    assert 50 < left["long"] <= 60, "it may still look how things stand"


def test_a_cancel_ends_the_job_as_soon_as_it_is_known_that_no_worker_lives(toy: Toy, actor: Actor) -> None:
    job = toy.submit("a", scope="region:r")
    job.steps.filter(phase="prepare").update(status="succeeded")
    Job.objects.filter(pk=job.pk).update(status="running")
    [step] = claims.claim_steps(job, claims.current_position(job) or 0, "dead", 1, {})
    # Longer than a worker counts as alive, shorter than a lease: nothing would end it later.
    Step.objects.filter(pk=step.pk).update(heartbeat_at=claims.database_now() - timedelta(seconds=17))
    assert cancel_job(job_id=job.job_id, actor=actor).status == "cancelled"
    toy.submit("a", scope="region:r")


def test_a_slice_whose_job_was_ended_and_resumed_meanwhile_makes_room_for_the_one_that_begins_it_again(
    toy: Toy, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_slice, "SLICE_S", 40.0)
    job = toy.submit("a")

    def others(context: Any) -> None:
        # The watchdog of another machine took the step away, and people were quick.
        step = Step.objects.get(pk=context.step_pk)
        claims.release(step.claim, [step.pk])
        assert cancel_job(job_id=job.job_id, actor=actor).status == "cancelled"
        assert resume_job(job_id=job.job_id, actor=actor).status == "queued"

    toy.behave[("one", "a")] = lambda context: in_thread(lambda: others(context))
    ended: list[bool] = []
    in_thread(lambda: ended.append(bool(work_slice.run_slice(job.pk) is None)))
    assert ended, "of one process the queue entry of the resumed job would wait until it gives way"
    toy.behave.clear()
    assert toy.work(job).status == "succeeded"
