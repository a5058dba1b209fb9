"""A job cancelled while a step waits for a plain SSH command, which nothing detached follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from common import ssh
from common.actor import Actor
from jobs.models import Job
from jobs.services.cancel import cancel_job
from tests.db.jobs.test_engine import states
from tests.fixtures.steps import ForeignProcess, Machine, until
from tests.fixtures.toy import Toy

pytestmark = pytest.mark.django_db(transaction=True)
COMMAND = "echo begin >>/opt/plain; while [ ! -e /opt/go-on ]; do sleep 0.1; done; echo end >>/opt/plain"


def waits_for(machine: Machine) -> Callable[[Any], None]:
    """Return a phase that runs the command there."""

    def behave(context: Any) -> None:
        with ssh.connect(machine.endpoint) as connection:
            assert connection.run(["sh", "-c", COMMAND], timeout_s=120).exit_code == 0

    return behave


def cancel_once_it_runs(machine: Machine, job: Job, *, now: bool) -> None:
    """Cancel on a thread of its own, as another process would."""
    until(lambda: machine.words("opt/plain"), "nothing begins")
    cancel_job(job_id=job.job_id, actor=Actor("bob", "admin"), now=now)
    connections.close_all()
    if not now:
        (machine.root / "opt/go-on").touch()


def test_cancel_now_does_not_wait_for_the_command(toy: Toy, machine: Machine, beside: ForeignProcess) -> None:
    toy.behave[("one", "a")] = waits_for(machine)
    job = toy.submit("a", scope="region:r")
    beside(lambda: cancel_once_it_runs(machine, job, now=True))
    begun = time.monotonic()
    job = toy.work(job)
    assert time.monotonic() - begun < 30
    assert job.status == "cancelled" and toy.ended == ["cancelled"]
    assert states(job)[("one", "a")] == states(job)[("two", "a")] == "cancelled"
    assert machine.words("opt/plain") == ["begin"]
    toy.submit("a", scope="region:r")  # the region is free again


def test_cancel_without_now_lets_the_command_end(toy: Toy, machine: Machine, beside: ForeignProcess) -> None:
    toy.behave[("one", "a")] = waits_for(machine)
    job = toy.submit("a")
    beside(lambda: cancel_once_it_runs(machine, job, now=False))
    job = toy.work(job)
    assert job.status == "cancelled"
    assert states(job)[("one", "a")] == "succeeded" and states(job)[("two", "a")] == "cancelled"
    assert machine.words("opt/plain") == ["begin", "end"]
