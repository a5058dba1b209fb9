"""A real browser against a live server; skipped where Chromium is missing, never in CI."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests import factories
from tests.chromium import SHOTS


@pytest.fixture
def refused_by_the_policy() -> Iterator[list[ConsoleMessage]]:
    """Return what the browser reports on a page: nothing the page needs may violate the content security policy."""
    said: list[ConsoleMessage] = []
    yield said
    assert [message.text for message in said if "Content Security Policy" in message.text] == []


@pytest.fixture
def sign_in(
    transactional_db: None,
    live_server: object,
    context: BrowserContext,
    refused_by_the_policy: list[ConsoleMessage],
) -> Callable[[str], Page]:
    """Open a page in the session of a new member of that group; any script error fails the test."""

    def open_page(group: str) -> Page:
        client = Client()
        client.force_login(factories.make_user(name=f"{group}-1", group=group))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": str(live_server)}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.on("console", lambda message: refused_by_the_policy.append(message))
        return page

    return open_page


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Keep a picture for people to look at."""

    def keep(page: Page, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png")

    return keep
