"""Long requests: limited for each person and in total, and every place is released."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from installer import slots
from installer.groups import VIEWER
from jobs.models import Job
from tests.factories import add_events, make_job, make_node, make_user

pytestmark = pytest.mark.django_db


def taken() -> int:
    return slots._places.taken.total()


@pytest.fixture
def job() -> Job:
    job = make_job([make_node(1)])
    add_events(job, ["begun"] * 1001)
    return job


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill every place with other requests."""
    for number in range(slots._places.in_all):
        slots._places.taken[f"user of another {number}"] += 1


def long_ones(job: Job) -> list[tuple[str, str, dict[str, Any]]]:
    """Return method, path and body of the long requests of REST."""
    base = "/api/v1"
    return [
        ("get", f"{base}/jobs/{job.job_id}/events/?limit=5000", {}),
        ("get", f"{base}/jobs/{job.job_id}/log/", {}),
        ("get", f"{base}/nodes/export/", {}),
    ]


def test_no_place_is_429_with_the_time(viewer, job, full):
    for method, path, body in long_ones(job):
        answer = getattr(viewer, method)(path, body)
        assert answer.status_code == 429 and answer["Retry-After"] == "5", path
        assert answer["Content-Type"] == "application/problem+json"
    assert viewer.get(f"/api/v1/jobs/{job.job_id}/events/").status_code == 200, "that does not wait"
    assert viewer.get("/api/v1/jobs/").status_code == 200


def test_one_person_leaves_places_to_others(clients, job):
    person = User.objects.get(username="viewer-person")
    slots._places.taken[f"user {person.pk}"] = slots.PER_PERSON
    path = f"/api/v1/jobs/{job.job_id}/log/"
    refused = clients[VIEWER].get(path)
    assert refused.status_code == 429 and "You have 4 long requests running" in refused.json()["detail"]
    assert clients["operator"].get(path).status_code == 200


def test_places_are_given_back(viewer, job):
    for method, path, body in long_ones(job) * 5:
        answer = getattr(viewer, method)(path, body)
        assert answer.status_code == 200
        if answer.streaming:
            assert taken() == 1, "as long as it is sent"
            b"".join(answer.streaming_content)
        assert taken() == 0, path


def test_a_failure_gives_its_place_back(viewer, job, monkeypatch):
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("installer.api.jobs.views.log_file", broken)
    viewer.raise_request_exception = False
    assert viewer.get(f"/api/v1/jobs/{job.job_id}/log/").status_code == 500 and taken() == 0


def test_pages_say_it_in_a_sentence(client: Client, job, full):
    client.force_login(make_user("olga", VIEWER))
    page = client.get(f"/admin/jobs/job/{job.job_id}/log/")
    assert (
        page.status_code == 429 and page["Retry-After"] == "5" and b"busy with long requests" in page.content
    )
    assert client.get(f"/admin/jobs/job/{job.job_id}/").status_code in (200, 302)


def test_who_may_not_look_takes_no_place(clients, job):
    assert clients["nobody"].get(f"/api/v1/jobs/{job.job_id}/log/").status_code == 403 and taken() == 0


def test_never_more_than_half_of_the_threads(monkeypatch):
    monkeypatch.setattr(slots._places, "in_all", 8)
    slots.share(4)
    assert slots._places.in_all == 2
    slots.share(1)
    assert slots._places.in_all == 1
