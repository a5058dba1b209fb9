"""A person's language and time zone: kept with the account, applied to pages, never to the API."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import LazySettings
from django.test import Client

from installer.groups import VIEWER
from installer.models import Preferences
from tests.factories import make_job, make_node, make_user

pytestmark = pytest.mark.django_db
LANGUAGE = [("en", "English"), ("zh-hans", "Chinese")]


@pytest.fixture
def olga(client: Client, settings: LazySettings) -> Client:
    settings.LANGUAGES = LANGUAGE
    make_user("olga", VIEWER)
    client.post("/admin/login/", {"username": "olga", "password": "only-for-tests-1"})
    return client


def test_what_was_chosen_is_kept_for_the_next_session(olga: Client) -> None:
    olga.post("/admin/preferences/", {"language": "zh-hans", "time_zone": "Asia/Shanghai"})
    again = Client()
    answer = again.post("/admin/login/", {"username": "olga", "password": "only-for-tests-1"}, follow=True)
    assert answer["Content-Language"] == "zh-hans"
    assert 'lang="zh-hans"' in answer.content.decode()


def test_the_account_menu_changes_the_language_alone_and_comes_back(olga: Client) -> None:
    olga.post("/admin/preferences/", {"time_zone": "Asia/Shanghai"})
    answer = olga.post("/admin/preferences/", {"language": "zh-hans", "next": "/admin/nodes/node/"})
    assert answer["Location"] == "/admin/nodes/node/"
    assert Preferences.objects.values_list("language", "time_zone").get() == ("zh-hans", "Asia/Shanghai")
    elsewhere = olga.post("/admin/preferences/", {"language": "en", "next": "https://elsewhere.example/"})
    assert elsewhere["Location"] == "/admin/preferences/"


def test_a_language_chosen_before_the_sign_in_is_taken_over(olga: Client) -> None:
    olga.post("/admin/preferences/", {"language": "en"})
    other = Client()
    assert other.post("/admin/language/", {"language": "zh-hans", "next": "/admin/login/"}).status_code == 302
    assert other.get("/admin/login/")["Content-Language"] == "zh-hans"
    other.post("/admin/login/", {"username": "olga", "password": "only-for-tests-1"})
    assert Preferences.objects.get().language == "zh-hans"
    # The cookie is gone: it is the account's choice from now on.
    assert not other.cookies["django_language"].value


def test_times_are_in_the_readers_zone_and_say_so(olga: Client) -> None:
    node = make_node(1, status="available")
    node.collected_at = datetime(2026, 11, 30, 20, 5, 6, tzinfo=UTC)
    node.save()
    url = f"/admin/nodes/node/{node.node_id}/change/"
    assert "2026-11-30 20:05:06 UTC" in olga.get(url).content.decode()
    olga.post("/admin/preferences/", {"time_zone": "Asia/Shanghai"})
    page = olga.get(url).content.decode()
    assert "2026-12-01 04:05:06 UTC+8" in page
    # Scripts write their times in the same zone.
    assert 'data-zone="Asia/Shanghai"' in page
    assert "2026-12-01 04:05:06" in olga.get("/admin/nodes/node/").content.decode()
    olga.post("/admin/preferences/", {"time_zone": "Asia/Kolkata"})
    assert "2026-12-01 01:35:06 UTC+5:30" in olga.get(url).content.decode()


def test_without_a_choice_the_browsers_zone_counts(olga: Client) -> None:
    url = f"/admin/jobs/job/{make_job([make_node(1)]).job_id}/change/"
    olga.cookies["console_zone"] = "America/Caracas"
    assert "UTC-4" in olga.get(url).content.decode()
    for nonsense in ("Mars/Olympus", "../../etc/passwd", "\x00", "x" * 5000):
        olga.cookies["console_zone"] = nonsense
        assert " UTC<" in olga.get(url).content.decode()


def test_the_api_speaks_utc_whatever_was_chosen(olga: Client) -> None:
    job = make_job([make_node(1)])
    before = olga.get(f"/api/v1/jobs/{job.job_id}/").json()["created_at"]
    olga.post("/admin/preferences/", {"time_zone": "Asia/Shanghai"})
    assert olga.get(f"/api/v1/jobs/{job.job_id}/").json()["created_at"] == before
    assert before.endswith("Z")


def test_what_is_unknown_counts_as_no_choice(olga: Client) -> None:
    olga.post("/admin/preferences/", {"language": "tlh", "time_zone": "Mars/Olympus"})
    assert Preferences.objects.values_list("language", "time_zone").get() == ("", "")
    assert olga.get("/admin/")["Content-Language"] == "en"
