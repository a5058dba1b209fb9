"""A session that ends during typing loses no text, and sends nothing by itself."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jobs.models import Job
from tests import factories
from tests.factories import make_sound_plan, make_user, make_zone
from zones.core.edits import file_hash
from zones.models import Plan

pytestmark = pytest.mark.django_db
PASSWORD = "only-for-tests-1"
CONFIGURE = f"{reverse('admin:zones_zone_configure')}?zone=pek3c"
LOGIN = reverse("admin:login")
TEXT = "zone_id: pek3c\nroles:\n  172.16.80.99: {role: hyper-repl}   # 三号机柜 <b>\n"
SENT = {
    "settings_name": "scale_settings.pek3c.yaml",
    "settings_text": TEXT,
    "variables_text": "",
    "check": "1",
}


@pytest.fixture
def browser() -> Client:
    """Make a client that holds cookies and must send tokens, like a real browser."""
    make_user(group="operator")
    make_zone()
    client = Client(enforce_csrf_checks=True)
    sign_in(client)
    return client


def sign_in(client: Client, **more: str) -> Any:
    token = client.get(LOGIN).context["csrf_token"]
    body = {"username": "olga", "password": PASSWORD, "csrfmiddlewaretoken": str(token), **more}
    return client.post(LOGIN, body)


def send(client: Client, url: str, body: dict[str, str], token: str, **headers: str) -> Any:
    return client.post(
        url, {**body, "csrfmiddlewaretoken": token}, headers={"origin": "http://testserver", **headers}
    )


def kept_in(page: str) -> str:
    return html.unescape(re.search(r'name="kept" value="([^"]*)"', page)[1])


def test_the_text_is_there_again_after_the_login(browser: Client) -> None:
    token = str(browser.get(CONFIGURE).context["csrf_token"])
    browser.session.flush()
    asked = send(browser, CONFIGURE, SENT, token)
    page = asked.content.decode()
    assert asked.status_code == 200 and "Your input was kept" in page and "login-form" in page
    assert PASSWORD not in page and TEXT not in page
    assert f'action="{LOGIN}?next=' in page, "what is typed into it goes to the login, not to the page"
    # A mistyped password does not cost the text either.
    wrong = browser.post(
        LOGIN,
        {
            "username": "olga",
            "password": "wrong",
            "next": CONFIGURE,
            "kept": kept_in(page),
            "csrfmiddlewaretoken": str(asked.context["csrf_token"]),
        },
    )
    back = sign_in(browser, next=CONFIGURE, kept=kept_in(wrong.content.decode()))
    assert back.status_code == 302 and back.headers["Location"] == CONFIGURE
    again = browser.get(CONFIGURE)
    settings, _ = again.context["files"]
    assert settings.text == TEXT and settings.name == "scale_settings.pek3c.yaml"
    assert "Your input is restored below" in again.content.decode() and not Plan.objects.exists()
    # Once only: later it is the page as it always begins.
    assert browser.get(CONFIGURE).context["files"][0].text != TEXT


def test_a_login_in_another_tab_does_not_cost_the_text(browser: Client) -> None:
    old = str(browser.get(CONFIGURE).context["csrf_token"])
    browser.session.flush()
    sign_in(browser)
    sent = send(browser, CONFIGURE, SENT, old)
    assert sent.status_code == 302 and sent.headers["Location"] == CONFIGURE
    again = browser.get(CONFIGURE)
    assert again.context["files"][0].text == TEXT and "older than your sign-in" in again.content.decode()


def test_a_form_of_another_site_leaves_nothing(browser: Client) -> None:
    for origin in ("http://evil.example", "null"):
        answer = send(browser, CONFIGURE, SENT, "x" * 32, origin=origin)
        assert (
            answer.status_code == 403 and b"was not submitted from a page of this console" in answer.content
        )
    assert browser.get(CONFIGURE).context["files"][0].text != TEXT


@pytest.mark.parametrize("kept", ["", "no-signature", "eyJhIjoxfQ:1aaaaa:AAAA"])
def test_what_was_not_kept_here_is_not_believed(browser: Client, kept: str) -> None:
    browser.session.flush()
    assert sign_in(browser, kept=kept).status_code == 302
    assert "kept" not in browser.session


def test_an_edit_of_a_plan_keeps_what_it_was_made_from(browser: Client) -> None:
    node = factories.make_node(21)
    plan = make_sound_plan(make_zone("pek3d"), [node])
    file = plan.files.get(path__startswith="settings/")
    url = f"{reverse('admin:zones_plan_edit', args=[plan.plan_id])}?path={file.path}"
    page = browser.get(url)
    body = {
        "content": file.content + "# mine\n",
        "made_from": file_hash(file.content),
        "seen_status": "draft",
    }
    browser.session.flush()
    asked = send(browser, url, body, str(page.context["csrf_token"]))
    sign_in(browser, next=url, kept=kept_in(asked.content.decode()))
    # Whoever follows the redirect may write the query in another way.
    again = browser.get(url.partition("?")[0], {"path": file.path})
    assert "%2F" in again.wsgi_request.get_full_path() and "%2F" not in url
    assert again.context["text"] == body["content"] and again.context["made_from"] == body["made_from"]


def test_other_forms_get_their_fields_back_and_no_password(browser: Client) -> None:
    url = reverse("admin:zones_zone_maintain", args=["pek3c"])
    page = browser.get(url)
    body = {"verb": "exec", "exec-command": "uptime </script>", "exec-password": "canary-7719"}
    browser.session.flush()
    asked = send(browser, url, body, str(page.context["csrf_token"]))
    sign_in(browser, next=url, kept=kept_in(asked.content.decode()))
    again = browser.get(url).content.decode()
    assert 'id="kept-text"' in again and "uptime \\u003C/script\\u003E" in again
    assert "canary-7719" not in again and not Job.objects.exists()


def test_a_form_without_text_leads_to_the_login_as_before(browser: Client) -> None:
    token = str(browser.get(CONFIGURE).context["csrf_token"])
    browser.session.flush()
    assert send(browser, CONFIGURE, {"settings_text": ""}, token).status_code == 302


def test_a_comment_on_a_plan_is_on_the_page_of_the_plan_again(browser: Client) -> None:
    make_user("ann", group="approver")
    browser.session.flush()
    sign_in(browser, username="ann")
    plan = make_sound_plan(make_zone("pek3d"), [factories.make_node(21)])
    url = reverse("admin:zones_plan_change", args=[plan.plan_id])
    body = {
        "decision": "approve",
        "content_hash": plan.content_hash,
        "seen_status": "draft",
        "comment": "checked at night",
    }
    decide = reverse("admin:zones_plan_decide", args=[plan.plan_id])
    token, from_page = str(browser.get(url).context["csrf_token"]), f"http://testserver{url}"
    browser.session.flush()
    asked = send(browser, decide, body, token, referer=from_page)
    back = sign_in(browser, username="ann", next=url, kept=kept_in(asked.content.decode()))
    assert back.headers["Location"] == url
    again = browser.get(url).content.decode()
    assert 'id="kept-text"' in again and "checked at night" in again and "is restored below" in again
    plan.refresh_from_db()
    assert plan.status == "draft"
    # The same when only the token is older than the login.
    sent = send(browser, decide, body, token, referer=from_page)
    assert sent.status_code == 302 and sent.headers["Location"] == url
    assert "checked at night" in browser.get(url).content.decode()


def test_only_what_is_below_is_said_to_be_below(browser: Client) -> None:
    url = reverse("admin:nodes_node_changelist")
    token = str(browser.get(url).context["csrf_token"])
    browser.session.flush()
    asked = send(browser, url, {"action": "collect", "_selected_action": "1"}, token)
    sign_in(browser, next=url, kept=kept_in(asked.content.decode()))
    again = browser.get(url).content.decode()
    assert "your input was not submitted" in again and "restored below" not in again


def test_a_login_page_that_is_older_than_a_login_says_so(browser: Client) -> None:
    old = browser.cookies["csrftoken"].value
    browser.session.flush()
    sign_in(browser)
    browser.session.flush()
    stale = send(browser, LOGIN, {"username": "olga", "password": PASSWORD}, old)
    assert stale.status_code == 302 and stale.headers["Location"] == LOGIN
    page = browser.get(LOGIN).content.decode()
    assert "sign in again" in page and 'name="kept"' not in page
    # Who has signed in by then is led on without a word.
    sign_in(browser)
    assert send(browser, LOGIN, {"username": "olga", "password": PASSWORD}, old).status_code == 302
    assert "sign in again" not in browser.get(LOGIN, follow=True).content.decode()


def test_a_proxy_that_does_not_say_https_is_named(browser: Client) -> None:
    token = str(browser.get(CONFIGURE).context["csrf_token"])
    for url, body in ((CONFIGURE, SENT), (LOGIN, {"username": "olga", "password": PASSWORD})):
        answer = send(browser, url, body, token, origin="https://testserver")
        page = answer.content.decode()
        assert answer.status_code == 403 and "https://testserver" in page and "http://testserver" in page
        assert "INSTALLER_TRUSTED_PROXIES" in page and "X-Forwarded-Proto" in page
    assert "kept" not in browser.session
