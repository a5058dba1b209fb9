"""/jobs/: status, log, cancel, pause, resume."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.models import AuditEntry
from installer.api.jobs import events as endpoint
from jobs.engine.claims import database_now
from jobs.models import Job
from jobs.queries import job_status, stamp
from jobs.states import JobStatus
from tests.factories import add_events, make_job, make_node

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    made = make_job([make_node(1), make_node(2)])
    add_events(made, [f"line {number}" for number in range(1, 6)], node="172.16.80.1")
    add_events(made, ["broken"], node="172.16.80.2", level="error", phase="verify")
    return made


def events(client, job: Job, query: str = "") -> dict:
    answer = client.get(f"/api/v1/jobs/{job.job_id}/events/?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_status_is_that_of_get_status(viewer, job):
    assert viewer.get(f"/api/v1/jobs/{job.job_id}/").json() == job_status(job)


def test_the_log_has_no_gap_and_no_repeat(viewer, job):
    seen, after = [], 0
    while True:
        answer = events(viewer, job, f"after={after}&limit=4")
        if not answer["events"]:
            break
        seen += [event["seq"] for event in answer["events"]]
        after = answer["last_seq"]
    assert seen == [1, 2, 3, 4, 5, 6] and after == 6
    assert answer == {"events": [], "last_seq": 6, "status": "running"}


def test_filters_move_last_seq_past_what_was_left_out(viewer, job):
    assert events(viewer, job, "level=error") == {**events(viewer, job, "after=5"), "last_seq": 6}
    assert [event["line"] for event in events(viewer, job, "node=172.16.80.2")["events"]] == ["broken"]
    nothing = events(viewer, job, "phase=disk")
    assert nothing["events"] == [] and nothing["last_seq"] == 6
    limited = events(viewer, job, "node=172.16.80.1&limit=2")
    assert limited["last_seq"] == 2, "a full answer goes on behind its last line"


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "limit=0",
        "limit=5001",
        "level=loud",
        "wait=26",
        "wait=nan",
        "since=1",
        "since=now",
        "since=",
        "since=2026-13-01T00:00:00Z",
        "until=9999-12-31T23:59:59-14:00",
        "since=0001-01-01T00:00:00%2B14:00",
        "until=0000-01-01T00:00:00Z",
        "q=%00",
        "q=" + "x" * 201,
        "around=0",
        "around=-1",
        "around=x",
        "around=99999999999999999999",
        "around=5&wait=1",
        "pages=9",
        "pages=5001",
        "pages=100&wait=1",
        "phase=" + "x" * 65,
        "after=1e999",
        "node=%00",
    ],
)
def test_wrong_parameters_are_refused(viewer, job, query):
    answer = viewer.get(f"/api/v1/jobs/{job.job_id}/events/?{query}")
    assert answer.status_code == 400
    assert answer.json()["findings"][0]["field"] == query.partition("=")[0]


def test_lines_are_found_by_text_and_time(viewer, job):
    add_events(job, ["50% of zpool_a done"], phase="verify")

    def lines(query: str) -> list[str]:
        return [event["line"] for event in events(viewer, job, query)["events"]]

    assert lines("q=BROKEN") == ["broken"] and lines("q=n&phase=verify") == ["broken", "50% of zpool_a done"]
    assert lines("q=0%25%20o") == lines("q=l_a") == ["50% of zpool_a done"]
    assert lines("q=%25") == ["50% of zpool_a done"] and lines("q=lineX1") == lines("q=line_1") == []
    assert lines("q=%27%29%3B%20DROP") == []
    at = [event["ts"] for event in events(viewer, job)["events"]]
    assert lines(f"since={at[4]}&until={at[5]}") == ["line 5"]
    assert lines("since=2026-03-04T09:02:04.750%2B08:00") == ["50% of zpool_a done"]
    assert lines("since=2026-03-04T01:02:04.75") == ["50% of zpool_a done"], "without an offset it is UTC"
    assert lines("until=0001-01-01T00:00:00Z") == lines("since=9999-12-31T23:59:59Z") == []
    assert events(viewer, job, "q=broken&wait=0.1&after=6") == {
        "events": [],
        "last_seq": 7,
        "status": "running",
    }


def test_lines_around_one_and_where_pages_begin(viewer, job):
    add_events(job, [f"more {number}" for number in range(40)], node="172.16.80.2", level="warning")

    def seqs(query: str) -> list[int]:
        return [event["seq"] for event in events(viewer, job, query)["events"]]

    assert seqs("around=20&limit=6") == [17, 18, 19, 20, 21, 22]
    assert seqs("around=2&limit=6") == [1, 2, 3, 4, 5, 6], "a part that has fewer lines leaves room"
    assert seqs("around=4611686018427387904&limit=6") == [44, 45, 46]
    assert seqs("around=7&limit=4&node=172.16.80.1") == [4, 5]
    assert seqs("around=7&after=6&limit=4") == [7, 8, 9, 10]
    answer = events(viewer, job, "around=46&limit=4&pages=10&level=warning")
    assert answer["pages"] == {"size": 10, "first": [6, 16, 26, 36, 46], "matching": 41, "all": 46}
    assert [event["seq"] for event in answer["events"]] == [44, 45, 46] and answer["last_seq"] == 46
    assert events(viewer, job, "pages=20&limit=2&after=4") == {
        "pages": {"size": 20, "first": [1, 21, 41], "matching": 46, "all": 46},
        **events(viewer, job, "limit=2&after=4"),
    }
    for where in (1, 5, 6, 7, 16, 30, 46, 47, 4611686018427387904):
        for wanted in ("", "&level=warning", "&q=more 3", "&node=172.16.80.1", "&q=line 3"):
            same = f"around={where}&limit=6{wanted}"
            assert events(viewer, job, f"{same}&pages=10")["events"] == events(viewer, job, same)["events"]
    nothing = events(viewer, job, "around=3&pages=20&q=nothing")
    assert nothing["pages"] == {"size": 20, "first": [], "matching": 0, "all": 46} and nothing["events"] == []


def test_looking_costs_as_many_queries_however_many_lines_there_are(viewer, job):
    path = f"/api/v1/jobs/{job.job_id}/events/?around=3&pages=10&q=line"
    counts = []
    viewer.get(path)
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert viewer.get(path).status_code == 200
        counts.append(len(seen))
        add_events(job, ["line"] * 300)
    assert counts[0] == counts[1] and counts[0] <= 5


def test_a_search_in_a_very_long_log_takes_a_slot(viewer, job, monkeypatch):
    monkeypatch.setattr(endpoint, "SCANNED_LINES", 5)
    held = []
    monkeypatch.setattr(endpoint.slots, "hold", held.append)
    events(viewer, job)
    events(viewer, job, "q=line&after=2")
    assert not held
    events(viewer, job, "q=line&pages=10&around=9")
    assert len(held) == 1


def test_cancel(operator, job):
    answer = operator.post(f"/api/v1/jobs/{job.job_id}/cancel/", {"now": True})
    assert answer.status_code == 202 and answer.json()["status"] == "cancelling"
    assert answer["Location"] == f"/api/v1/jobs/{job.job_id}/"
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor, entry.via, entry.address) == ("operator-person", "api", "127.0.0.1")


def test_resume(operator):
    job = make_job([make_node(1), make_node(2)], status=JobStatus.FAILED)
    path = f"/api/v1/jobs/{job.job_id}/resume/"
    assert operator.post(path, {"addresses": ["172.16.80.9"]}).status_code == 404
    assert operator.post(path, {"from_phase": "nothing"}).status_code == 404
    answer = operator.post(path, {"addresses": ["172.16.80.2"]})
    assert answer.status_code == 202 and answer.json()["status"] == "queued"
    again = operator.post(path, {})
    assert again.status_code == 400 and again.json()["findings"][0]["code"] == "J04"


def test_the_time_between_the_end_and_the_resume_is_counted_apart(operator):
    job = make_job([make_node(1)], status=JobStatus.FAILED, idle_s=100)
    ended = database_now() - timedelta(minutes=11)
    Job.objects.filter(pk=job.pk).update(finished_at=ended)
    path = f"/api/v1/jobs/{job.job_id}/"
    assert operator.get(path).json()["idle_s"] == 100
    assert operator.post(f"{path}resume/", {}).status_code == 202
    assert 760 <= operator.get(path).json()["idle_s"] <= 820
    job.refresh_from_db()
    assert job.started_at and job.finished_at is None


def test_pause_and_resume(operator, viewer, job):
    path = f"/api/v1/jobs/{job.job_id}/"
    answer = operator.post(f"{path}pause/", {})
    assert answer.status_code == 202 and answer.json()["status"] == "running"
    assert answer.json()["paused_by"] == "operator-person" and answer.json()["paused_at"]
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.via) == ("pause_job", "api")
    assert answer.json()["paused_at"] == stamp(entry.at)
    assert operator.post(f"{path}pause/", {}).status_code == 202, "twice is no error"
    assert viewer.get("/api/v1/jobs/").json()["results"][0]["paused_by"] == "operator-person"
    assert operator.post(f"{path}resume/", {}).json()["paused_by"] == ""
    assert viewer.get(path).json()["paused_at"] is None
    wrong = operator.post(f"{path}pause/", {"now": True})
    assert wrong.status_code == 400 and wrong.json()["findings"][0]["field"] == "now"


def test_what_has_ended_is_not_paused(operator):
    job = make_job(status=JobStatus.SUCCEEDED)
    answer = operator.post(f"/api/v1/jobs/{job.job_id}/pause/", {})
    assert answer.status_code == 400 and answer.json()["findings"][0]["code"] == "J08"


def log(client, job: Job, query: str = "", **headers: str):
    answer = client.get(f"/api/v1/jobs/{job.job_id}/log/?{query}", **headers)
    assert answer.status_code == 200, answer.content
    return answer, b"".join(answer.streaming_content).decode()


def test_the_whole_log_as_text_and_as_json_lines(viewer, job):
    add_events(job, [f"more {number}" for number in range(2500)])
    answer, text = log(viewer, job)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == f'inline; filename="{job.job_id}.log"'
    lines = text.splitlines()
    assert len(lines) == 2506
    assert lines[5].endswith("172.16.80.2 verify/network ERROR broken")
    answer, text = log(viewer, job, "syntax=jsonl")
    assert answer["Content-Type"] == "application/x-ndjson; charset=utf-8"
    found = [json.loads(line) for line in text.splitlines()]
    assert [event["seq"] for event in found] == list(range(1, 2507))
    assert found[:6] == events(viewer, job, "limit=6")["events"]


def test_the_log_of_a_node_a_phase_or_a_level(viewer, job):
    assert len(log(viewer, job, "node=172.16.80.1")[1].splitlines()) == 5
    answer, text = log(viewer, job, "node=172.16.80.2&phase=verify&level=warning&syntax=jsonl")
    assert [json.loads(line)["line"] for line in text.splitlines()] == ["broken"]
    assert answer["Content-Disposition"].endswith(f'"{job.job_id}-172.16.80.2.jsonl"')
    assert log(viewer, job, "phase=disk")[1] == ""
    hostile = log(viewer, job, "node=%22%0d%0aSet-Cookie:x")[0]
    assert hostile["Content-Disposition"] == f'inline; filename="{job.job_id}----Set-Cookie-x.log"'


def test_accept_says_how_the_log_is_wanted(viewer, job):
    accepted, text = log(viewer, job, HTTP_ACCEPT="application/x-ndjson")
    assert accepted["Content-Type"].startswith("application/x-ndjson") and json.loads(text.splitlines()[0])
    asked, text = log(viewer, job, "syntax=text", HTTP_ACCEPT="application/x-ndjson")
    assert asked["Content-Type"].startswith("text/plain") and text.splitlines()[0].endswith("line 1")


@pytest.mark.parametrize("query", ["level=loud", "syntax=xml", "after=3", "node=%00"])
def test_a_log_that_cannot_be_had_is_refused(viewer, job, query):
    answer = viewer.get(f"/api/v1/jobs/{job.job_id}/log/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["findings"][0]["field"] == query.partition("=")[0]


def test_a_log_is_read_in_batches_however_long_it_is(viewer, job, django_assert_max_num_queries):
    add_events(job, [f"more {number}" for number in range(5000)])
    answer = viewer.get(f"/api/v1/jobs/{job.job_id}/log/")
    with django_assert_max_num_queries(2):
        first = next(iter(answer.streaming_content))
    add_events(job, ["said after the download had begun"])
    with django_assert_max_num_queries(6):
        assert b"".join([first, *answer.streaming_content]).count(b"\n") == 5006


def test_what_has_ended_is_not_cancelled(operator):
    job = make_job(status=JobStatus.SUCCEEDED)
    answer = operator.post(f"/api/v1/jobs/{job.job_id}/cancel/", {})
    assert answer.status_code == 400 and answer.json()["findings"][0]["code"] == "J03"


def test_jobs_that_are_not_there(operator):
    for verb in ("cancel", "pause", "resume"):
        assert operator.post(f"/api/v1/jobs/j-nothere1/{verb}/", {}).status_code == 404
    for part in ("events", "log"):
        assert operator.get(f"/api/v1/jobs/j-nothere1/{part}/").status_code == 404
