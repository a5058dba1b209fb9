"""Showing, following, cancelling and resuming jobs."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
import yaml
from django.utils import timezone
from rich.console import Console

from installer.cli import follow_job, live_display, status
from jobs.models import Job, Worker
from jobs.queries import job_status
from jobs.states import JobStatus, move_job
from nodes.models import Node
from tests.factories import BEGIN, add_events, make_job, make_node

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    made = make_job(
        [make_node(1), make_node(2)], status=JobStatus.FAILED, error="1 of 2 nodes failed", finished_at=BEGIN
    )
    add_events(made, ["begun", "two"])
    add_events(made, ["bad \x1b[31mred"], node="172.16.80.2", level="error")
    return made


@pytest.fixture
def moving(monkeypatch):
    """Replace waiting: a list of what happens at each pause; the test fails on any further pause."""
    happenings: list = []

    def pause(seconds: float) -> None:
        assert happenings, "it waits although nothing more happens"
        happenings.pop(0)()

    monkeypatch.setattr(follow_job.time, "sleep", pause)
    return happenings


def test_the_result_of_a_job_is_told_to_who_reads_no_output(run, job, monkeypatch):
    forgotten = []
    monkeypatch.setattr("installer.cli.base.forget", forgotten.append)

    def full(*args: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("installer.cli.status.StatusCommand.emit", full)
    assert run("get_status", job.job_id, "--wait").code == 1 and forgotten


def test_messages_that_nobody_reads_do_not_end_the_following(run, job, monkeypatch):
    forgotten = []
    monkeypatch.setattr("installer.cli.progress.forget", forgotten.append)
    monkeypatch.setattr("installer.cli.progress.summary", lambda status: _Gone("running"))
    assert run("get_status", job.job_id, "--wait").code == 1 and forgotten


class _Gone(str):
    """A text at which the pipe reports that its reader is gone."""

    def endswith(self, *args: object) -> bool:
        raise BrokenPipeError


def _end(job: Job, event: str) -> None:
    assert move_job(Job.objects.filter(pk=job.pk), event)


def test_get_status_by_id_by_action_and_of_the_newest(run, job):
    for arguments in ((job.job_id,), ("--action", "scale_qingcloud"), ()):
        found = run("get_status", *arguments).json
        assert found["job_id"] == job.job_id and len(found["nodes"]) == 2
    result = run("get_status", "--format", "table")
    assert "zpool: no such device" in result.out and "1 of 2 nodes failed" in result.err
    assert next(csv.DictReader(io.StringIO(run("get_status", "--format", "csv").out)))["node_id"]
    assert yaml.safe_load(run("get_status", "--format", "yaml").out)["status"] == "failed"


@pytest.mark.parametrize("name", ["get_status", "get_log"])
def test_unknown_jobs_are_refused(run, db, name):
    assert run(name).code == 2
    assert run(name, "j-nothere1").code == 2
    assert run(name, "--action", "nothing").code == 2
    assert run(name, "j-1", "j-2").code == 2


def test_a_job_of_another_action_is_refused(run, job):
    result = run("get_status", job.job_id, "--action", "collect_nodes")
    assert result.code == 2 and "scale_qingcloud" in result.err


def test_get_log_is_one_object_a_line(run, job):
    lines = [json.loads(line) for line in run("get_log", job.job_id).out.splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3]
    assert set(lines[0]) == {"seq", "ts", "node", "phase", "step", "stream", "level", "line"}


def test_get_log_filters_and_formats(run, job):
    assert len(run("get_log", "--level", "error").out.splitlines()) == 1
    assert len(run("get_log", "--node", "172.16.80.2").out.splitlines()) == 1
    assert len(run("get_log", "--node", "pek3cr01n02").out.splitlines()) == 1
    assert (
        len(run("get_log", "--node", Node.objects.get(mgmt_address="172.16.80.2").node_id).out.splitlines())
        == 1
    )
    nothing = run("get_log", "--node", "172.16.80.1", "--level", "error")
    assert nothing.code == 0 and nothing.out == "" and "has no such line" in nothing.err
    text = run("get_log", "--format", "table").out
    assert "172.16.80.2 install_nodes/network ERROR bad red" in text and "\x1b" not in text
    assert len(list(csv.DictReader(io.StringIO(run("get_log", "--format", "csv").out)))) == 3
    assert len(yaml.safe_load(run("get_log", "--format", "yaml").out)) == 3
    assert run("get_log", "--level", "loud").code == 2


def test_get_log_of_what_the_job_does_not_have_says_what_it_has(run, job):
    nobody = run("get_log", "--node", "172.16.80.99", "--follow")
    assert nobody.code == 2 and "C14" in nobody.err and "172.16.80.1, 172.16.80.2" in nobody.err
    phase = run("get_log", "--phase", "instal")
    assert phase.code == 2 and "C15" in phase.err and "install_nodes" in phase.err


def test_get_log_reads_long_logs_in_batches(run, job):
    add_events(job, [f"line {number}" for number in range(2500)])
    lines = run("get_log", "--format", "csv").out.splitlines()
    assert (
        len(lines) == 2504 and lines[0].startswith("seq,") and not any("seq," in line for line in lines[1:])
    )


def test_get_log_follow_ends_with_the_job_and_misses_nothing(run, moving):
    job = make_job([make_node(1)])
    add_events(job, ["first"])

    def at_last() -> None:
        add_events(job, ["third"])
        _end(job, "succeed")

    moving += [lambda: add_events(job, ["second"]), lambda: None, at_last]
    out = run("get_log", job.job_id, "--follow").out
    assert [json.loads(line)["line"] for line in out.splitlines()] == ["first", "second", "third"]
    assert not moving


def test_following_with_a_filter_skips_what_was_read(job):
    found = list(status.batches(job, {"level": "error", "node": "", "phase": ""}, go_on=True))
    assert [row[0] for batch in found for row in batch] == [3]


@pytest.mark.parametrize(("event", "code"), [("succeed", 0), ("fail", 1)])
def test_wait_leaves_with_the_result(run, moving, event, code):
    job = make_job([make_node(1)])
    moving += [lambda: _end(job, event)]
    result = run("get_status", job.job_id, "--wait")
    assert result.code == code
    assert "no worker is running" in result.err and "manage.py qcluster" in result.err
    assert f"{job.job_id} scale_qingcloud pek3c: running" in result.err
    assert result.json["status"] in ("succeeded", "failed")


def test_wait_is_silent_about_workers_that_live(run, moving):
    from jobs.engine.claims import database_now

    Worker.objects.create(name="w", host="h", pid=1, heartbeat_at=database_now())
    job = make_job([make_node(1)])
    moving += [lambda: None, lambda: _end(job, "succeed")]
    result = run("get_status", job.job_id, "--wait")
    assert "worker" not in result.err
    assert len([line for line in result.err.splitlines() if ": running" in line]) == 1, (
        "only changes are told"
    )


def test_wait_tells_how_long_it_will_take_and_says_it_only_with_news(run, moving):
    nodes = [make_node(1), make_node(2)]
    before = make_job(nodes, status=JobStatus.SUCCEEDED)
    before.steps.update(started_at=BEGIN, finished_at=BEGIN + timedelta(minutes=5))
    job = make_job(nodes)
    job.steps.filter(status="running").update(started_at=timezone.now())
    moving += [
        lambda: job.steps.filter(status="running").update(started_at=timezone.now() - timedelta(minutes=3)),
        lambda: _end(job, "succeed"),
    ]
    lines = [line for line in run("get_status", job.job_id, "--wait").err.splitlines() if ": running" in line]
    assert len(lines) == 1 and lines[0].endswith("; about 20 min left")


def test_a_paused_job_says_so_and_what_to_do(run):
    job = make_job([make_node(1), make_node(2)])
    run("pause_job", job.job_id)
    result = run("get_status", job.job_id, "--format", "table")
    job.refresh_from_db()
    assert f"running, paused by {job.paused_by} 1/8" in result.err
    assert f"2 steps are still running; nothing new starts until resume_job {job.job_id}" in result.err


def test_the_live_display_shows_phases_and_time_left(job):
    out = io.StringIO()
    screen = live_display.LiveDisplay(Console(file=out, width=160))
    before = make_job([make_node(3)], status=JobStatus.SUCCEEDED)
    before.steps.update(started_at=BEGIN, finished_at=BEGIN + timedelta(minutes=5))
    with screen:
        screen.update(job_status(make_job([make_node(4)], status=JobStatus.QUEUED)), "the newest line")
    text = out.getvalue()
    assert "about 25 min left" in text and "about 5 min left" in text and "install_nodes" in text


def test_wait_names_the_nodes_that_failed(run, job):
    result = run("get_status", job.job_id, "--wait")
    assert result.code == 1 and "172.16.80.2 failed in install_nodes" in result.err


def test_interrupting_leaves_the_job_alone(run, monkeypatch):
    job = make_job([make_node(1)])

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow_job.time, "sleep", interrupt)
    result = run("get_status", job.job_id, "--wait")
    assert result.code == 130 and "continues" in result.err and f"get_log {job.job_id}" in result.err
    job.refresh_from_db()
    assert job.status == "running"


def test_waiting_outlasts_a_database_that_restarts(run, moving, monkeypatch):
    from django.db import OperationalError

    job = make_job([make_node(1)])
    answers = [OperationalError("server closed the connection"), None]
    real = follow_job.find_job
    # The connection stays: it holds the transaction of the test.
    monkeypatch.setattr(follow_job.connection, "close", lambda: None)

    def shaky(job_id: str) -> Job:
        if answers and (error := answers.pop(0)):
            raise error
        return real(job_id)

    monkeypatch.setattr(follow_job, "find_job", shaky)
    moving += [lambda: None, lambda: _end(job, "succeed")]
    assert run("get_status", job.job_id, "--wait").code == 0


@pytest.mark.parametrize("action", ["collect_nodes", "config_qingcloud", "scale_qingcloud"])
def test_old_names_show_their_action(run, action):
    assert run(f"get_{action}_status").code == 2, "there is none yet"
    wanted = make_job(action=action, status=JobStatus.SUCCEEDED)
    make_job(action="other", status=JobStatus.SUCCEEDED)
    add_events(wanted, [f"log of {action}"])
    assert run(f"get_{action}_status").json["job_id"] == wanted.job_id
    assert f"log of {action}" in run(f"get_{action}_log").out


def test_cancel_job(run):
    job = make_job([make_node(1)])
    result = run("cancel_job", job.job_id)
    assert result.code == 0 and f"cancel_job {job.job_id} --now" in result.err
    result = run("cancel_job", job.job_id, "--now")
    assert result.code == 0 and "resume_job" in result.err and "finish first" not in result.err
    job.refresh_from_db()
    assert job.status == "cancelling" and job.cancel_now
    assert run("cancel_job", "j-nothere1").code == 2
    assert run("cancel_job", make_job(status=JobStatus.SUCCEEDED).job_id).code == 2


def test_resume_job(run, job):
    assert run("resume_job", job.job_id, "--node", "172.16.80.9").code == 2
    assert run("resume_job", job.job_id, "--from-phase", "nothing").code == 2
    result = run("resume_job", job.job_id, "--node", "172.16.80.2")
    assert result.code == 0 and result.out.strip() == job.job_id, result.err
    assert run("resume_job", job.job_id).code == 2, "it is not failed any more"
