"""Remedies about accounts, tokens and locked passwords are followed as printed."""

from __future__ import annotations

import getpass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from common.actor import Actor
from installer import tokens
from tests.factories import make_user
from tests.lab.installer.remedies.faces import refused_over_rest, sent
from tests.lab.installer.remedies.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {"username": "olga", "password": "only-for-tests-1"}


def tries(password: str, times: int = 1) -> int:
    """Sign in that many times; return the last status."""
    for _ in range(times):
        answer = APIClient().post("/api/v1/token/", {**GOOD, "password": password}, REMOTE_ADDR="192.0.2.1")
    return int(answer.status_code)


@pytest.mark.remedy("U10")
def test_it_is_not_that_name_that_is_locked(stage: Stage) -> None:
    make_user("olga", "viewer")
    assert tries("wrong", 11) == 429 == tries(GOOD["password"])
    remedy = stage.refused("U10", "unlock_sign_in", "--user", "olag")
    assert "unlock_sign_in without options removes every lock" in remedy
    stage.does("unlock_sign_in")
    assert tries(GOOD["password"]) == 200


@pytest.mark.remedy("U10")
def test_nobody_is_locked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    make_user("olga", "viewer")
    assert tries("forgotten") == 400
    remedy = stage.refused("U10", "unlock_sign_in")
    assert "without options" not in remedy, "that was tried just now"
    monkeypatch.setattr(getpass, "getpass", lambda prompt: "a new one for olga")
    stage.follow(remedy, "changepassword", NAME="olga")
    assert tries("a new one for olga") == 200


def tokens_of(person: User) -> None:
    """Make as many tokens as an account may have."""
    for number in range(tokens.MAX_PER_ACCOUNT):
        tokens.issue_token(user=person, actor=Actor("olga", "api"), name=f"script {number}")


@pytest.mark.remedy("U11")
def test_an_account_with_too_many_tokens(stage: Stage) -> None:
    tokens_of(make_user("olga", "viewer"))
    command = "create_token", "olga"
    remedy = stage.refused("U11", *command)
    unused = [row for row in stage.follow(remedy, "list_tokens").json if row["last_used_at"] is None]
    stage.follow(remedy, "revoke_token", unused[0]["token_id"])
    stage.does(*command)


@pytest.mark.remedy("U11")
def test_an_account_with_too_many_tokens_over_rest(db: None) -> None:
    person = make_user("olga", "viewer")
    tokens_of(person)
    client = APIClient()
    remedy = refused_over_rest("U11", client, "token/", GOOD)
    assert "DELETE /api/v1/tokens/ID/" in remedy
    client.force_authenticate(person)
    oldest = sent(client, "tokens/?ordering=created_at", verb="get")["results"][0]
    sent(client, f"tokens/{oldest['token_id']}/", verb="delete")
    assert sent(APIClient(), "token/", GOOD)["token"]


@pytest.mark.remedy("U13")
def test_an_account_that_is_written_another_way(stage: Stage, client: Client) -> None:
    make_user("olga", "viewer")
    assert stage.refused("U13", "create_token", "Olga") == "the Users page lists all accounts"
    client.force_login(make_user("root", superuser=True))
    page = client.get(reverse("admin:auth_user_changelist")).content.decode()
    assert ">olga<" in page
    stage.does("create_token", "olga")


@pytest.mark.remedy("U13")
def test_there_is_no_account_at_all(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    remedy = stage.refused("U13", "create_token", "olga")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long one for olga")
    options = ("--noinput", "--username", "olga", "--email", "olga@example.com")
    stage.follow(remedy, "createsuperuser", *options)
    stage.does("create_token", "olga")


@pytest.mark.remedy("U14")
def test_a_request_without_a_token_has_none_to_end(db: None) -> None:
    make_user("olga", "viewer")
    made: Any = sent(APIClient(), "token/", GOOD)
    client = APIClient()
    assert client.login(**GOOD)
    remedy = refused_over_rest("U14", client, "token/", verb="delete")
    [method, path] = remedy.split()[:2]
    assert method == "DELETE"
    [row] = sent(client, path.removeprefix("/api/v1/").replace("ID/", ""), verb="get")["results"]
    sent(client, path.removeprefix("/api/v1/").replace("ID", row["token_id"]), verb="delete")
    refused = APIClient(HTTP_AUTHORIZATION=f"Token {made['token']}").delete("/api/v1/token/")
    assert refused.status_code == 401
