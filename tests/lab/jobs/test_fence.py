"""A node takes orders only from the newest owner of a step, even when an older one wakes up again."""

from __future__ import annotations

import time

import pytest

from jobs.context import StepFailed, StepStopped
from jobs.remote import run_component
from jobs.remote.component import Component
from tests.fixtures.steps import Desk, ForeignProcess, Machine, until

EFFECT = "mkdir -p /opt/effects; echo {0} >>/opt/effects/{0}"


def test_an_older_owner_starts_nothing_on_the_node(machine: Machine, desk: Desk) -> None:
    run_component(desk.step(fence=2), machine.endpoint, "disk", EFFECT.format("disk"))
    with pytest.raises(StepStopped) as stopped:
        Component(desk.step(fence=1), machine.endpoint, "network").run(EFFECT.format("network"))
    assert stopped.value.reason == "lost"
    assert machine.words("opt/effects/network") == []
    assert list((machine.root / "opt/install/network").iterdir()) == [], "not even its script is left there"
    run_component(desk.step(fence=2), machine.endpoint, "network", EFFECT.format("network"))
    assert machine.words("opt/effects/network") == ["network"]


def test_an_older_owner_is_stopped_also_where_its_work_is_done_already(machine: Machine, desk: Desk) -> None:
    run_component(desk.step(fence=3), machine.endpoint, "disk", EFFECT.format("disk"))
    with pytest.raises(StepStopped, match="lost"):
        Component(desk.step(fence=2), machine.endpoint, "disk").run(EFFECT.format("disk"))
    assert machine.words("opt/effects/disk") == ["disk"]


@pytest.mark.remedy("J18")
def test_a_fence_that_was_copied_from_another_machine_is_removed(machine: Machine, desk: Desk) -> None:
    fence = machine.root / "opt/install/.j-desk0001-install.fence"
    fence.parent.mkdir(parents=True, exist_ok=True)
    fence.write_text("9\n")
    with pytest.raises(StepFailed, match="check the fence files in /opt/install there") as caught:
        run_component(desk.step(), machine.endpoint, "disk", EFFECT.format("disk"))
    assert caught.value.message.code == "J18" and machine.words("opt/effects/disk") == []
    fence.unlink()
    run_component(desk.step(), machine.endpoint, "disk", EFFECT.format("disk"))
    assert machine.words("opt/effects/disk") == ["disk"]


LONG = "mkdir -p /opt/effects; echo begin >>/opt/effects/long; "
LONG += "while [ ! -e /opt/go-on ]; do echo on; sleep 0.1; done; echo end >>/opt/effects/long"


def test_what_the_new_owner_runs_is_left_alone_by_the_old_one(
    machine: Machine, desk: Desk, beside: ForeignProcess
) -> None:
    thread = beside(lambda: run_component(desk.step(fence=2), machine.endpoint, "long", LONG))
    until(lambda: machine.words("opt/effects/long"), "nothing begins")
    old = desk.step(fence=1)
    old.stop("cancelled", kill=True)
    with pytest.raises(StepStopped, match="lost"):
        Component(old, machine.endpoint, "long").end_orphan()
    (machine.root / "opt/go-on").touch()
    thread.join(30)
    assert machine.words("opt/effects/long") == ["begin", "end"]


def test_who_slept_past_lease_and_deadline_ends_nothing_of_the_new_owner(
    machine: Machine, desk: Desk, beside: ForeignProcess
) -> None:
    old, reasons = desk.step(fence=1), []

    def sleeper() -> None:
        with pytest.raises(StepStopped) as stopped:
            run_component(old, machine.endpoint, "long", LONG)
        reasons.append(stopped.value.reason)

    first = beside(sleeper)
    until(lambda: machine.words("opt/effects/long"), "nothing begins")
    # As it finds things when it wakes: its time is over, and its lease, too.
    old.lease_until = old.deadline = time.monotonic() - 1
    second = beside(lambda: run_component(desk.step(fence=2), machine.endpoint, "long", LONG))
    until(
        lambda: any("already running on the node" in text for text in desk.texts("sys")), "nobody takes over"
    )
    seen = len(desk.texts("out"))
    until(lambda: len(desk.texts("out")) > seen + 30, "it does not go on")
    old.stop("lost")
    first.join(30)
    (machine.root / "opt/go-on").touch()
    second.join(30)
    assert reasons == ["lost"]
    assert machine.words("opt/effects/long") == ["begin", "end"]


def test_each_job_and_each_phase_counts_by_itself(machine: Machine, desk: Desk) -> None:
    run_component(desk.step(fence=5), machine.endpoint, "disk", EFFECT.format("disk"))
    other = desk.step(fence=1, phase="verify")
    run_component(other, machine.endpoint, "verify", EFFECT.format("verify"))
    later = desk.step(fence=1, job_id="j-desk0002")
    run_component(later, machine.endpoint, "disk", EFFECT.format("disk"))
    assert machine.words("opt/effects/verify") == ["verify"]
    assert machine.words("opt/effects/disk") == ["disk", "disk"]
