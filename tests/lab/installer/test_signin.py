"""Password tries are limited and counted in the database, over all faces and processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from common.actor import Actor
from common.models import AuditEntry
from installer.models import TryCount
from installer.signin import LIMITS, sign_in
from tests.factories import make_user

GOOD = {"username": "olga", "password": "only-for-tests-1"}
WRONG = {**GOOD, "password": "wrong"}
TOKEN, PAGE = "/api/v1/token/", "/admin/login/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make_user("olga", superuser=True)


def post(path: str, body: dict[str, str], address: str = "192.0.2.1") -> Any:
    return (APIClient() if path == TOKEN else Client()).post(path, body, REMOTE_ADDR=address)


def later(**by: float) -> None:
    """Let that much time seem to have passed."""
    for row in TryCount.objects.all():
        for name in ("since", "locked_until", "known_until"):
            if getattr(row, name):
                setattr(row, name, getattr(row, name) - timedelta(**by))
        row.save()


def verbs(*names: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(verb__in=names).order_by("id"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", [TOKEN, PAGE])
def test_of_40_tries_at_once_ten_are_let_through(path):
    make_user("olga")

    def one(number: int) -> int:
        try:
            return int(post(path, WRONG).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(40)))
    passed = [status for status in answers if status != 429]
    assert len(passed) == 10 and set(passed) == {400 if path == TOKEN else 200}


@pytest.mark.parametrize("path", [TOKEN, PAGE])
def test_a_list_of_names_from_one_address_is_held_up(person, path):
    answers = [post(path, {"username": f"name{number}", "password": "x"}).status_code for number in range(30)]
    assert answers.count(429) == 10 and set(answers[20:]) == {429}
    assert post(path, GOOD).status_code == 429, "whatever the name"
    assert post(path, GOOD, "198.51.100.7").status_code in (200, 302), "elsewhere nobody is held up"


def test_one_name_from_many_addresses_is_held_up_and_its_owner_is_not(person):
    desk = "198.51.100.7"
    assert post(TOKEN, GOOD, desk).status_code == 200
    answers = [post(TOKEN, WRONG, f"192.0.2.{number}").status_code for number in range(60)]
    assert answers == [400] * 50 + [429] * 10
    assert post(TOKEN, GOOD, "203.0.113.1").status_code == 429, (
        "even with the right password from a new place"
    )
    assert post(PAGE, GOOD, desk).status_code == 302, "from where somebody signed in before it goes on"


def test_strangers_behind_the_owners_address_do_not_lock_the_owner_out(person):
    """Keep the owner signed in where everyone has one address: a bastion host, or a proxy not configured here."""
    assert post(TOKEN, GOOD).status_code == 200
    assert [post(TOKEN, {**WRONG, "username": f"n{number}"}).status_code for number in range(25)].count(
        429
    ) == 5
    assert post(TOKEN, GOOD).status_code == 200


def test_both_faces_count_together(person):
    assert [post(TOKEN, WRONG).status_code for _ in range(5)] == [400] * 5
    assert [post(PAGE, WRONG).status_code for _ in range(6)] == [200] * 5 + [429]
    assert post(TOKEN, GOOD).status_code == 429


def test_the_page_and_the_answer_say_how_long(person):
    for _ in range(10):
        post(PAGE, WRONG)
    page = post(PAGE, GOOD)
    assert page.status_code == 429 and 0 < int(page["Retry-After"]) <= 60
    text = page.content.decode()
    assert "locked for" in text and "unlock_sign_in" in text and 'name="password"' in text
    answer = post(TOKEN, GOOD)
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    assert answer["Content-Type"] == "application/problem+json" and "locked for" in answer.json()["detail"]


def test_a_lock_ends_by_itself_and_the_next_one_is_longer(person):
    waits = []
    for _ in range(9):
        for _ in range(10):
            assert post(TOKEN, WRONG, "192.0.2.9").status_code == 400
            TryCount.objects.exclude(kind=TryCount.Kind.PAIR).update(tries=0)
        waits.append(int(post(TOKEN, WRONG, "192.0.2.9")["Retry-After"]))
        later(seconds=waits[-1] + 1)
    assert waits[:4] == pytest.approx([60, 120, 240, 480], abs=5) and waits[-1] <= 3600
    assert post(TOKEN, GOOD, "192.0.2.9").status_code == 200, "a lock is never for ever"


def test_what_was_right_does_not_count(person):
    for _ in range(40):
        assert post(TOKEN, WRONG).status_code == 400
        assert post(PAGE, GOOD).status_code == 302


def test_the_last_try_takes_its_lock_off_when_it_is_right(person):
    assert [post(TOKEN, WRONG).status_code for _ in range(9)] == [400] * 9
    assert post(TOKEN, GOOD).status_code == 200
    assert post(TOKEN, WRONG).status_code == 400
    assert not TryCount.objects.filter(locked_until__gt=timezone.now()).exists()


@pytest.mark.parametrize("name", ["Olga", "OLGA", " olga ", "ｏｌｇａ"])
def test_another_spelling_is_no_other_name(person, name):
    for _ in range(10):
        post(TOKEN, WRONG)
    assert post(TOKEN, {**WRONG, "username": name}).status_code == 429


def test_one_ipv6_machine_has_one_address(person):
    answers = [post(TOKEN, WRONG, f"2001:db8:1:1::{number:x}").status_code for number in range(12)]
    assert answers == [400] * 10 + [429] * 2


@pytest.mark.parametrize("name", ["", "x" * 200, "x" * 150, "\N{RIGHT-TO-LEFT OVERRIDE}agol", "olga\x00"])
def test_names_that_nobody_has(person, name):
    for path in (TOKEN, PAGE):
        assert post(path, {**WRONG, "username": name}).status_code in (200, 400)


def test_staff_status_is_part_of_the_log_in(person):
    User.objects.filter(username="olga").update(is_staff=False)
    assert [post(PAGE, GOOD).status_code for _ in range(11)] == [200] * 10 + [429]


def test_a_command_unlocks(person, run):
    for _ in range(10):
        post(TOKEN, WRONG)
    assert run("unlock_sign_in", "--user", "hans").code == 2
    assert run("unlock_sign_in", "--user", "olga", "--address", "192.0.2.2").code == 2
    result = run("unlock_sign_in", "--user", "Olga", "--address", "192.0.2.1")
    assert result.code == 0 and "1 lock removed" in result.err
    assert post(TOKEN, GOOD).status_code == 200
    [entry] = verbs("unlock_sign_in")
    assert entry.via == "command" and entry.detail == {"address": "192.0.2.1"}
    nothing = run("unlock_sign_in")
    assert nothing.code == 2 and "U10" in nothing.err


def test_what_decides_nothing_any_more_is_forgotten(person):
    for number in range(15):
        post(TOKEN, {"username": f"made-up-{number}", "password": "x"})
    later(days=2)
    post(TOKEN, GOOD, "198.51.100.7")
    assert not TryCount.objects.filter(account__startswith="made-up").exists()


def test_sign_ins_are_in_the_audit_with_the_address(person):
    post(PAGE, GOOD)
    post(TOKEN, GOOD, "2001:db8::1")
    post(TOKEN, WRONG)
    rows = [
        (entry.actor, entry.via, entry.address, entry.verb, entry.subject)
        for entry in verbs("sign_in", "sign_in_failed")
    ]
    assert rows == [
        ("olga", "admin", "192.0.2.1", "sign_in", "olga"),
        ("olga", "api", "2001:db8::1", "sign_in", "olga"),
        ("unknown", "api", "192.0.2.1", "sign_in_failed", "olga"),
    ]


def test_what_was_typed_into_the_wrong_field_is_not_kept(person):
    post(PAGE, {"username": "My-Secret-Pass-1", "password": "olga"})
    [entry] = verbs("sign_in_failed")
    assert entry.subject == "" and entry.detail == {"name": "no such account"}
    assert not AuditEntry.objects.filter(subject__icontains="secret").exists()


def test_a_lock_is_in_the_audit_once(person):
    for _ in range(14):
        post(TOKEN, WRONG)
    [entry] = verbs("sign_in_locked")
    assert entry.subject == "olga" and entry.detail["what"] == "pair" and "UTC" in entry.detail["until"]


def test_failures_do_not_fill_the_audit(person):
    for number in range(700):
        actor = Actor("", "api", f"10.1.{number // 250}.{number % 250}")
        assert sign_in(name=f"n{number}", password="x", actor=actor) is None
    assert len(verbs("sign_in_failed")) == 500
    assert "not recorded individually" in verbs("sign_in_failed")[-1].detail["and"]


def test_a_session_ends_with_the_password(person, client):
    client.post(PAGE, GOOD)
    assert client.get("/admin/").status_code == 200
    person.set_password("another one 2")
    person.save()
    assert client.get("/admin/").status_code == 302


def test_the_limits_hold_what_the_documents_say():
    told = {kind.value: (limit.tries, limit.first, limit.longest) for kind, limit in LIMITS.items()}
    hour = timedelta(hours=1)
    assert told == {
        "pair": (10, timedelta(minutes=1), hour),
        "address": (20, timedelta(minutes=5), hour),
        "account": (50, timedelta(minutes=5), hour),
    }
