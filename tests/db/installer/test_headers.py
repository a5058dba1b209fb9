"""Headers of answers for browsers and proxies, and headers that requests may set about themselves."""

from __future__ import annotations

import ipaddress
import re
import time
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from common.models import AuditEntry
from installer.environment import ConfigurationError, trusted_proxies
from installer.groups import VIEWER
from installer.proxies import client_address
from tests.factories import make_job, make_node, make_user

pytestmark = pytest.mark.django_db
PAGES = ("/admin/login/", "/admin/", "/admin/nodes/node/", "/healthz", "/nothing/")
API = ("/api/v1/nodes/", "/api/v1/nothing/", "/api/schema/")


def policy(answer: Any) -> dict[str, str]:
    return {
        name: value
        for name, _, value in (rule.partition(" ") for rule in answer["Content-Security-Policy"].split("; "))
    }


@pytest.mark.parametrize("path", [*PAGES, *API, "/api/docs/"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_nothing_is_kept_and_nothing_foreign_runs(
    client: Client, empty_schema: None, path: str, signed_in: bool
) -> None:
    if signed_in:
        client.force_login(make_user("olga", VIEWER))
    answer = client.get(path)
    assert "no-store" in answer["Cache-Control"]
    rules = policy(answer)
    assert rules["default-src"] == ("'none'" if path in API else "'self'")
    assert {rules[name] for name in ("frame-ancestors", "base-uri", "object-src")} == {"'none'"}
    assert "script-src" not in rules and "*" not in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


def test_downloads_are_not_kept_either(client: Client) -> None:
    client.force_login(make_user("olga", VIEWER))
    job = make_job([make_node(1)])
    for path in (
        f"/api/v1/jobs/{job.job_id}/log/",
        "/api/v1/nodes/export/",
        f"/admin/jobs/job/{job.job_id}/log/",
    ):
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"], path
        b"".join(answer.streaming_content)


def test_static_files_are_kept(client: Client) -> None:
    answer = client.get("/static/console/console.css")
    assert answer.status_code == 200 and "no-store" not in answer["Cache-Control"]


def test_the_texts_of_scripts_are_kept_under_a_url_that_names_their_content(client: Client) -> None:
    client.force_login(make_user("olga", VIEWER))
    page = client.get("/admin/nodes/node/key/").content.decode()
    [url] = re.findall(r'src="(/admin/texts/[^"]+)"', page)
    answer = client.get(url)
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["Content-Type"].startswith("text/javascript") and b"gettext" in answer.content
    assert policy(answer)["default-src"] == "'self'"
    other = client.get(f"{url.rpartition('/')[0]}/0123456789abcdef.js")
    assert other.content == answer.content and other["Cache-Control"] == "no-store"
    assert client.get(url.replace("/en/", "/xx/")).status_code == 404


def test_hsts_only_over_https_that_a_trusted_proxy_ended(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    https = {"HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "10.0.0.9"}
    assert "Strict-Transport-Security" not in Client().get("/healthz", **https)
    settings.INSTALLER_TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/24")]
    assert Client().get("/healthz", **https)["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in Client().get("/healthz", REMOTE_ADDR="10.0.0.9")
    assert "Strict-Transport-Security" not in Client().get("/healthz", **{**https, "REMOTE_ADDR": "10.0.1.9"})


PROXIES = [ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("2001:db8::/64"), "unix"]


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "1.1.1.1, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "1.1.1.1, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7, nonsense", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "192.0.2.7:4711", "192.0.2.7"),
        ("10.0.0.1", "[2001:db9::1]:443", "2001:db9::1"),
        ("10.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "2001:DB9:0::1", "2001:db9::1"),
        ("2001:db8::1", "192.0.2.7", "192.0.2.7"),
        ("", "192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_client_behind_proxies(peer: str, said: str, client: str) -> None:
    assert client_address(peer, said, PROXIES) == client


@pytest.mark.parametrize(
    ("trusted", "address"),
    [([], "10.0.0.1"), ([ipaddress.ip_network("10.0.9.0/24")], "10.0.0.1"), (PROXIES, "192.0.2.7")],
)
def test_what_is_said_is_believed_from_trusted_proxies_only(
    settings: Any, trusted: Any, address: str
) -> None:
    """Take the address from X-Forwarded-For only behind a trusted proxy, for the audit and for counting tries."""
    settings.INSTALLER_TRUSTED_PROXIES = trusted
    make_user("olga", VIEWER)
    wrong = {"username": "olga", "password": "wrong"}
    for number in range(11):
        said = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"9.9.9.{number}, 192.0.2.7"}
        last = APIClient().post("/api/v1/token/", wrong, **said)
    assert last.status_code == 429, "a made-up address before the real one is no other address"
    assert {entry.address for entry in AuditEntry.objects.all()} == {address}


@pytest.mark.parametrize(
    ("text", "https", "wanted"),
    [
        ("", "0", []),
        ("127.0.0.1, 10.0.0.0/24,unix", "1", ["127.0.0.1/32", "10.0.0.0/24", "unix"]),
        ("::1", "0", ["::1/128"]),
    ],
)
def test_proxies_are_read(text: str, https: str, wanted: list[str]) -> None:
    given = {"INSTALLER_TRUSTED_PROXIES": text, "INSTALLER_HTTPS": https}
    assert [str(network) for network in trusted_proxies(given)] == wanted


@pytest.mark.parametrize(
    ("text", "https"), [("proxy.example.com", "0"), ("10.0.0.1/24", "0"), ("*", "0"), ("", "1")]
)
def test_proxies_that_cannot_be_meant_are_refused(text: str, https: str) -> None:
    with pytest.raises(ConfigurationError, match="INSTALLER_TRUSTED_PROXIES"):
        trusted_proxies({"INSTALLER_TRUSTED_PROXIES": text, "INSTALLER_HTTPS": https})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [time.time()]
    monkeypatch.setattr("installer.sessions.clock", lambda: now[0])
    return now


def test_a_session_ends_when_nothing_is_done(client: Client, clock: list[float]) -> None:
    client.force_login(make_user("olga", VIEWER))
    for _ in range(3):
        assert client.get("/admin/").status_code == 200
        clock[0] += 3 * 3600
    assert client.get("/admin/").status_code == 200
    clock[0] += 4 * 3600 + 60
    assert client.get("/admin/").status_code == 302
    assert client.get("/api/v1/nodes/").status_code == 401
    clock[0] -= 4 * 3600
    assert client.get("/admin/").status_code == 302, "it has ended, and does not come back"


def test_a_page_that_stands_open_is_nobody_who_does_something(client: Client, clock: list[float]) -> None:
    client.force_login(make_user("olga", VIEWER))
    client.get("/admin/")
    for _ in range(8):
        clock[0] += 1790
        assert client.get("/api/v1/nodes/", HTTP_X_CONSOLE_POLL="1").status_code == 200
    clock[0] += 1790
    assert client.get("/api/v1/nodes/", HTTP_X_CONSOLE_POLL="1").status_code == 401


def test_a_session_is_not_written_with_every_request(
    client: Client, clock: list[float], django_assert_num_queries: Any
) -> None:
    client.force_login(make_user("olga"))
    client.get("/api/v1/token/")
    clock[0] += 30
    with django_assert_num_queries(2):  # the session and its person
        client.get("/api/v1/token/")
