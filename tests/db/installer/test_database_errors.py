"""A database that cannot be used: pages and REST say in a sentence what helps, without details of it."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client
from django.urls import reverse

from installer.database_errors import remedy
from jobs.models import Job
from tests.factories import make_job, make_user

MIGRATE = "run python manage.py migrate on the installer"


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["page", "list", "api"])
def test_a_database_older_than_the_code(place: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_user(group="viewer"))
    job = make_job()
    places = {
        "page": reverse("admin:jobs_job_change", args=[job.job_id]),
        "list": reverse("admin:jobs_job_changelist"),
        "api": f"/api/v1/jobs/{job.job_id}/",
    }
    assert client.get(places[place]).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_job RENAME COLUMN paused_by TO held_by")
    answer = client.get(places[place])
    text = answer.content.decode()
    assert answer.status_code == 503 and MIGRATE in text, text
    assert "paused_by" not in text and "Traceback" not in text
    assert answer["Content-Type"].startswith("application/problem+json" if place == "api" else "text/html")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("no such table: jobs_job"), MIGRATE),
        (OperationalError("database or disk is full"), "disk of the database is full: free some space"),
        (OperationalError("database is locked"), "busy"),
        (
            OperationalError('connection to server at "db1", user "ops" failed'),
            "check that its server is running",
        ),
        (InterfaceError("connection already closed"), "check that its server is running"),
    ],
)
def test_what_helps(error: Exception, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_user(group="viewer"))
    job = make_job()

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Job, "from_db", fail)
    for place in (reverse("admin:jobs_job_change", args=[job.job_id]), f"/api/v1/jobs/{job.job_id}/"):
        answer = client.get(place)
        text = answer.content.decode()
        assert answer.status_code == 503 and said in text, (place, text)
        assert "db1" not in text and "ops" not in text


def test_other_faults_are_not_the_databases() -> None:
    assert remedy(ValueError("x")) == remedy(None) == ""
    assert remedy(ProgrammingError("syntax error at or near")) == ""
