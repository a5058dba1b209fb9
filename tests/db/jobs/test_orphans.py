"""Sweeps for what an ended job may have left running on nodes: soon, and without delaying other work."""

from __future__ import annotations

import pytest

from common.messages import message
from common.ssh import Endpoint, SshError
from jobs import lookups
from jobs.engine import claims, orphans
from jobs.models import Job
from tests.factories import host_key
from tests.fixtures.toy import Toy

pytestmark = pytest.mark.django_db(transaction=True)
REMOTE = {
    "component": "disk",
    "attempt": 1,
    "endpoint": {"address": "10.0.0.1", "host_key": host_key(1)},
}


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the addresses that were contacted; none of them can be reached."""
    found: list[str] = []

    def connect(endpoint: Endpoint, *, patient: bool) -> None:
        found.append(endpoint.address)
        raise SshError("unreachable", message("S01", endpoint="172.16.80.9", reason="no route"))

    monkeypatch.setattr(orphans.ssh, "connect", connect)
    return found


def cancelled_with_leftover(toy: Toy) -> Job:
    job = toy.submit("a")
    now = claims.database_now()
    job.steps.filter(phase="one").update(status="cancelled", remote=REMOTE, finished_at=now)
    Job.objects.filter(pk=job.pk).update(status="cancelled")
    return job


def test_looks_that_waited_while_all_workers_were_busy_keep_no_job_waiting(
    toy: Toy, looked: list[str]
) -> None:
    cancelled_with_leftover(toy)
    now = claims.database_now().timestamp()
    for late_s in (600, 300, 60):
        orphans.end_orphans(old=False, asked_at=now - late_s)
    assert looked == []
    orphans.end_orphans(old=False, asked_at=now)
    assert looked == ["10.0.0.1"]


def test_what_cannot_be_reached_is_looked_at_again(toy: Toy, looked: list[str]) -> None:
    job = cancelled_with_leftover(toy)
    for _ in range(2):
        orphans.end_orphans(old=False, asked_at=claims.database_now().timestamp())
    assert looked == ["10.0.0.1"] * 2
    assert lookups.orphans().get().job == job
