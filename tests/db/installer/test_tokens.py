"""Tokens: kept as digests; they expire, end with the password, are listed and revoked on all three faces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from common.models import AuditEntry
from installer import tokens
from installer.groups import APPROVER, VIEWER
from installer.models import AccessToken
from tests.factories import make_user

pytestmark = pytest.mark.django_db
GOOD = {"username": "olga", "password": "only-for-tests-1"}


@pytest.fixture
def person() -> User:
    return make_user("olga", VIEWER)


def new(**more: Any) -> dict[str, Any]:
    answer = APIClient().post("/api/v1/token/", {**GOOD, **more})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def sent_with(key: str) -> APIClient:
    return APIClient(HTTP_AUTHORIZATION=f"Token {key}")


def status(key: str) -> int:
    return int(sent_with(key).get("/api/v1/nodes/").status_code)


def test_only_the_digest_is_kept(person):
    key = new()["token"]
    token = AccessToken.objects.get()
    row = " ".join(str(getattr(token, field.attname)) for field in AccessToken._meta.fields)
    assert key not in row and key[9:] not in row and token.digest == tokens.digest(key) != key
    entries = " ".join(f"{entry.subject} {entry.detail}" for entry in AuditEntry.objects.all())
    assert key[9:] not in entries
    assert status(key) == 200 and status(key[:-1]) == 401 and status(token.digest) == 401


def test_each_one_is_its_own(person):
    first, second = new()["token"], new()["token"]
    assert first != second and status(first) == status(second) == 200
    assert sent_with(first).delete("/api/v1/token/").status_code == 204
    assert status(first) == 401 and status(second) == 200


def test_it_expires(person, settings):
    settings.INSTALLER_TOKEN_DAYS = 2
    key, short = new()["token"], new(days=1)["token"]
    AccessToken.objects.update(expires_at=timezone.now() + timedelta(seconds=60))
    assert status(key) == 200
    AccessToken.objects.filter(digest=tokens.digest(short)).update(expires_at=timezone.now())
    assert status(short) == 401 and status(key) == 200


@pytest.mark.parametrize(("days", "wanted"), [(None, 90), (1, 1), (365, 365)])
def test_how_long_it_lasts(person, days, wanted):
    new(**({"days": days} if days else {}))
    left = AccessToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=wanted - 1, hours=23) < left <= timedelta(days=wanted)


@pytest.mark.parametrize("days", [0, -1, 3651, "x", 1.5])
def test_a_lifetime_that_is_none_is_refused(person, days):
    assert APIClient().post("/api/v1/token/", {**GOOD, "days": days}).status_code == 400


def test_it_ends_with_a_changed_password_however_it_was_changed(person):
    key = new()["token"]
    person.set_password("another one 2")
    person.save()
    assert status(key) == 401
    assert tokens.token_json(AccessToken.objects.get())["ended"] == "the password was changed"


def test_it_goes_on_when_the_same_password_is_hashed_anew(person, settings):
    """Keep the token when a new version of Django hashes the same password with more rounds at sign-in."""
    key = new()["token"]
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    old = person.password
    new()
    person.refresh_from_db()
    assert person.password != old and status(key) == 200


def test_it_ends_with_the_account(person):
    key = new()["token"]
    person.is_active = False
    person.save()
    assert status(key) == 401
    person.delete()
    assert status(key) == 401 and not AccessToken.objects.exists()


def test_when_it_was_used_last_is_known_to_the_minute(person):
    key = new()["token"]
    assert AccessToken.objects.get().last_used_at is None
    status(key)
    first = AccessToken.objects.get().last_used_at
    assert first and timezone.now() - first < timedelta(minutes=1)
    status(key)
    assert AccessToken.objects.get().last_used_at == first, "not written with every request"


def test_an_account_has_so_many_and_no_more(person, monkeypatch):
    monkeypatch.setattr(tokens, "MAX_PER_ACCOUNT", 2)
    new()
    key = new()["token"]
    refused = APIClient().post("/api/v1/token/", GOOD)
    assert refused.status_code == 400 and refused.json()["findings"][0]["code"] == "U11"
    sent_with(key).delete("/api/v1/token/")
    new()
    AccessToken.objects.update(expires_at=timezone.now())
    new()
    assert AccessToken.objects.count() == 1, "what expired does not count"


def test_a_session_has_no_token_to_end(person):
    client = APIClient()
    client.force_login(person)
    assert client.delete("/api/v1/token/").json()["findings"][0]["code"] == "U14"


def test_one_lists_and_revokes_ones_own(person):
    other = make_user("hans", APPROVER)
    theirs = tokens.issue_token(user=other, actor=_actor()).token
    made = new(name="nightly export")
    client = sent_with(made["token"])
    [row] = client.get("/api/v1/tokens/").json()["results"]
    assert row["token_id"] == made["token_id"] and row["name"] == "nightly export"
    assert row["prefix"] == made["token"][:9] and row["ended"] == "" and row["last_used_at"]
    assert "digest" not in row and made["token"] not in str(row)
    assert client.delete(f"/api/v1/tokens/{theirs.token_id}/").status_code == 404
    assert client.delete(f"/api/v1/tokens/{made['token_id']}/").status_code == 204
    assert status(made["token"]) == 401 and AccessToken.objects.get() == theirs


def test_an_administrator_sees_and_revokes_all(person):
    new()
    boss = APIClient()
    boss.force_login(make_user("boss", superuser=True))
    [row] = boss.get("/api/v1/tokens/").json()["results"]
    assert row["user"] == "olga"
    assert boss.delete(f"/api/v1/tokens/{row['token_id']}/").status_code == 204


def _actor() -> Any:
    from common.actor import Actor

    return Actor("ann", "command")


def test_commands_make_list_and_revoke(person, run):
    made = run("create_token", "olga", "--name", "cron", "--days", "7")
    key = made.out.strip()
    assert made.code == 0 and status(key) == 200 and key not in made.err
    [row] = run("list_tokens", "--user", "olga", "--format", "json").json
    assert row["name"] == "cron" and key not in str(row)
    assert run("list_tokens", tty=True).out.count("cron") == 1
    assert run("revoke_token", row["token_id"]).code == 0 and status(key) == 401
    assert run("revoke_token", row["token_id"]).code == 2
    assert run("create_token", "nobody").code == 2 and run("list_tokens", "--user", "nobody").code == 2
    for days in ("0", "3651", "soon", "9" * 5000):
        refused = run("create_token", "olga", "--days", days)
        assert refused.code == 2 and "from 1 to 3650" in refused.err


def test_the_page_asks_for_the_password_and_shows_it_once(person, client: Client):
    client.force_login(person)
    url = "/admin/installer/accesstoken/new/"
    form = {"name": "browser made", "days": "5", "password": "wrong"}
    assert b"This is not your password" in client.post(url, form).content
    assert not AccessToken.objects.exists()
    page = client.post(url, {**form, "password": GOOD["password"]}).content.decode()
    key = page.partition('id="token">')[2].partition("<")[0]
    assert status(key) == 200
    listed = client.get("/admin/installer/accesstoken/").content.decode()
    assert "browser made" in listed and key not in listed and key[:9] in listed
    token = AccessToken.objects.get()
    client.post("/admin/installer/accesstoken/", {"action": "revoke", "_selected_action": [token.pk]})
    assert status(key) == 401


def test_the_page_counts_tries_too(person, client: Client):
    client.force_login(person)
    for _ in range(11):
        page = client.post(
            "/admin/installer/accesstoken/new/", {"name": "x", "days": "5", "password": "wrong"}
        )
    assert b"locked for" in page.content


def test_the_page_lists_ones_own_only(person, client: Client):
    other = tokens.issue_token(user=make_user("hans", APPROVER), actor=_actor(), name="of-hans").token
    client.force_login(person)
    assert b"of-hans" not in client.get("/admin/installer/accesstoken/").content
    client.post("/admin/installer/accesstoken/", {"action": "revoke", "_selected_action": [other.pk]})
    assert AccessToken.objects.filter(pk=other.pk).exists()


def test_making_and_ending_is_in_the_audit(person, run):
    key = new(name="x")["token"]
    sent_with(key).delete("/api/v1/token/")
    rows = AuditEntry.objects.filter(verb__endswith="_token").order_by("id")
    assert [(row.actor, row.verb, row.subject, row.detail["name"]) for row in rows] == [
        ("olga", "create_token", "olga", "x"),
        ("olga", "revoke_token", "olga", "x"),
    ]
