"""/jobs/ID/events/?wait=: put aside, told of news, and answered as any other request then."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from common.actor import SYSTEM
from installer import long_poll
from installer.api.jobs import events as endpoint
from installer.api.jobs import recent_lines
from installer.groups import VIEWER
from installer.job_watcher import Watcher, signed_out
from installer.long_poll import ENVIRON, Later, Wait
from installer.models import AccessToken
from installer.tokens import issue_token
from jobs.models import Event, Job
from jobs.notifications import Watch, with_news
from jobs.states import move_job
from tests.factories import add_events, make_job, make_node, make_user

pytestmark = pytest.mark.django_db
NODE = "172.16.80.1"


@pytest.fixture
def job() -> Job:
    job = make_job([make_node(1), make_node(2)])
    add_events(job, [f"line {number}" for number in range(1, 6)], node=NODE)
    return job


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> long_poll.Desk:
    monkeypatch.setattr(recent_lines, "_by_job", OrderedDict())
    desk = long_poll.Desk()
    monkeypatch.setattr(long_poll, "desk", desk)
    return desk


def ask(client: APIClient, job: Job, query: str, wait: Wait | None) -> Any:
    """Ask as the web server does: ``wait`` belongs to the request, however often it is tried."""
    more = {ENVIRON: wait} if wait else {}
    return client.get(f"/api/v1/jobs/{job.job_id}/events/?{query}", **more)


def put_aside(client: APIClient, job: Job, query: str = "after=5&wait=25") -> Wait:
    wait = Wait()
    answer = ask(client, job, query, wait)
    assert isinstance(answer, Later) and wait.watch, answer.content
    return wait


def news(wait: Wait) -> bool:
    assert wait.watch
    return bool(with_news([wait.watch]))


def test_lines_that_are_there_are_answered_at_once(viewer, job, desk):
    answer = ask(viewer, job, "after=3&wait=25", Wait())
    assert [event["seq"] for event in answer.json()["events"]] == [4, 5] and not desk.waiting


def test_a_new_line_ends_the_waiting(viewer, job):
    wait = put_aside(viewer, job)
    assert not news(wait) and wait.until == pytest.approx(time.monotonic() + 25, abs=5)
    add_events(job, ["new"])
    assert news(wait)
    answer = ask(viewer, job, "after=5&wait=25", wait).json()
    assert [event["line"] for event in answer["events"]] == ["new"] and answer["last_seq"] == 6


def test_the_end_of_the_job_and_another_status_end_the_waiting(viewer, job):
    wait = put_aside(viewer, job)
    move_job(Job.objects.filter(pk=job.pk), "cancel")
    assert news(wait)
    assert ask(viewer, job, "after=5&wait=25", wait).json() == {
        "events": [],
        "last_seq": 5,
        "status": "cancelling",
    }
    wait = put_aside(viewer, job)
    move_job(Job.objects.filter(pk=job.pk), "cancelled")
    assert news(wait) and ask(viewer, job, "after=5&wait=25", wait).json()["status"] == "cancelled"
    assert ask(viewer, job, "after=5&wait=25", Wait()).json()["status"] == "cancelled", (
        "nothing comes any more"
    )


def test_a_job_that_is_deleted_ends_the_waiting(viewer, job):
    wait = put_aside(viewer, job)
    Job.objects.all().delete()
    assert news(wait) and ask(viewer, job, "after=5&wait=25", wait).status_code == 404


@pytest.mark.parametrize("end", ["time", "server"])
def test_the_waiting_ends_with_the_time_and_with_the_server(viewer, job, end):
    wait = put_aside(viewer, job)
    if end == "time":
        wait.until = time.monotonic()
    else:
        wait.over = True
    assert ask(viewer, job, "after=5&wait=25", wait).json() == {
        "events": [],
        "last_seq": 5,
        "status": "running",
    }


def test_news_that_are_gone_put_it_aside_again(viewer, job):
    wait = put_aside(viewer, job)
    until = wait.until
    assert isinstance(ask(viewer, job, "after=5&wait=25", wait), Later) and wait.until == until


@pytest.mark.parametrize(
    ("query", "other", "wanted"),
    [
        ("level=error", {"level": "warning"}, {"level": "error"}),
        (f"node={NODE}", {"node": "172.16.80.2"}, {"node": NODE}),
        ("phase=disk", {"phase": "verify"}, {"phase": "disk"}),
        (f"node={NODE}&level=warning", {"node": NODE}, {"node": NODE, "level": "error"}),
    ],
)
def test_lines_that_are_left_out_are_no_news(viewer, job, query, other, wanted):
    wait = put_aside(viewer, job, f"after=5&wait=25&{query}")
    add_events(job, ["chatter"], **other)
    assert not news(wait) and wait.watch and wait.watch.seen == 6
    add_events(job, ["what was asked for"], **wanted)
    assert news(wait)
    answer = ask(viewer, job, f"after=5&wait=25&{query}", wait).json()
    assert [event["seq"] for event in answer["events"]] == [7] and answer["last_seq"] == 7


def test_the_position_moves_past_what_was_left_out(viewer, job):
    wait = put_aside(viewer, job, "after=5&wait=25&level=error")
    add_events(job, ["chatter"])
    assert not news(wait)
    wait.over = True
    assert ask(viewer, job, "after=5&wait=25&level=error", wait).json()["last_seq"] == 6


def test_many_who_wait_cost_two_queries(job, django_assert_num_queries):
    watches = [Watch(job.pk, "running", 5, {"node": f"172.16.80.{n}", "level": ""}) for n in range(1, 100)]
    watches += [Watch(job.pk, "running", 5, {}) for _ in range(100)]
    add_events(job, ["one", "two"], node=NODE)
    with django_assert_num_queries(2):
        assert len(with_news(watches)) == 101


def test_more_lines_than_are_compared_are_news_for_everybody(job, monkeypatch):
    monkeypatch.setattr("jobs.notifications._COMPARED", 3)
    add_events(job, ["chatter"] * 4)
    assert len(with_news([Watch(job.pk, "running", 5, {"level": "error"})])) == 1


@pytest.mark.remedy("W03")
def test_an_account_has_a_bound_and_so_have_all(clients, job, desk, monkeypatch):
    monkeypatch.setattr(long_poll, "PER_PERSON", 2)
    monkeypatch.setattr(long_poll, "IN_ALL", 3)
    first, _ = put_aside(clients[VIEWER], job), put_aside(clients[VIEWER], job)
    refused = ask(clients[VIEWER], job, "after=5&wait=25", Wait())
    assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert refused["Content-Type"] == "application/problem+json"
    [finding] = refused.json()["findings"]
    assert (
        finding["code"] == "W03" and "2 requests waiting for news" in finding["detail"] and finding["remedy"]
    )
    put_aside(clients["operator"], job)
    refused = ask(clients["operator"], job, "after=5&wait=25", Wait())
    assert refused.status_code == 429 and refused.json()["findings"][0]["code"] == "W03"
    assert isinstance(ask(clients[VIEWER], job, "after=5&wait=25", first), Later), "who has a place keeps it"
    desk.leave(first)
    put_aside(clients["operator"], job)
    assert ask(clients["operator"], job, "after=5", None).status_code == 200, (
        "who does not wait needs no place"
    )


def test_who_may_not_look_is_not_put_aside(clients, job, desk):
    assert ask(clients["nobody"], job, "after=5&wait=25", Wait()).status_code == 403
    assert ask(clients["anonymous"], job, "after=5&wait=25", Wait()).status_code == 401 and not desk.waiting


@pytest.mark.parametrize("end", ["revoked", "expired", "closed"])
def test_a_token_that_ends_ends_the_waiting(job, end):
    user = make_user("olga", VIEWER)
    client = APIClient(HTTP_AUTHORIZATION=f"Token {issue_token(user=user, actor=SYSTEM).key}")
    wait, other = put_aside(client, job), Wait()
    assert wait.token and not wait.session and signed_out([wait, other]) == set()
    if end == "revoked":
        AccessToken.objects.all().delete()
    elif end == "expired":
        AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)
    assert signed_out([wait, other]) == {wait}
    assert ask(client, job, "after=5&wait=25", wait).status_code == 401


def test_a_session_that_ends_ends_the_waiting(job):
    client = Client()
    client.force_login(make_user("olga", VIEWER))
    wait = put_aside(client, job)
    assert wait.session and not wait.token and signed_out([wait]) == set()
    Session.objects.all().delete()
    assert signed_out([wait]) == {wait}
    assert ask(client, job, "after=5&wait=25", wait).status_code == 401


def test_the_watcher_finds_whose_waiting_is_over(viewer, job):
    watcher = Watcher(lambda found: None)
    quiet, late, new = (
        put_aside(viewer, job, f"after=5&wait=25&level={name}") for name in ("error", "error", "info")
    )
    assert watcher.look([quiet, late, new]) == set()
    late.until = time.monotonic()
    add_events(job, ["news"])
    assert watcher.look([quiet, late, new]) == {late, new}


def test_without_such_a_server_it_is_answered_at_once(viewer, job):
    assert ask(viewer, job, "after=5&wait=25", None).json() == {
        "events": [],
        "last_seq": 5,
        "status": "running",
    }
    head = viewer.head(f"/api/v1/jobs/{job.job_id}/events/?after=5&wait=25")
    assert head.status_code == 200


@pytest.mark.parametrize("query", ["limit=3", "limit=100", "limit=7&level=warning", "after=6&limit=5"])
def test_a_long_answer_is_streamed_with_the_same_content(viewer, job, monkeypatch, query):
    add_events(job, ['odd \u4e2d " line'] * 3)
    add_events(job, ["warned"] * 4, level="warning")
    whole = ask(viewer, job, query, None)
    monkeypatch.setattr(endpoint, "STREAMED_LINES", 0)
    monkeypatch.setattr("jobs.queries._AT_ONCE", 2)
    streamed = ask(viewer, job, query, None)
    assert streamed.streaming and not whole.streaming
    assert (
        json.loads(streamed.getvalue()) == whole.json() and streamed["Content-Type"] == whole["Content-Type"]
    )


def test_a_stream_that_breaks_off_is_no_document(viewer, job, monkeypatch):
    monkeypatch.setattr(endpoint, "STREAMED_LINES", 0)
    monkeypatch.setattr("jobs.queries._AT_ONCE", 2)
    pieces = iter(ask(viewer, job, "", None).streaming_content)
    got = next(pieces) + next(pieces)
    Event.objects.all().delete()
    Job.objects.all().delete()
    with pytest.raises(Job.DoesNotExist):
        got += b"".join(pieces)
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(got)
