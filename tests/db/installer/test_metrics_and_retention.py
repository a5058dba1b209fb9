"""Metrics for Prometheus, pausing and pruning on their faces."""

from __future__ import annotations

import io
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from common.models import AuditEntry
from jobs.engine.claims import database_now
from jobs.models import Event, Job, Worker
from jobs.states import JobStatus
from tests.factories import add_events, make_job, make_node

pytestmark = pytest.mark.django_db


def test_metrics(client):
    add_events(make_job([make_node(1)]), ["a", "b"])
    make_job(status=JobStatus.SUCCEEDED)
    Worker.objects.create(name="w", host="h", pid=1, heartbeat_at=database_now())
    answer = client.get("/metrics")
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert 'installer_jobs{status="running"} 1' in lines and 'installer_jobs{status="succeeded"} 1' in lines
    assert "installer_workers_alive 1" in lines and "installer_log_lines 2" in lines
    assert 'installer_active_steps{status="running"} 1' in lines


def test_prune_jobs_deletes_what_ended_long_ago_and_nothing_else(run):
    long_ago = timezone.now() - timedelta(days=400)
    old = make_job([make_node(1)], status=JobStatus.SUCCEEDED, finished_at=long_ago)
    add_events(old, ["a", "b"])
    young = make_job(status=JobStatus.SUCCEEDED, finished_at=timezone.now())
    running = make_job()
    assert "would be deleted: 1 job, 2 log lines" in run("prune_jobs", "--dry-run").err
    assert Job.objects.count() == 3
    assert "deleted: 1 job, 2 log lines" in run("prune_jobs", "--yes").err
    assert set(Job.objects.values_list("pk", flat=True)) == {young.pk, running.pk}
    assert not Event.objects.exists()
    assert AuditEntry.objects.get(verb="prune_jobs").detail["jobs"] == 1
    assert run("prune_jobs", "--days", "0").code == 2


@pytest.mark.parametrize(("typed", "left"), [("1\n", 0), ("yes\n", 1), ("2\n", 1), ("", 1), (None, 1)])
def test_prune_jobs_asks_for_the_number_of_what_nobody_brings_back(run, monkeypatch, typed, left):
    make_job(status=JobStatus.SUCCEEDED, finished_at=timezone.now() - timedelta(days=400))
    answers = io.StringIO(typed or "")
    answers.isatty = lambda: typed is not None  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", answers)
    result = run("prune_jobs")
    assert Job.objects.count() == left
    assert (result.code, "C10" in result.err) == ((2, True) if left else (0, False))
    assert run("prune_jobs", "--days", "500").code == 0, "nothing is old enough: nothing to ask"


def test_pause_job_and_resume_job(run):
    job = make_job([make_node(1)])
    result = run("pause_job", job.job_id)
    assert result.code == 0 and "is paused by" in result.err
    job.refresh_from_db()
    assert job.paused_by and job.status == "running"
    assert run("resume_job", job.job_id).code == 0
    job.refresh_from_db()
    assert job.paused_by == ""
    assert run("pause_job", make_job(status=JobStatus.SUCCEEDED).job_id).code == 2
