"""Proxies of a job that is cancelled, or whose change differs from the one on the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from jobs.context import StepStopped
from jobs.engine import claims, watchdog, work_slice
from jobs.models import Event, Job, Step, Worker
from jobs.services.cancel import cancel_job
from jobs.services.pause import pause_job
from jobs.services.resume import resume_job
from jobs.states import move_job, move_steps
from lab import Lab
from operations.changes import make_change
from operations.haproxy import handler, rollback
from operations.haproxy.service import FILE, apply_haproxy, preview_haproxy
from operations.models import Change
from tests.lab.installer.test_haproxy import (
    ANN,
    OTHERS,
    Proxies,
    approved,
    site,
    web_service,
    work,
)

__all__ = ["site", "work"]
pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[Job], Job]
LONG = timedelta(minutes=5)


def while_it_waits(monkeypatch: Any, act: Callable[[], object]) -> None:
    """Act like another process once the new file is written and being watched, before the check goes on."""
    done = threading.Event()

    def beside() -> None:
        try:
            act()
        finally:
            connections.close_all()
            done.set()

    def down(*_: Any) -> str:
        if not done.is_set():
            thread = threading.Thread(target=beside)
            thread.start()
            thread.join(30)
        return "does not answer"

    monkeypatch.setattr(handler, "_why_down", down)


@pytest.mark.parametrize("now", [True, False])
def test_a_cancelled_job_leaves_no_unproven_file(
    site: Proxies, work: Work, monkeypatch: Any, now: bool
) -> None:
    approved()
    job = apply_haproxy(zone_id="pek3b", actor=ANN)
    while_it_waits(monkeypatch, lambda: cancel_job(job_id=job.job_id, actor=ANN, now=now))
    job = work(job)
    assert job.status == "cancelled"
    assert site.file(0) == site.file(1) == OTHERS
    lines = list(Event.objects.filter(job=job, node=site.machines[0].address).values_list("line", flat=True))
    assert f"the old {FILE} has been restored" in lines
    first = job.steps.order_by("position").first()
    assert first is not None
    if now:
        assert (first.status, first.error) == ("cancelled", "cancelled after haproxy_back")
    else:
        assert first.status == "failed" and "the old haproxy.cfg has been restored" in first.error


@pytest.mark.remedy("H09")
def test_a_proxy_out_of_reach_is_named(site: Proxies, work: Work, monkeypatch: Any, served: Lab) -> None:
    monkeypatch.setattr(rollback, "_PAUSE_S", 0.01)
    change = approved()
    job = apply_haproxy(zone_id="pek3b", actor=ANN)

    def away() -> None:
        served.fault(site.machines[0].address, "refuse")
        cancel_job(job_id=job.job_id, actor=ANN, now=True)

    while_it_waits(monkeypatch, away)
    job = work(job)
    assert job.status == "cancelled" and site.machines[0].address in job.error
    error = job.steps.get(status="failed").error
    assert "the old haproxy.cfg could not be restored" in error and "refuses the connection" in error
    assert f"cp {FILE}.before-{change.change_id} {FILE} && service haproxy restart" in error
    served.fault(site.machines[0].address, "clear")
    monkeypatch.undo()
    with web_service(site.web):
        job = work(resume_job(job_id=job.job_id, actor=ANN))
        assert job.status == "succeeded", job.error
        assert site.answers(0) == site.answers(1) == site.web


def test_a_proxy_whose_worker_died_is_named(site: Proxies) -> None:
    change = approved()
    job = apply_haproxy(zone_id="pek3b", actor=ANN)
    first = job.steps.order_by("position")[0]
    move_job(Job.objects.filter(pk=job.pk), "start")
    move_steps(Step.objects.filter(pk=first.pk), "claim", attempts=1, component="haproxy_1")
    move_steps(Step.objects.filter(pk=first.pk), "release", interrupted=True)
    cancel_job(job_id=job.job_id, actor=ANN, now=True)
    job.refresh_from_db()
    first.refresh_from_db()
    assert (job.status, first.status) == ("cancelled", "cancelled")
    assert "cancelled before it was verified that the new haproxy.cfg serves" in first.error
    assert f"{FILE}.before-{change.change_id}" in first.error
    assert Event.objects.filter(job=job, line=first.error, level="error").exists()
    assert job.steps.order_by("position")[1].error == "cancelled before start"


def left_by_a_dead_worker(site: Proxies, work: Work, monkeypatch: Any) -> Job:
    """Leave the new file on the first proxy, with no process there and no worker left to verify it."""
    approved()
    job = apply_haproxy(zone_id="pek3b", actor=ANN)

    ends = threading.Event()

    def gone(context: Any, *_: Any) -> str:
        ends.set()
        context.stop("detached")
        raise StepStopped("detached")

    with monkeypatch.context() as patch:
        patch.setattr(handler, "_wait_until_serving", gone)
        patch.setattr(work_slice.queueing, "stopping", ends.is_set)
        work_slice.run_slice(job.pk)
    first = job.steps.order_by("position")[0]
    assert (first.status, first.interrupted, first.remote) == ("pending", True, {})
    assert "listen api-front" in site.file(0)
    return job


def a_worker_lives() -> None:
    Worker.objects.create(name="other", host="h", pid=1, heartbeat_at=claims.database_now())


@pytest.mark.parametrize("now", [True, False])
def test_the_next_worker_puts_back_what_a_dead_one_left(
    site: Proxies, work: Work, monkeypatch: Any, now: bool
) -> None:
    job = left_by_a_dead_worker(site, work, monkeypatch)
    a_worker_lives()
    cancelled = cancel_job(job_id=job.job_id, actor=ANN, now=now)
    assert cancelled.status == "cancelling", "the proxy is looked at first"
    job = work(job)
    first = job.steps.order_by("position")[0]
    assert (job.status, first.error) == ("cancelled", "cancelled after haproxy_back")
    assert site.file(0) == site.file(1) == OTHERS
    with web_service(site.web):
        assert work(resume_job(job_id=job.job_id, actor=ANN)).status == "succeeded"


def test_a_dead_workers_proxy_that_is_out_of_reach_is_named(
    site: Proxies, work: Work, monkeypatch: Any, served: Lab
) -> None:
    monkeypatch.setattr(rollback, "_PAUSE_S", 0.01)
    job = left_by_a_dead_worker(site, work, monkeypatch)
    a_worker_lives()
    served.fault(site.machines[0].address, "refuse")
    cancel_job(job_id=job.job_id, actor=ANN)
    job = work(job)
    assert job.status == "cancelled"
    assert "it is unknown whether it serves: resume_job" in job.steps.order_by("position")[0].error


def test_a_proxy_stays_named_when_the_job_is_resumed_and_cancelled_at_once(
    site: Proxies, work: Work, monkeypatch: Any
) -> None:
    job = left_by_a_dead_worker(site, work, monkeypatch)
    for _ in range(2):
        assert cancel_job(job_id=job.job_id, actor=ANN).status == "cancelled"
        first, second = job.steps.order_by("position")
        assert "before it was verified that the new haproxy.cfg serves on this proxy" in first.error
        assert second.error == "cancelled before start"
        resume_job(job_id=job.job_id, actor=ANN)
    with web_service(site.web):
        assert work(job).status == "succeeded"


def test_what_a_dead_worker_left_in_a_paused_job_is_proven(
    site: Proxies, work: Work, monkeypatch: Any
) -> None:
    job = left_by_a_dead_worker(site, work, monkeypatch)
    pause_job(job_id=job.job_id, actor=ANN)
    with web_service(site.web):
        assert [job.pk] == [item.pk for item in watchdog._neglected(claims.database_now() + LONG)]
        job = work(job)
    steps = [step.status for step in job.steps.order_by("position")]
    assert (job.status, steps) == ("running", ["succeeded", "pending"])


def test_a_file_that_serves_but_cannot_be_looked_at_stays_unproven(
    site: Proxies, work: Work, monkeypatch: Any, served: Lab
) -> None:
    monkeypatch.setattr(rollback, "_PAUSE_S", 0.01)
    approved()
    job = apply_haproxy(zone_id="pek3b", actor=ANN)
    address = site.machines[0].address

    def serves(*_: Any) -> str:
        served.fault(address, "refuse")
        return ""

    monkeypatch.setattr(handler, "_wait_until_serving", serves)
    job = work(job)
    served.fault(address, "clear")
    error = job.steps.get(status="failed").error
    assert job.status == "failed" and "could not be checked whether" in error and "resume_job" in error
    assert "listen api-front" in site.file(0), "what serves is not taken away"
    # No worker takes it up: it is still named.
    resume_job(job_id=job.job_id, actor=ANN)
    cancel_job(job_id=job.job_id, actor=ANN)
    assert "before it was verified" in job.steps.order_by("position")[0].error
    monkeypatch.undo()
    with web_service(site.web):
        job = work(resume_job(job_id=job.job_id, actor=ANN))
        assert job.status == "succeeded" and job.params["unproven"] == []


def test_a_worker_that_died_while_it_put_back(site: Proxies, work: Work, monkeypatch: Any) -> None:
    job = left_by_a_dead_worker(site, work, monkeypatch)
    path = site.machines[0].root / FILE.lstrip("/")
    path.write_text(OTHERS)
    path.with_name("haproxy.cfg.restart").touch()
    with web_service(site.web):
        monkeypatch.setattr(handler, "_why_down", lambda *_: "")
        job = work(job)
    error = job.steps.order_by("position")[0].error
    assert job.status == "failed" and f"{FILE} no longer has the reviewed content" in error
    monkeypatch.undo()
    with web_service(site.web):
        assert work(resume_job(job_id=job.job_id, actor=ANN)).status == "succeeded"


def test_only_what_was_written_is_put_back(site: Proxies, work: Work, monkeypatch: Any) -> None:
    approved()
    job = apply_haproxy(zone_id="pek3b", actor=ANN)
    path = site.machines[0].root / FILE.lstrip("/")
    while_it_waits(monkeypatch, lambda: path.write_text("# by hand, in the dark\n"))
    job = work(job)
    assert path.read_text() == "# by hand, in the dark\n", "what somebody wrote meanwhile is not ours"
    assert f"nothing is restored: {FILE} is not the new one" in job.steps.get(status="failed").error


def test_the_job_keeps_to_its_change(site: Proxies, work: Work, monkeypatch: Any) -> None:
    first = approved()
    job = apply_haproxy(zone_id="pek3b", actor=ANN)
    files = [{**file, "content": file["content"] + "# later\n"} for file in first.files]
    made: list[Change] = []

    def newer() -> None:
        change = make_change(first.zone, "haproxy", files, ANN)
        Change.objects.filter(pk=change.pk).update(approved_by="bob", approved_at=change.created_at)
        made.append(change)
        monkeypatch.undo()

    with web_service(site.web):
        while_it_waits(monkeypatch, newer)
        job = work(job)
        assert job.status == "succeeded", job.error
    assert "# later" not in site.file(0) and "# later" not in site.file(1)
    first.refresh_from_db()
    made[0].refresh_from_db()
    assert (first.state, made[0].state) == ("applied", "approved")


def test_resumed_with_a_newer_change_every_proxy_gets_it(site: Proxies, work: Work) -> None:
    broken = OTHERS + "frontend web\n    no-such-word 1\n"
    (site.machines[1].root / FILE.lstrip("/")).write_text(broken)
    approved()
    with web_service(site.web):
        job = work(apply_haproxy(zone_id="pek3b", actor=ANN))
        assert [step.status for step in job.steps.order_by("position")] == ["succeeded", "failed"]
        (site.machines[1].root / FILE.lstrip("/")).write_text(OTHERS)
        change = preview_haproxy(zone_id="pek3b", actor=ANN)
        Change.objects.filter(pk=change.pk).update(approved_by="bob", approved_at=change.created_at)
        everywhere = "bind 0.0.0.0:7777"
        assert everywhere not in site.file(0)
        work(resume_job(job_id=job.job_id, actor=ANN))
    assert everywhere in change.files[0]["content"] and job.steps.order_by("position")[0].attempts == 2


def test_a_change_made_before_the_worker_begins(site: Proxies, work: Work) -> None:
    approved()
    job = apply_haproxy(zone_id="pek3b", actor=ANN)
    approved()
    job = work(job)
    assert job.status == "failed" and job.error.code == "K04"
    assert site.file(0) == OTHERS


def test_a_link_stays_a_link(site: Proxies, work: Work) -> None:
    path = site.machines[0].root / FILE.lstrip("/")
    behind = path.with_name("site.conf")
    path.rename(behind)
    path.symlink_to(behind.name)
    change = approved()
    job = work(apply_haproxy(zone_id="pek3b", actor=ANN))
    assert "the old haproxy.cfg has been restored" in job.steps.get(status="failed").error
    assert path.is_symlink() and behind.read_text() == OTHERS
    assert path.with_name(f"{path.name}.before-{change.change_id}").read_text() == OTHERS
    with web_service(site.web):
        job = work(resume_job(job_id=job.job_id, actor=ANN))
    assert job.status == "succeeded", job.error
    assert path.is_symlink() and "listen api-front" in behind.read_text()
