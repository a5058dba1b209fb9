"""A real browser against a live server. Skipped where there is no Chromium, never in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import factories

# The synchronous interface of playwright keeps an event loop running in this thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = Path(__file__).resolve().parents[2] / "artifacts" / "screenshots"
WAIT_MS = 15_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium in CI: install it, these tests are not skipped here")
        pytest.skip("no chromium on this machine (Debian: apt install chromium)")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(WAIT_MS)
    yield opened
    opened.close()


@pytest.fixture
def sign_in(transactional_db: None, live_server: object, context: BrowserContext) -> Callable[[str], Page]:
    """A page in the session of a new member of that group; any script error fails the test."""

    def open_page(group: str) -> Page:
        client = Client()
        client.force_login(factories.make_user(name=f"{group}-1", group=group))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": str(live_server)}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        return page

    return open_page


@pytest.fixture(autouse=True)
def groups_again(transactional_db: None) -> None:
    """A flushed database has lost what the first migration made."""
    from django.apps import apps

    from installer.groups import create_groups

    create_groups(apps, None)


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Keep a picture for people to look at."""

    def keep(page: Page, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png")

    return keep
