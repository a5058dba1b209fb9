"""Commands in remedies: in the browser, each is a link to the page that does the same."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.core.management import get_commands
from django.test import Client

from common.codes import CODES
from common.codes.registry import Code, Says
from common.errors import Finding
from common.messages import Message, message
from installer.console.verb_links import _PAGES, link_to
from installer.console.wording import error_html, finding_html, remedy_html
from tests.factories import make_node

VERBS = {name for name, app in get_commands().items() if app == "installer"}
COMMANDS = sorted(
    {
        text.split()[0]
        for code in CODES.values()
        for says in code.says.values()
        for text in (says.detail + says.remedy + says.page).split("`")[1::2]
    }
)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register a code whose remedy names a command."""
    says = {
        "": Says(
            "zone {zone} waits",
            "`scale_qingcloud -z {zone}`, or add -f",
            "`scale_qingcloud -z {zone}`, or tick <b>",
        )
    }
    monkeypatch.setitem(CODES, "Y01", Code("Y01", "A code", "Because.", "Do.", says=says))


class Links(HTMLParser):
    """Collects the addresses and the text of a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_says_what_to_do_without_options() -> None:
    found = Links(remedy_html(Finding(message("Y01", zone="pek3c"))))
    assert found.hrefs == ["/admin/zones/zone/pek3c/scale/"]
    assert found.text == "Scale out pek3c, or tick <b>"


def test_what_comes_from_outside_is_text() -> None:
    evil = "<script>alert(1)</script>"
    for html in (
        finding_html(Finding(message("Y01", zone=evil), field=evil)),
        error_html(message("Y01", zone=evil)),
        error_html(Message.literal(evil)),
        error_html(evil),
    ):
        assert "<script" not in html and "alert(1)" in html


def test_an_error_shows_its_code() -> None:
    found = Links(error_html(message("Y01", zone="z")))
    assert found.hrefs[0] == "/admin/codes/Y01/" and found.text.startswith("Y01 zone z waits: ")


def test_a_placeholder_is_chosen_from_the_list() -> None:
    for command, url in (
        ("show_plan PLAN", "/admin/zones/plan/"),
        ("scale_qingcloud -z ZONE", "/admin/zones/zone/"),
        ("resume_job j-abcdefgh", "/admin/jobs/job/j-abcdefgh/change/"),
        ("collect_nodes -i 172.16.80.21", "/admin/nodes/node/?q=172.16.80.21"),
        ("scale_qingcloud -z 'a/../b'", "/admin/zones/zone/a/../b/scale/"),
    ):
        link = link_to(command)
        assert link is not None and link.url == url
    assert link_to("qcluster") is None and link_to("") is None


def test_pages_are_of_verbs() -> None:
    assert set(_PAGES) <= VERBS


def test_what_stands_between_backticks_is_a_command() -> None:
    assert [verb for verb in COMMANDS if verb not in VERBS and not verb.startswith("-")] == []


def test_every_link_leads_to_a_page(admin_client: Client) -> None:
    make_node(21)
    urls = set()
    for verb in sorted(_PAGES):
        link = link_to(verb)
        assert link is not None and re.search(r"[A-Za-z]", link.label), verb
        urls.add(link.url)
    answers = {url: admin_client.get(url).status_code for url in urls}
    assert {url: code for url, code in answers.items() if code not in (200, 302)} == {}
