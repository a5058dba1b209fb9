"""The audit also records who may sign in, what they may do, and what they were refused."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client

from common.errors import Denied
from common.messages import message
from common.models import AuditEntry
from installer.groups import APPROVER, OPERATOR, VIEWER
from tests.factories import make_node, make_sound_plan, make_user, make_zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(make_user("boss", superuser=True))
    return client


def rows(*verbs: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(verb__in=verbs).order_by("id"))


def user_form(user: User, **more: Any) -> dict[str, Any]:
    return {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "groups": [group.pk for group in user.groups.all()],
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
        **more,
    }


def test_a_new_account_and_its_group(boss):
    operator = Group.objects.get(name=OPERATOR)
    answer = boss.post(
        "/admin/auth/user/add/",
        {
            "username": "ann",
            "password1": "only-for-tests-1",
            "password2": "only-for-tests-1",
            "usable_password": "true",
            "is_staff": "on",
            "groups": [operator.pk],
        },
    )
    assert answer.status_code == 302, answer.content
    [entry] = rows("create_user")
    assert (entry.actor, entry.via, entry.subject) == ("boss", "admin", "ann")
    assert (
        entry.detail["groups"] == [OPERATOR] and entry.detail["staff"] and not entry.detail["administrator"]
    )
    assert "only-for-tests" not in str(entry.detail) and "md5" not in str(entry.detail)


def test_what_an_account_may_do_before_and_after(boss):
    ann = make_user("ann", VIEWER)
    form = user_form(ann, groups=[Group.objects.get(name=APPROVER).pk], is_superuser="on")
    assert boss.post(f"/admin/auth/user/{ann.pk}/change/", form).status_code == 302
    [entry] = rows("change_user")
    assert entry.subject == "ann" and entry.detail == {
        "groups": {"before": [VIEWER], "after": [APPROVER]},
        "administrator": {"before": False, "after": True},
    }


def test_passwords(boss):
    ann = make_user("ann", VIEWER)
    form = {"password1": "another one 2", "password2": "another one 2", "usable_password": "true"}
    assert boss.post(f"/admin/auth/user/{ann.pk}/password/", {**form, "password2": "x"}).status_code == 200
    assert not rows("change_password")
    assert boss.post(f"/admin/auth/user/{ann.pk}/password/", form).status_code == 302
    own = {
        "old_password": "only-for-tests-1",
        "new_password1": "third one 3 x",
        "new_password2": "third one 3 x",
    }
    assert boss.post("/admin/password_change/", {**own, "old_password": "no"}).status_code == 200
    assert boss.post("/admin/password_change/", own).status_code == 302
    assert [(entry.actor, entry.subject) for entry in rows("change_password")] == [
        ("boss", "ann"),
        ("boss", "boss"),
    ]


def test_deletions_one_by_one_and_several(boss):
    ann, tom, eva = (make_user(name) for name in ("ann", "tom", "eva"))
    boss.post(f"/admin/auth/user/{ann.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [tom.pk, eva.pk], "post": "yes"}
    boss.post("/admin/auth/user/", chosen)
    assert not User.objects.filter(username__in=["ann", "tom", "eva"]).exists()
    assert sorted(entry.subject for entry in rows("delete_user")) == ["ann", "eva", "tom"]


def test_groups(boss):
    right = Permission.objects.get(codename="run_verbs")
    boss.post("/admin/auth/group/add/", {"name": "night", "permissions": [right.pk]})
    night = Group.objects.get(name="night")
    boss.post(f"/admin/auth/group/{night.pk}/change/", {"name": "late", "permissions": []})
    boss.post(f"/admin/auth/group/{night.pk}/delete/", {"post": "yes"})
    made, changed, gone = rows("create_group", "change_group", "delete_group")
    assert made.subject == "night" and made.detail["permissions"] == ["jobs.run_verbs"]
    assert changed.detail["permissions"] == {"before": ["jobs.run_verbs"], "after": []}
    assert changed.detail["name"] == {"before": "night", "after": "late"} and gone.subject == "late"


def test_commands_of_accounts(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "root1")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "only-for-tests-1")
    call_command("first_administrator")
    call_command("createsuperuser", "--noinput", "--username", "root2", "--email", "")
    with patch("getpass.getpass", return_value="another one 2"):
        call_command("changepassword", "root2")
    told = [(entry.verb, entry.subject, entry.via) for entry in rows("create_user", "change_password")]
    assert told == [
        ("create_user", "root1", "command"),
        ("create_user", "root2", "command"),
        ("change_password", "root2", "command"),
    ]


def test_refusals_over_rest_and_in_the_browser(clients, client):
    clients[VIEWER].post("/api/v1/nodes/collect/", {"addresses": ["172.16.80.1"]}, REMOTE_ADDR="192.0.2.9")
    clients["nobody"].get("/api/v1/jobs/")
    client.force_login(User.objects.get(username="viewer-person"))
    client.get("/admin/nodes/node/add/")
    clients["anonymous"].get("/api/v1/nodes/")
    told = [(entry.actor, entry.via, entry.subject) for entry in rows("refused")]
    assert told == [
        ("viewer-person", "api", "POST /api/v1/nodes/collect/"),
        ("in-no-group", "api", "GET /api/v1/jobs/"),
        ("viewer-person", "admin", "GET /admin/nodes/node/add/"),
    ]
    assert rows("refused")[0].address == "192.0.2.9"


def test_a_refusal_by_a_token_names_its_person():
    from rest_framework.test import APIClient

    from common.actor import Actor
    from installer.tokens import issue_token

    key = issue_token(user=make_user("olga", VIEWER), actor=Actor("ann", "command")).key
    APIClient(HTTP_AUTHORIZATION=f"Token {key}").post("/api/v1/nodes/", {"addresses": ["172.16.80.1"]})
    [entry] = rows("refused")
    assert (entry.actor, entry.via) == ("olga", "api")


def test_a_refusal_that_a_service_makes(settings, client, run):
    settings.INSTALLER_FOUR_EYES = True
    plan = make_sound_plan(make_zone(), [make_node(1)])
    client.force_login(make_user("olga", APPROVER))  # who made it
    seen = {"decision": "approve", "content_hash": plan.content_hash, "seen_status": plan.status}
    client.post(f"/admin/zones/plan/{plan.plan_id}/decide/", seen)
    [entry] = rows("refused")
    assert entry.actor == "olga" and entry.detail["why"]


def test_a_refusal_of_a_command(run, monkeypatch):
    said = message("X03", "resume", job="j-nothere1")

    def denied(**options: Any) -> None:
        raise Denied(said)

    monkeypatch.setattr("installer.management.commands.pause_job.pause_job", denied)
    assert run("pause_job", "j-nothere1").code == 2
    [entry] = rows("refused")
    assert (entry.via, entry.subject, entry.detail) == (
        "command",
        "pause_job",
        {"why": said.stored()},
    )


def test_refusals_do_not_fill_the_audit(clients):
    for _ in range(60):
        assert clients[VIEWER].post("/api/v1/nodes/", {}).status_code == 403
    found = rows("refused")
    assert len(found) == 20 and "not recorded individually" in found[-1].detail["and"]
    clients["nobody"].get("/api/v1/jobs/")
    assert rows("refused")[-1].actor == "in-no-group", "others are still written down"


def test_a_failing_audit_does_not_turn_a_refusal_into_a_failure(clients, monkeypatch):
    from django.db import OperationalError

    def full(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("installer.auditing.audit.record", full)
    assert clients[VIEWER].post("/api/v1/nodes/", {}).status_code == 403
