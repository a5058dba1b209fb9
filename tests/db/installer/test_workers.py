"""Workers as people and programs see them: which are alive, what they run, and where the work of dead ones went."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.models import AuditEntry
from jobs.engine import claims, take_over
from jobs.models import Event, Job, Worker
from jobs.queries import events
from jobs.services.workers import workers_seen
from tests.factories import make_job, make_node, make_user

pytestmark = pytest.mark.django_db


def worker(name: str, silent_s: float = 0) -> Worker:
    heard = claims.database_now() - timedelta(seconds=silent_s)
    return Worker.objects.create(name=name, host="h1", pid=7, heartbeat_at=heard)


def hold(job: Job, name: str, count: int = 1, silent_s: float = 0) -> None:
    """Give that worker steps that run without a claim."""
    now = claims.database_now()
    steps = job.steps.filter(status="running", claim="")[:count]
    job.steps.filter(pk__in=[step.pk for step in steps]).update(
        claim=f"{name}/0123", heartbeat_at=now - timedelta(seconds=silent_s), started_at=now
    )


def by_name() -> dict[str, dict]:
    return {row["name"]: row for row in workers_seen()["workers"]}


def test_each_worker_with_what_it_does_now():
    worker("w-1"), worker("w-2")
    nodes = [make_node(number) for number in (1, 2, 3)]
    job = make_job(nodes)
    hold(job, "w-1", 2), hold(job, "w-2", 1)
    found = by_name()
    [doing] = found["w-1"]["doing"]
    assert (doing["job_id"], doing["phase"], doing["zone_id"]) == (job.job_id, "install_nodes", "pek3c")
    assert [(node["mgmt_address"], node["step"]) for node in doing["nodes"]] == [
        ("172.16.80.1", "network"),
        ("172.16.80.2", "network"),
    ]
    assert doing["since"] == doing["nodes"][0]["since"]
    assert [node["mgmt_address"] for node in found["w-2"]["doing"][0]["nodes"]] == ["172.16.80.3"]
    assert found["w-1"]["alive"] and found["w-1"]["lost"] == []


def test_a_dead_worker_is_told_with_what_it_still_holds_and_then_with_what_became_of_it():
    worker("w-dead", silent_s=300), worker("w-2")
    job = make_job([make_node(number) for number in (1, 2, 3)])
    hold(job, "w-dead", 3, silent_s=300)
    dead = by_name()["w-dead"]
    assert not dead["alive"] and dead["silent_s"] == pytest.approx(300, abs=5)
    assert len(dead["doing"][0]["nodes"]) == 3
    assert take_over.release_expired(claims.database_now()) == {job.pk}
    dead = by_name()["w-dead"]
    assert dead["doing"] == []
    assert [(row["status"], row["worker"], len(row["nodes"])) for row in dead["lost"]] == [("pending", "", 3)]
    [first, second, _] = claims.claim_steps(job, 1, "w-2/4567", 3, {})
    job.steps.filter(pk=second.pk).update(status="succeeded", claim="")
    rows = {(row["status"], row["worker"]): row["nodes"] for row in by_name()["w-dead"]["lost"]}
    assert rows == {
        ("running", "w-2"): [first.address, "172.16.80.3"],
        ("succeeded", ""): [second.address],
    }


def test_a_step_lost_twice_is_told_of_both_that_lost_it():
    job = make_job([make_node(1)])
    worker("w-first", silent_s=300), worker("w-second", silent_s=300)
    hold(job, "w-first", 1, silent_s=300)
    take_over.release_expired(claims.database_now())
    [step] = claims.claim_steps(job, 1, "w-second/4567", 1, {})
    job.steps.filter(pk=step.pk).update(heartbeat_at=None)
    take_over.release_expired(claims.database_now())
    found = by_name()
    assert found["w-first"]["lost"] and found["w-second"]["lost"]


def test_a_takeover_is_in_the_trail_and_in_the_log_of_the_job():
    job = make_job([make_node(1), make_node(2)])
    hold(job, "w-dead", 2, silent_s=300)
    take_over.release_expired(claims.database_now())
    entry = AuditEntry.objects.get(verb="take_over")
    assert (entry.actor, entry.via, entry.subject) == ("system", "engine", "w-dead")
    assert len(entry.detail["steps"]) == 2
    [line] = events(job)
    assert line["level"] == "warning" and line["seq"] == 1
    assert "worker w-dead has not responded" in line["line"]
    assert "the next worker continues its steps on 172.16.80.1, 172.16.80.2" in line["line"]
    assert take_over.release_expired(claims.database_now()) == set()
    assert AuditEntry.objects.count() == Event.objects.count() == 1, "once"


def test_rest_says_what_readyz_and_metrics_say(viewer, client):
    worker("w-1"), worker("w-dead", silent_s=60)
    job = make_job([make_node(1)])
    hold(job, "w-1")
    answer = viewer.get("/api/v1/workers/")
    assert answer.status_code == 200 and answer.json() == {
        **workers_seen(),
        "workers": answer.json()["workers"],
    }
    ready = client.get("/readyz").json()
    assert (answer.json()["alive"], answer.json()["queued"]) == (ready["workers"], ready["queued"]) == (1, 0)
    metrics = client.get("/metrics").content.decode()
    assert "installer_workers_alive 1\n" in metrics and "installer_queue_entries 0\n" in metrics
    assert answer.json()["open_steps"] == job.steps.filter(status__in=("pending", "running")).count()


def test_the_page_names_the_living_the_dead_and_what_became_of_their_steps(client: Client):
    client.force_login(make_user(group="viewer"))
    url = reverse("admin:jobs_worker_changelist")
    assert "No worker is running" in client.get(url).content.decode()
    worker("w-1"), worker("w-idle"), worker("w-dead", silent_s=300)
    nodes = [make_node(number) for number in range(1, 10)]
    job = make_job(nodes)
    hold(job, "w-dead", 8, silent_s=300)
    hold(job, "w-1", 1)
    page = client.get(url).content.decode()
    assert "2 of 3 workers alive" in page and "Idle." in page
    assert "and 2 more" in page and "Its steps are taken over" in page
    take_over.release_expired(claims.database_now())
    assert "waiting for a worker" in client.get(url).content.decode()
    claims.claim_steps(job, 1, "w-1/89", 8, {})
    page = client.get(url).content.decode()
    assert "running, taken over by w-1" in page and "last heartbeat 5 min" in page
    dashboard = client.get(reverse("admin:index")).content.decode()
    assert "1 worker died" in dashboard and url in dashboard
    assert client.get(reverse("admin:jobs_worker_change", args=[1])).url == url


def test_what_workers_are_called_is_escaped(client: Client):
    client.force_login(make_user(group="viewer"))
    worker("<script>alert(1)</script>")
    assert b"<script>alert" not in client.get(reverse("admin:jobs_worker_changelist")).content


def test_as_many_queries_with_many_workers_as_with_few():
    counts = []
    for begin, end in ((1, 2), (10, 20)):
        for number in range(begin, end):
            worker(f"w-{number}", silent_s=300 if number % 2 else 0)
            job = make_job([make_node(number)])
            hold(job, f"w-{number}", silent_s=300 if number % 2 else 0)
            take_over.release_expired(claims.database_now())
            claims.claim_steps(job, 1, "w-1/0", 9, {})
        with CaptureQueriesContext(connection) as seen:
            workers_seen()
        counts.append(len(seen))
    assert counts == [7, 7]
