"""Faults of the console's own code end a step or a job: no endless retries, nothing left half done."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django_q.models import OrmQ

from common.actor import Actor
from common.errors import Refused
from common.messages import Message, message
from common.secrets import Secret
from jobs import lookups, registry
from jobs.context import StepFailed
from jobs.engine import claims, completion, queueing, watchdog, work_slice
from jobs.models import Event, Job, JobSecret, Step, Worker
from jobs.services.cancel import cancel_job
from jobs.services.pause import pause_job
from jobs.services.resume import resume_job
from jobs.services.submit import Pace, submit
from tests.db.jobs.test_engine import fails, states, toy_targets
from tests.fixtures.toy import Toy, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


def bang(*_: object) -> None:
    raise ZeroDivisionError("by zero")


def reshape(toy: Toy, **fields: Any) -> None:
    """Give the toy action other hooks."""
    registry.register(dataclasses.replace(registry.find("toy"), **fields))


def test_a_surprise_in_started_fails_the_job(toy: Toy) -> None:
    toy.started = bang
    job = toy.work(toy.submit("a", scope="region:r"))
    assert job.status == "failed" and "ZeroDivisionError" in job.error and toy.ran == []


def test_a_surprise_in_ended_does_not_keep_the_region(toy: Toy) -> None:
    reshape(toy, ended=bang)
    job = toy.work(toy.submit("a", scope="region:r"))
    assert job.status == "succeeded"
    assert Event.objects.filter(job=job, level="error", line__contains="ZeroDivisionError").exists()
    toy.submit("b", scope="region:r")


def test_a_key_error_in_ended_is_not_taken_for_an_unknown_action(toy: Toy) -> None:
    reshape(toy, ended=lambda job: {}["nothing"])
    job = toy.work(toy.submit("a"))
    assert Event.objects.filter(job=job, line__contains="the clean-up of toy failed: KeyError").exists()


def test_a_surprise_in_failed_ends_the_step_all_the_same(toy: Toy) -> None:
    phases = tuple(dataclasses.replace(phase, failed=bang) for phase in registry.find("toy").phases)
    reshape(toy, phases=phases)
    toy.behave[("one", "a")] = fails("no")
    job = toy.work(toy.submit("a", "b"))
    assert job.status == "failed" and states(job)[("one", "a")] == "failed"
    assert states(job)[("two", "b")] == "succeeded"


@pytest.mark.remedy("J23")
def test_a_phase_of_another_version_fails_plainly(toy: Toy, actor: Actor) -> None:
    job = toy.submit("a")
    Step.objects.filter(job=job, phase="two").update(phase="renamed")
    job = toy.work(job)
    assert job.status == "failed"
    assert "the phase renamed is unknown" in job.steps.get(phase="renamed").error
    assert job.steps.get(phase="renamed").error.remedy == "upgrade the worker, then resume the job"
    # The worker of the new version knows the phase.
    Step.objects.filter(job=job, phase="renamed").update(phase="two")
    resume_job(job_id=job.job_id, actor=actor)
    assert toy.work(job).status == "succeeded"


@pytest.mark.remedy("J28")
def test_a_secret_that_cannot_be_read_any_more_fails_the_job(toy: Toy, settings: Any) -> None:
    job = submit(
        action="toy",
        targets=toy_targets("a"),
        actor=Actor("ann", "command"),
        secrets={"password": Secret("pw-1")},
    )
    settings.SECRET_KEY = "another key that is long enough"
    job = toy.work(job)
    assert job.status == "failed" and "SECRET_KEY has changed" in job.error
    assert job.error.remedy == "start the job again" and not JobSecret.objects.exists()
    again = submit(
        action="toy",
        targets=toy_targets("a"),
        actor=Actor("ann", "command"),
        secrets={"password": Secret("pw-1")},
    )
    assert toy.work(again).status == "succeeded"


def test_errors_are_stored_without_secrets_and_control_characters(toy: Toy) -> None:
    def leak(context: Any) -> None:
        text = f"\x00login with {context.secrets['password'].reveal()} failed\x1b[31m" + "x" * 9000
        raise StepFailed(Message.literal(text))

    toy.behave[("one", "a")] = leak
    job = submit(
        action="toy",
        targets=toy_targets("a"),
        actor=Actor("ann", "command"),
        secrets={"password": Secret("canary-s3cret")},
    )
    toy.work(job)
    error = job.steps.get(phase="one").error
    assert "login with *** failed" in error and "\x00" not in error and len(error) <= 4000
    assert not Event.objects.filter(line__contains="canary").exists()


def test_a_job_that_was_resumed_meanwhile_is_not_ended_by_a_late_look(toy: Toy, actor: Actor) -> None:
    toy.behave[("one", "a")] = fails("no")
    job = toy.work(toy.submit("a"))
    late = Job.objects.get(pk=job.pk)
    resume_job(job_id=job.job_id, actor=actor)
    with transaction.atomic():
        assert not completion.end_job_if_done(late)
    job.refresh_from_db()
    assert job.status == "queued"


def test_from_phase_in_waves_repeats_that_phase_and_not_earlier_ones(toy: Toy, actor: Actor) -> None:
    toy.behave[("report", "")] = fails("no")
    job = toy.work(toy.submit("a", "b", pace=Pace(batch=1)))
    toy.behave.clear()
    toy.ran.clear()
    resume_job(job_id=job.job_id, actor=actor, from_phase="two")
    assert toy.work(job).status == "succeeded"
    assert toy.ran == [("two", "a"), ("two", "b"), ("report", "")]
    assert set(job.steps.filter(phase="two").values_list("fresh_from", flat=True)) == {2}
    assert set(job.steps.filter(phase="one").values_list("fresh_from", flat=True)) == {1}


def test_from_phase_does_not_pass_over_what_failed_before_it(toy: Toy, actor: Actor) -> None:
    toy.behave[("one", "a")] = fails("no")
    job = toy.work(toy.submit("a"))
    toy.behave.clear()
    toy.ran.clear()
    resume_job(job_id=job.job_id, actor=actor, from_phase="two")
    assert toy.work(job).status == "succeeded"
    assert toy.ran == [("one", "a"), ("two", "a"), ("report", "")]


def test_resuming_chosen_nodes_does_not_count_old_failures(toy: Toy, actor: Actor) -> None:
    toy.behave[("one", "a")] = fails("no")
    job = toy.work(toy.submit("a", "b", pace=Pace(canary=1)))
    assert states(job)[("one", "b")] == "skipped"
    resume_job(job_id=job.job_id, actor=actor, addresses=["10.0.0.2"])
    job = toy.work(job)
    assert states(job)[("two", "b")] == "succeeded" and states(job)[("one", "a")] == "failed"


def test_a_paused_job_begins_nothing_until_it_is_resumed(toy: Toy, actor: Actor) -> None:
    job = toy.submit("a", scope="region:r")
    toy.behave[("one", "a")] = lambda _: in_thread(lambda: pause_job(job_id=job.job_id, actor=actor))
    job = toy.work(job)
    assert job.status == "running" and job.paused_by == "ann"
    assert toy.ran == [("prepare", ""), ("one", "a")]
    assert toy.work(job).status == "running"
    watchdog.one_round("w")
    assert states(job)[("two", "a")] == "pending"
    assert resume_job(job_id=job.job_id, actor=actor).paused_by == ""
    assert toy.work(job).status == "succeeded"
    with pytest.raises(Refused, match="only queued or running jobs can be paused"):
        pause_job(job_id=job.job_id, actor=actor)


def test_cancel_without_any_worker_ends_the_job_and_names_what_may_run(toy: Toy, actor: Actor) -> None:
    job = toy.submit("a", scope="region:r")
    job.steps.filter(phase="prepare").update(status="succeeded")
    Job.objects.filter(pk=job.pk).update(status="running")
    [step] = claims.claim_steps(job, claims.current_position(job) or 0, "dead", 5, {})
    remote = {"component": "disk", "attempt": 1, "endpoint": {"address": "10.0.0.1"}}
    Step.objects.filter(pk=step.pk).update(remote=remote, heartbeat_at=None)
    assert not Worker.objects.exists()
    assert cancel_job(job_id=job.job_id, actor=actor, now=True).status == "cancelled"
    assert Event.objects.filter(job=job, line__contains="may still be running there").exists()
    assert lookups.orphans().count() == 1


def test_what_was_given_up_long_ago_is_looked_at_again_but_rarely(toy: Toy, monkeypatch: Any) -> None:
    job = toy.submit("a")
    now = claims.database_now()
    remote = {"component": "disk", "attempt": 1, "endpoint": {"address": "10.0.0.1"}}
    job.steps.filter(phase="one").update(status="failed", remote=remote, finished_at=now - timedelta(days=30))
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(watchdog, "async_task", lambda *args, **_: asked.append(args))
    monkeypatch.setattr(watchdog, "_done_at", {})
    for later_s in (0, 30, 300, 650):
        watchdog._visit_orphans(now + timedelta(seconds=later_s))
    assert [args[:2] for args in asked] == [("jobs.tasks.end_orphans", True)] * 2


@pytest.mark.remedy("J24")
def test_a_job_left_alone_for_too_long_fails_instead_of_going_on(
    toy: Toy, actor: Actor, settings: Any
) -> None:
    job = toy.submit("a", scope="region:r")
    settings.INSTALLER_TAKEOVER_S = 5
    OrmQ.objects.all().delete()
    Job.objects.filter(pk=job.pk).update(nudged_at=claims.database_now() - timedelta(minutes=5))
    watchdog.one_round("w")
    job.refresh_from_db()
    assert job.status == "failed" and "no worker was alive" in job.error
    assert job.error.remedy == f"resume_job {job.job_id}"
    resume_job(job_id=job.job_id, actor=actor)
    assert toy.work(job).status == "succeeded"


@pytest.mark.parametrize("first", ["watchdog", "delivery"])
def test_so_does_one_whose_worker_died_in_a_step_and_whose_entry_still_waits(
    toy: Toy, settings: Any, first: str
) -> None:
    job = toy.submit("a", scope="region:r")
    job.steps.filter(phase="prepare").update(status="succeeded")
    Job.objects.filter(pk=job.pk).update(status="running")
    [step] = claims.claim_steps(job, claims.current_position(job) or 0, "dead", 5, {})
    settings.INSTALLER_TAKEOVER_S = 60
    friday = claims.database_now() - timedelta(minutes=5)
    Step.objects.filter(pk=step.pk).update(heartbeat_at=friday)
    Job.objects.filter(pk=job.pk).update(nudged_at=friday)
    if first == "watchdog":
        watchdog.one_round("w")
    else:
        work_slice.run_slice(job.pk)
    job.refresh_from_db()
    assert job.status == "failed" and "no worker was alive" in job.error
    assert not toy.ran


def test_concurrency_holds_over_all_slices(toy: Toy) -> None:
    job = toy.submit("a", "b", "c", "d", concurrency=2)
    job.steps.filter(phase="prepare").update(status="succeeded")
    position = claims.current_position(job) or 0
    first = claims.claim_steps(job, position, "one", 10, {}, 2)
    assert len(first) == 2
    assert claims.claim_steps(job, position, "two", 10, {}, 2) == []


def test_a_worker_that_cannot_do_a_job_leaves_it_to_those_that_can(toy: Toy, actor: Actor) -> None:
    job = toy.submit("a", scope="region:r")
    Job.objects.filter(pk=job.pk).update(action="of_tomorrow")
    Worker.objects.create(name="newer", host="h", pid=1, heartbeat_at=claims.database_now())
    for _ in range(2):
        work_slice.run_slice(job.pk)
    job.refresh_from_db()
    assert job.status == "queued"
    assert Event.objects.filter(job=job, line__contains="left to other workers").count() == 1
    Worker.objects.all().delete()
    work_slice.run_slice(job.pk)
    job.refresh_from_db()
    assert job.status == "failed" and "upgrade the worker" in job.error


def test_a_job_that_no_worker_can_do_fails_once_each_has_said_so(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = toy.submit("a", scope="region:r")
    Job.objects.filter(pk=job.pk).update(action="of_tomorrow")
    for name in ("first", "second"):
        Worker.objects.create(name=name, host="h", pid=1, heartbeat_at=claims.database_now())
    for name in ("first", "first", "second"):
        monkeypatch.setattr(queueing, "worker_name", lambda name=name: name)
        assert Job.objects.get(pk=job.pk).status == "queued"
        work_slice.run_slice(job.pk)
    job.refresh_from_db()
    assert job.status == "failed" and "upgrade the worker" in job.error
    toy.submit("a", scope="region:r")


def test_a_job_that_is_given_up_tells_what_was_begun_from_what_was_not(toy: Toy) -> None:
    job = toy.submit("a", scope="region:r")
    job.steps.filter(phase="prepare").update(status="succeeded")
    Job.objects.filter(pk=job.pk).update(status="running")
    [step] = claims.claim_steps(job, claims.current_position(job) or 0, "w", 5, {})
    completion.fail_job(job, message("J24", hours=24, job=job.job_id))
    step.refresh_from_db()
    assert "may still be running on the node" in step.error
    others = job.steps.filter(status="cancelled").exclude(pk=step.pk)
    assert {item.error for item in others} == {"not started: the job was refused"}
