"""Tokens, health, and malformed bodies."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from installer.groups import VIEWER
from installer.models import AccessToken
from jobs import liveness
from jobs.engine.claims import database_now
from jobs.models import Worker
from tests.factories import make_user

pytestmark = pytest.mark.django_db
GOOD = {"username": "olga", "password": "only-for-tests-1"}


@pytest.fixture
def person():
    return make_user("olga", VIEWER)


def test_a_token_lets_in_until_it_is_taken_back(person):
    client = APIClient()
    token = client.post("/api/v1/token/", GOOD).json()["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/nodes/").status_code == 200
    assert client.delete("/api/v1/token/").status_code == 204
    refused = client.get("/api/v1/nodes/")
    assert refused.status_code == 401 and refused["Content-Type"] == "application/problem+json"
    assert client.post("/api/v1/token/", GOOD).json()["token"] != token, (
        "an old token does not hinder a new one"
    )


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_token_is_asked_for_as_people_do(person, kind):
    body = json.dumps(GOOD) if "json" in kind else "username=olga&password=only-for-tests-1"
    answer = APIClient().generic("POST", "/api/v1/token/", body, content_type=kind)
    assert answer.status_code == 200 and answer.json()["token"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "olga"},
        {**GOOD, "password": "wrong"},
        {**GOOD, "username": "nobody"},
        [],
        {"username": {}},
    ],
)
def test_wrong_logins_get_no_token(person, body):
    answer = APIClient().post("/api/v1/token/", body)
    assert answer.status_code == 400 and not AccessToken.objects.exists()


def test_a_login_page_that_was_opened_by_itself_leads_to_the_dashboard(person, client):
    assert client.post("/admin/login/", GOOD)["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 200_000, 400),
        (b'{"addresses": [' + b"1" * 5000 + b"]}", 400),
        (b'{"addresses": NaN}', 400),
        (b'{"addresses": ["' + b"x" * 6_000_000 + b'"]}', 413),
    ],
    ids=["nothing", "half", "no text", "deep", "long number", "NaN", "large"],
)
def test_bodies_that_nobody_should_send(operator, body, status):
    answer = operator.generic("POST", "/api/v1/nodes/", body, content_type="application/json")
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"


def test_a_form_of_more_fields_than_anybody_needs(operator):
    fields = {f"field{number}": "1" for number in range(1100)}
    answer = operator.post("/api/v1/nodes/import/", fields, format="multipart")
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    assert "too many fields" in answer.json()["detail"]


def test_every_400_has_findings(operator):
    for body in ("nope", '{"addresses":', "NaN", "[" * 100_000):
        answer = operator.post("/api/v1/nodes/", body, content_type="application/json")
        [finding] = answer.json()["findings"]
        assert answer.status_code == 400 and set(finding) == {"code", "field", "detail"}
        assert finding["code"] == "parse_error" and finding["detail"] == answer.json()["detail"]


def test_a_refusal_is_json_where_the_answer_is_not(client):
    for path in ("/api/schema/", "/api/v1/zones/pek3c/vbc-routes/", "/api/v1/jobs/j-00000000/log/"):
        answer = client.get(path)
        assert answer.status_code == 401 and answer["Content-Type"] == "application/problem+json"
        assert json.loads(answer.content)["status"] == 401, path


def test_who_may_not_look_is_told_of_the_group_for_that(db):
    stranger = APIClient()
    stranger.force_authenticate(make_user("stranger"))
    refused = [stranger.get("/api/v1/nodes/"), stranger.post("/api/v1/nodes/", {})]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert "group viewer" in refused[0].json()["detail"] and "operator" in refused[1].json()["detail"]


def test_a_length_that_is_no_number(operator):
    answer = operator.generic(
        "POST", "/api/v1/nodes/", b"{}", content_type="application/json", CONTENT_LENGTH="-5"
    )
    assert answer.status_code in (400, 413)


def test_other_kinds_of_bodies_are_refused(operator):
    answer = operator.generic("POST", "/api/v1/nodes/", b"<a/>", content_type="application/xml")
    assert answer.status_code == 415 and answer["Content-Type"] == "application/problem+json"


def test_addresses_that_do_not_exist(operator):
    for path in ("/api/v1/nothing/", "/api/v1/jobs/a%00b/", "/api/v2/"):
        answer = operator.get(path)
        assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"
    assert operator.put("/api/v1/nodes/", {}).status_code == 405


def test_a_database_that_is_away(operator, monkeypatch):
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection to db.internal as olga failed")

    monkeypatch.setattr("installer.api.jobs.views.find_job", away)
    answer = operator.get("/api/v1/jobs/j-12345678/")
    assert answer.status_code == 503 and b"olga" not in answer.content


def test_healthz_needs_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert answer.status_code == 200 and answer.json() == {"status": "ok"}
    assert client.post("/healthz").status_code == 405


def test_readyz_wants_a_worker(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "manage.py qcluster" in answer.json()["worker"]
    assert answer.json()["database"] == "ok"
    Worker.objects.create(name="w", host="h", pid=1, heartbeat_at=database_now())
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["workers"] == 1
    assert "no-cache" in answer["Cache-Control"]


def test_readyz_wants_a_database(client, monkeypatch):
    def away() -> int:
        raise OperationalError("connection to db.internal as olga failed")

    monkeypatch.setattr(liveness, "alive", away)
    monkeypatch.setattr("installer.health.connection.close", lambda: None)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["worker"] == "unknown"
    assert "olga" not in json.dumps(answer.json()) and "migrate" in answer.json()["database"]
