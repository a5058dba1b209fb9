"""Slices, phases, failures and endings, with threads and a real database but no SSH."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from common.actor import Actor
from common.errors import Busy, Failed, Refused
from common.messages import Message
from common.secrets import Secret
from jobs import liveness, queries, registry
from jobs.context import StepFailed
from jobs.engine import claims, take_over, watchdog, work_slice
from jobs.models import Event, Job, JobSecret, Step
from jobs.services.cancel import cancel_job
from jobs.services.resume import resume_job
from jobs.services.submit import Pace, submit
from jobs.states import StepStatus, move_steps
from tests.fixtures.toy import Toy
from tests.support.findings import finding

pytestmark = pytest.mark.django_db(transaction=True)


def states(job: Job) -> dict[tuple[str, str], str]:
    return {(step.phase, step.target): step.status for step in job.steps.all()}


def fails(text: str) -> Any:
    def behave(context: Any) -> None:
        raise StepFailed(Message.literal(text))

    return behave


def test_phases_run_in_order_and_the_job_succeeds(toy: Toy) -> None:
    job = toy.work(toy.submit("a", "b", "c"))
    assert job.status == "succeeded"
    assert toy.ran[0] == ("prepare", "")
    assert {name for name, _ in toy.ran[1:4]} == {"one"}
    assert {name for name, _ in toy.ran[4:7]} == {"two"}
    assert toy.ran[7:] == [("report", "")]
    assert toy.ended == ["succeeded"]


def test_events_are_gapless_and_status_tells_the_truth(toy: Toy) -> None:
    job = toy.work(toy.submit("a", "b"))
    seqs = [event["seq"] for event in queries.events(job)]
    assert seqs == list(range(1, len(seqs) + 1)) and len(seqs) == job.last_seq
    status = queries.job_status(job)
    assert status["progress"] == {"done": 6, "total": 6}
    assert [node["status"] for node in status["nodes"]] == ["succeeded", "succeeded"]


def test_a_failed_node_goes_no_further_and_the_others_do(toy: Toy) -> None:
    toy.behave[("one", "b")] = fails("disk full on b: free some space")
    job = toy.work(toy.submit("a", "b", "c"))
    assert job.status == "failed"
    found = states(job)
    assert found[("one", "b")] == "failed" and found[("two", "b")] == "skipped"
    assert found[("two", "a")] == found[("two", "c")] == "succeeded"
    assert found[("report", "")] == "skipped"  # it needs every node
    assert "1 of 3 nodes failed (10.0.0.2)" in job.error and f"resume_job {job.job_id}" in job.error
    assert toy.failed == [("one", "b")]


def test_an_action_that_resuming_does_not_help_says_what_does(
    toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = replace(registry.find("toy"), again=lambda job_id: Message.literal(f"play {job_id} again"))
    monkeypatch.setattr(registry, "find", lambda name: again)
    toy.behave[("one", "b")] = fails("no")
    job = toy.work(toy.submit("a", "b"))
    assert job.error.endswith(f"correct the cause, then play {job.job_id} again")


def test_resume_does_only_what_is_left(toy: Toy, actor: Actor) -> None:
    toy.behave[("one", "b")] = fails("no")
    job = toy.work(toy.submit("a", "b"))
    toy.behave.clear()
    toy.ran.clear()
    resume_job(job_id=job.job_id, actor=actor)
    job = toy.work(job)
    assert job.status == "succeeded"
    assert toy.ran == [("one", "b"), ("two", "b"), ("report", "")]
    assert job.steps.get(phase="one", target="b").attempts == 2


@pytest.mark.remedy("J12")
def test_a_step_that_ran_out_of_time_is_resumed(toy: Toy, actor: Actor) -> None:
    def late(context: Any) -> None:
        context.deadline = 0.0
        context.checkpoint()

    toy.behave[("one", "b")] = late
    job = toy.work(toy.submit("a", "b"))
    error = job.steps.get(phase="one", target="b").error
    assert error == "the step timed out: check its log, then resume the job" and error.code == "J12"
    toy.behave.clear()
    resume_job(job_id=job.job_id, actor=actor)
    assert toy.work(job).status == "succeeded"


@pytest.mark.remedy("J26")
def test_a_cancelled_job_says_what_goes_on_with_it(toy: Toy, actor: Actor) -> None:
    job = toy.submit("a")
    cancel_job(job_id=job.job_id, actor=actor)
    job = toy.work(job)
    assert job.error == f"4 steps were not run: resume_job {job.job_id} continues with them"
    assert set(job.steps.values_list("error", flat=True)) == {"cancelled before start"}
    resume_job(job_id=job.job_id, actor=actor)
    assert toy.work(job).status == "succeeded"


def test_resume_from_a_phase_repeats_it(toy: Toy, actor: Actor) -> None:
    toy.behave[("report", "")] = fails("no")
    job = toy.work(toy.submit("a"))
    toy.behave.clear()
    toy.ran.clear()
    resume_job(job_id=job.job_id, actor=actor, from_phase="two")
    assert toy.work(job).status == "succeeded"
    assert toy.ran == [("two", "a"), ("report", "")]


def test_a_succeeded_job_is_not_resumed(toy: Toy, actor: Actor) -> None:
    job = toy.work(toy.submit("a"))
    with pytest.raises(Refused, match="only failed, cancelled or paused jobs"):
        resume_job(job_id=job.job_id, actor=actor)


def test_a_second_delivery_is_a_no_op(toy: Toy) -> None:
    job = toy.work(toy.submit("a"))
    ran, seq = list(toy.ran), job.last_seq
    work_slice.run_slice(job.pk)
    work_slice.run_slice(10**9)
    job.refresh_from_db()
    assert toy.ran == ran and job.last_seq == seq


def test_two_slices_at_once_do_each_step_once(toy: Toy) -> None:
    job = toy.submit(*(f"n{number}" for number in range(20)))
    threads = [threading.Thread(target=_slice, args=(job.pk,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    job.refresh_from_db()
    assert job.status == "succeeded"
    assert len(toy.ran) == len(set(toy.ran)) == 42
    assert toy.ended == ["succeeded"]


def _slice(pk: int) -> None:
    from django.db import connections

    try:
        work_slice.run_slice(pk)
    finally:
        connections.close_all()


def test_one_exclusive_job_per_scope(toy: Toy) -> None:
    first = toy.submit("a", scope="region:r")
    with pytest.raises(Busy) as caught:
        toy.submit("b", scope="region:r")
    assert first.job_id in str(caught.value) and "ann" in str(caught.value)
    toy.submit("b", scope="region:other")
    toy.work(first)
    toy.submit("b", scope="region:r")


def test_cancel_before_a_worker_came(toy: Toy, actor: Actor) -> None:
    job = toy.submit("a", scope="region:r")
    assert cancel_job(job_id=job.job_id, actor=actor).status == "cancelled"
    assert set(states(job).values()) == {"cancelled"}
    toy.submit("b", scope="region:r")  # the lock is free again
    with pytest.raises(Refused, match="has already ended"):
        cancel_job(job_id=job.job_id, actor=actor)


def test_cancel_while_running_stops_before_the_next_component(toy: Toy, actor: Actor) -> None:
    job = toy.submit("a", "b")

    def cancel(context: Any) -> None:
        slept = threading.Event()
        threading.Thread(target=_cancel, args=(job.job_id, slept), daemon=True).start()
        assert slept.wait(20)
        while not context._stop.is_set():
            context.wait(0.05)
        context.begin_component("next")

    toy.behave[("one", "a")] = cancel
    job = toy.work(job)
    assert job.status == "cancelled"
    found = states(job)
    assert found[("one", "a")] == "cancelled" and found[("two", "a")] == "cancelled"
    resume_job(job_id=job.job_id, actor=actor)
    toy.behave.clear()
    assert toy.work(job).status == "succeeded"


def _cancel(job_id: str, done: threading.Event) -> None:
    from django.db import connections

    cancel_job(job_id=job_id, actor=Actor("bob", "admin"))
    connections.close_all()
    done.set()


def test_an_expired_lease_is_taken_over_with_the_same_attempt(toy: Toy) -> None:
    job = toy.submit("a")
    job.steps.filter(phase="prepare").update(status="succeeded")
    position = claims.current_position(job)
    assert position is not None
    [step] = claims.claim_steps(job, position, "dead worker", 5, {})
    Job.objects.filter(pk=job.pk).update(status="running")
    assert take_over.release_expired(claims.database_now()) == set()
    Step.objects.filter(pk=step.pk).update(heartbeat_at=claims.database_now() - timedelta(minutes=5))
    assert take_over.release_expired(claims.database_now()) == {job.pk}
    assert toy.work(job).status == "succeeded"
    again = job.steps.get(pk=step.pk)
    assert again.attempts == 1 and again.fence == 2


def test_a_stale_worker_cannot_write_any_more(toy: Toy) -> None:
    job = toy.submit("a")
    [step] = claims.claim_steps(job, 0, "old", 5, {})
    claims.release("old", [step.pk])
    claims.claim_steps(job, 0, "new", 5, {})
    assert claims.heartbeat("old", [step.pk]) == set()
    assert claims.release("old", [step.pk]) == 0
    assert move_steps(Step.objects.filter(pk=step.pk, claim="old"), "succeed") == 0
    assert Step.objects.get(pk=step.pk).status == StepStatus.RUNNING


def test_the_watchdog_queues_a_neglected_job_again(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    from django_q.models import OrmQ

    job = toy.submit("a")
    OrmQ.objects.all().delete()  # the broker lost it
    Job.objects.filter(pk=job.pk).update(nudged_at=claims.database_now() - timedelta(minutes=1))
    watchdog.one_round("test-worker")
    assert OrmQ.objects.count() == 1
    watchdog.one_round("test-worker")
    assert OrmQ.objects.count() == 1  # not again and again
    assert liveness.alive() == 1


def test_a_watchdog_without_anything_to_do_makes_two_queries(
    toy: Toy, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    toy.work(toy.submit("a"))
    watchdog.one_round("test-worker")
    with django_assert_num_queries(2):
        watchdog.one_round("test-worker")


def test_a_refusing_start_fails_the_job_before_any_step(toy: Toy) -> None:
    def refuse(job: Job) -> None:
        raise Refused([finding("P30", "the plan was changed")])

    toy.started = refuse
    job = toy.work(toy.submit("a", scope="region:r"))
    assert job.status == "failed" and "the plan was changed" in job.error
    assert toy.ran == []


def test_a_surprise_in_a_handler_fails_its_step_only(toy: Toy) -> None:
    def surprise(context: Any) -> None:
        raise ZeroDivisionError("by zero")

    toy.behave[("one", "a")] = surprise
    job = toy.work(toy.submit("a", "b"))
    assert job.status == "failed"
    assert "ZeroDivisionError" in job.steps.get(phase="one", target="a").error
    assert states(job)[("two", "b")] == "succeeded"


def test_a_result_that_is_refused_fails_the_step(toy: Toy) -> None:
    def refuse(job: Job, step: Step, result: Any) -> None:
        if step.target == "a":
            raise Failed(Message.literal("the node has been deleted in the meantime"))

    toy.finish = refuse
    job = toy.work(toy.submit("a", "b"))
    step = job.steps.get(phase="one", target="a")
    assert step.status == "failed" and step.error == "the node has been deleted in the meantime"


def test_canary_first_and_its_failure_stops_the_rest(toy: Toy) -> None:
    toy.behave[("two", "a")] = fails("no")
    job = toy.work(toy.submit("a", "b", "c", pace=Pace(canary=1)))
    assert [item for item in toy.ran if item[1]] == [("one", "a"), ("two", "a")]
    found = states(job)
    assert found[("one", "b")] == "skipped" and job.status == "failed"
    assert "max-failures is 0" in job.steps.get(phase="one", target="b").error


def test_batches_come_one_after_another(toy: Toy) -> None:
    toy.work(toy.submit("a", "b", "c", pace=Pace(batch=2)))
    nodes = [item for item in toy.ran if item[1]]
    assert set(nodes[:4]) == {("one", "a"), ("one", "b"), ("two", "a"), ("two", "b")}
    assert nodes[4:] == [("one", "c"), ("two", "c")]


def test_secrets_are_sealed_masked_and_gone_at_the_end(toy: Toy) -> None:
    canary = "canary-s3cret"
    seen: list[str] = []

    def use(context: Any) -> None:
        seen.append(context.secrets["password"].reveal())
        context.log(f"logging in with {context.secrets['password'].reveal()}")
        raise StepFailed(Message.literal("refused"))

    toy.behave[("one", "a")] = use
    job = submit(
        action="toy",
        targets=[*toy_targets("a")],
        actor=Actor("ann", "command"),
        secrets={"password": Secret(canary)},
    )
    assert canary not in JobSecret.objects.get(job=job).sealed
    toy.work(job)
    assert seen == [canary]
    assert not JobSecret.objects.exists()
    assert not Event.objects.filter(line__contains=canary).exists()
    assert Event.objects.filter(line="logging in with ***").exists()


def toy_targets(*names: str) -> list[Any]:
    from jobs.services.submit import Target

    return [Target(id=name, address="10.0.0.1") for name in names]


def test_an_unknown_action_fails_plainly(toy: Toy) -> None:
    job = toy.submit("a")
    Job.objects.filter(pk=job.pk).update(action="from-the-future")
    job = toy.work(job)
    assert job.status == "failed" and "is unknown to this console" in job.error
