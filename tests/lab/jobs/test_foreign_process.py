"""Another job's process on a node: it has ended before anything starts there, or may keep running."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from common.actor import Actor
from common.ssh import connect
from jobs.context import StepFailed, StepStopped
from jobs.remote import run_component
from jobs.remote.terminate import end_component
from jobs.services.cancel import cancel_job
from lab import Lab
from tests.fixtures.steps import Desk, ForeignProcess, Machine, until
from tests.fixtures.toy import Toy

LONG = "mkdir -p /opt/effects; echo begin >>/opt/effects/long; "
LONG += "while [ ! -e /opt/go-on ]; do sleep 0.1; done; echo end >>/opt/effects/long"
NEXT = "mkdir -p /opt/effects; echo next >>/opt/effects/next"


def leave_running(machine: Machine, desk: Desk, component: str, job_id: str = "j-desk0001") -> None:
    """Leave a component running whose worker went away."""
    context = desk.step(job_id=job_id)

    def work() -> None:
        with pytest.raises(StepStopped, match="lost"):
            run_component(context, machine.endpoint, component, LONG)

    worker = threading.Thread(target=work)
    worker.start()
    until(lambda: machine.words("opt/effects/long"), "nothing begins")
    context.stop("lost")
    worker.join(30)


@pytest.mark.parametrize("component", ["disk", "network"])
def test_what_a_job_that_is_over_left_there_ends_before_anything_starts(
    machine: Machine, desk: Desk, component: str
) -> None:
    leave_running(machine, desk, "disk")
    desk.over["j-desk0001"] = True
    run_component(desk.step(job_id="j-desk0002"), machine.endpoint, component, NEXT)
    assert machine.words("opt/effects/next") == ["next"]
    assert machine.words("opt/install/disk/j-desk0001-1.rc") == ["137"]
    (machine.root / "opt/go-on").touch()
    assert any(
        "disk of job j-desk0001 is still running here without a worker" in text for text in desk.texts("sys")
    )
    assert machine.words("opt/effects/long") == ["begin"]


def test_what_a_job_that_goes_on_runs_there_is_left_alone(machine: Machine, desk: Desk) -> None:
    leave_running(machine, desk, "exec")
    desk.over["j-desk0001"] = False
    run_component(desk.step(job_id="j-desk0002"), machine.endpoint, "exec", NEXT)
    assert machine.words("opt/effects/next") == ["next"]
    (machine.root / "opt/go-on").touch()
    until(lambda: machine.words("opt/effects/long") == ["begin", "end"], "was stopped")


@pytest.mark.remedy("J13")
def test_nothing_starts_beside_what_nobody_here_knows(machine: Machine, desk: Desk) -> None:
    leave_running(machine, desk, "disk")
    with pytest.raises(StepFailed, match="unknown to this console"):
        run_component(desk.step(job_id="j-desk0002"), machine.endpoint, "network", NEXT)
    assert machine.words("opt/effects/next") == []
    (machine.root / "opt/go-on").touch()
    until(lambda: machine.words("opt/effects/long") == ["begin", "end"], "was stopped")
    run_component(desk.step(job_id="j-desk0002"), machine.endpoint, "network", NEXT)


def test_of_its_own_job_another_component_ends_when_a_phase_is_repeated(machine: Machine, desk: Desk) -> None:
    leave_running(machine, desk, "disk")
    run_component(desk.step(fence=2), machine.endpoint, "os", NEXT)
    assert machine.words("opt/install/disk/j-desk0001-1.rc") == ["137"]
    (machine.root / "opt/go-on").touch()
    assert machine.words("opt/effects/long") == ["begin"]


def test_an_older_owner_ends_nothing_of_the_new_one(
    machine: Machine, desk: Desk, beside: ForeignProcess
) -> None:
    new = desk.step(fence=2)
    thread = beside(lambda: run_component(new, machine.endpoint, "long", LONG))
    until(lambda: machine.words("opt/effects/long"), "nothing begins")
    with connect(machine.endpoint) as connection:
        assert not end_component(connection, "long", new.job_id, 1, new.phase, 1)
    (machine.root / "opt/go-on").touch()
    thread.join(30)
    assert machine.words("opt/effects/long") == ["begin", "end"]


def test_an_earlier_attempt_that_is_followed_in_place_of_a_later_one_ends_with_it(
    machine: Machine, desk: Desk
) -> None:
    leave_running(machine, desk, "long")
    with connect(machine.endpoint) as connection:
        assert end_component(connection, "long", "j-desk0001", 2, "install", 2)
    (machine.root / "opt/go-on").touch()
    assert machine.words("opt/install/long/j-desk0001-1.rc") == ["137"]
    assert machine.words("opt/effects/long") == ["begin"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("over", [True, False])
def test_which_jobs_are_over_is_asked_of_the_database(
    toy: Toy, machine: Machine, desk: Desk, over: bool
) -> None:
    old = toy.submit("a")
    if over:
        cancel_job(job_id=old.job_id, actor=Actor("bob", "admin"))
    leave_running(machine, desk, "disk", old.job_id)
    toy.behave[("one", "a")] = lambda context: run_component(context, machine.endpoint, "disk", NEXT)
    assert toy.work(toy.submit("a")).status == "succeeded"
    assert machine.words("opt/effects/next") == ["next"]
    assert machine.words(f"opt/install/disk/{old.job_id}-1.rc") == (["137"] if over else [])
    (machine.root / "opt/go-on").touch()


def test_a_node_that_was_not_reached_since_the_worker_before_is_named(
    machine: Machine, desk: Desk, served: Lab
) -> None:
    context = desk.step()
    context.ran_s = 5.0
    served.fault(machine.endpoint.address, "refuse")
    try:
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(run_component, context, machine.endpoint, "disk", LONG)
            until(lambda: any("retrying in" in text for text in desk.texts("sys")), "it is reached")
            context.stop("cancelled", kill=True)
            with pytest.raises(StepStopped, match="cancelled"):
                running.result(60)
    finally:
        served.fault(machine.endpoint.address, "clear")
    said = (
        "has not been reached since the previous worker: disk was not stopped (it may still be running there)"
    )
    until(lambda: any(said in text for text in desk.texts("sys")), "nothing is said")
