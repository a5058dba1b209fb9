"""Phases with targets of their own, one after another, after all earlier ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from common.actor import Actor
from common.messages import Message
from jobs import registry
from jobs.context import StepFailed
from jobs.models import Job
from jobs.registry import Action, Phase
from jobs.services.resume import resume_job
from jobs.services.submit import Pace, Target, submit
from tests.fixtures.toy import Toy

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor("ann", "command")


@pytest.fixture
def regional(toy: Toy) -> Iterator[Toy]:
    """Run ``one`` on nodes, ``all`` on others at once, ``each`` on others one by one, then ``report``."""
    phases = (
        toy.phase("one"),
        Phase("all", toy.run, own_targets=True, needs_all=True),
        Phase("each", toy.run, own_targets=True, one_by_one=True, needs_all=True),
        toy.phase("report", per_node=False),
    )
    registry.register(Action("regional", phases))
    yield toy
    registry._ACTIONS.pop("regional")


def begin(**more: object) -> Job:
    nodes = [Target(name, name) for name in ("a", "b")]
    others = [Target(name, name) for name in ("p", "q", "r")]
    return submit(action="regional", targets=nodes, actor=ANN, phase_targets={"each": others, **more})


def fail(context: object) -> None:
    raise StepFailed(Message.literal("broken"))


def test_their_order(regional: Toy) -> None:
    job = regional.work(begin(all=[Target("a", "a"), Target("o", "o")]))
    assert job.status == "succeeded"
    assert set(regional.ran[:2]) == {("one", "a"), ("one", "b")}
    assert set(regional.ran[2:4]) == {("all", "a"), ("all", "o")}
    assert regional.ran[4:] == [("each", "p"), ("each", "q"), ("each", "r"), ("report", "")]


def test_a_phase_without_targets_has_no_step(regional: Toy) -> None:
    job = regional.work(begin())
    assert job.status == "succeeded" and not job.steps.filter(phase="all").exists()


@pytest.mark.remedy("J20", "J25")
def test_the_first_failure_stops_and_resuming_goes_on_there(regional: Toy) -> None:
    regional.behave[("each", "q")] = fail
    job = regional.work(begin())
    assert job.status == "failed"
    assert [item for item in regional.ran if item[0] == "each"] == [("each", "p"), ("each", "q")]
    assert job.steps.get(target="r").status == job.steps.get(phase="report").status == "skipped"
    assert job.steps.get(target="r").error.remedy == "resume the job"
    assert job.error.code == "J25" and f"resume_job {job.job_id}" in job.error.remedy
    regional.behave.clear()
    regional.ran.clear()
    job = regional.work(resume_job(job_id=job.job_id, actor=ANN))
    assert job.status == "succeeded"
    assert regional.ran == [("each", "q"), ("each", "r"), ("report", "")]


def test_who_failed_is_counted_among_the_nodes_that_were_given(regional: Toy) -> None:
    regional.behave[("one", "b")] = fail
    job = regional.work(begin(all=[Target("a", "a"), Target("o", "o")]))
    assert job.error.startswith("1 of 2 nodes failed (b): see get_log")


def test_nodes_that_are_only_visited_are_named_apart(regional: Toy) -> None:
    regional.behave[("all", "o")] = fail
    job = regional.work(begin(all=[Target("a", "a"), Target("o", "o"), Target("p", "p")]))
    assert job.error.startswith("all failed on 1 of 2 other nodes (o): see get_log")
    assert f"resume_job {job.job_id}" in job.error


def test_a_given_node_that_fails_where_others_are_visited_is_counted_as_given(regional: Toy) -> None:
    regional.behave[("all", "a")] = regional.behave[("all", "o")] = fail
    job = regional.work(begin(all=[Target("a", "a"), Target("o", "o")]))
    assert job.error.startswith("1 of 2 nodes failed (a); all failed on 1 of 1 other nodes (o)")


def test_nothing_regional_begins_after_a_node_failed(regional: Toy) -> None:
    regional.behave[("one", "b")] = fail
    job = regional.work(begin())
    assert job.status == "failed" and {name for name, _ in regional.ran} == {"one"}


def test_waves_come_before(regional: Toy) -> None:
    nodes = [Target(name, name) for name in ("a", "b", "c")]
    job = submit(
        action="regional",
        targets=nodes,
        actor=ANN,
        pace=Pace(canary=1, batch=1),
        phase_targets={"each": [Target("p", "p")]},
    )
    regional.work(job)
    assert regional.ran == [("one", "a"), ("one", "b"), ("one", "c"), ("each", "p"), ("report", "")]
