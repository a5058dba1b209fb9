"""Every page, as people with other eyes, other languages and other screens meet it.

axe-core finds no violation of WCAG 2.2 A and AA; nothing runs over the edge of its box or of the screen, in a made-up language
with longer words neither. All widths, themes and languages together take minutes: ``EVERY_WIDTH=1``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real
from django.utils.translation.trans_real import CONTEXT_SEPARATOR, DjangoTranslation
from playwright.sync_api import Page

from installer.models import Preferences
from tests.browser.test_security_policy import pages

pytestmark = pytest.mark.django_db(transaction=True)
EVERY = "EVERY_WIDTH" in os.environ
WIDTHS = (390, 1024, 1280, 1920) if EVERY else (390, 1280)
LOOKS = (
    [("en", "light"), ("en", "dark"), ("zh-hans", "light"), ("zh-hans", "dark")]
    if EVERY
    else [("en", "light"), ("zh-hans", "dark")]
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Not ours: the documents of the API are drawn by Swagger UI.
FOREIGN = ("/api/docs/",)

# What is wider than its box and cannot be scrolled there; an element that only a screen reader reads is one pixel wide.
OVERFLOWS = """() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const far = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > root.clientWidth + 1 && !element.closest(".con-scroll"));
    wrong.push(`page ${root.scrollWidth} > ${root.clientWidth}: ${far.slice(0, 4).map((item) => item.outerHTML.slice(0, 90))}`);
  }
  for (const element of document.body.querySelectorAll("*")) {
    // The names beside the icons of the folded side bar stand on the page when they are pointed at.
    if (element.closest("svg, select, textarea, input, .con-side") || element.clientWidth <= 1) continue;
    if (element.scrollWidth <= element.clientWidth + 1 || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    if (style.display === "inline" || style.visibility === "hidden") continue;
    if (["auto", "scroll", "hidden", "clip"].includes(style.overflowX)) continue;
    const name = `${element.tagName.toLowerCase()}.${element.className}`;
    wrong.push(`${name} ${element.scrollWidth} > ${element.clientWidth}: ${element.textContent.trim().slice(0, 60)}`);
  }
  return wrong;
}"""


def violations(page: Page) -> list[str]:
    """Return what axe-core finds on the page, with the element."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())
    found: dict[str, Any] = page.evaluate(
        f"axe.run(document, {{runOnly: {json.dumps(TAGS)}, resultTypes: ['violations']}})"
    )
    return [
        f"{item['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for item in found["violations"]
        for node in item["nodes"]
    ]


def none_in(found: dict[str, list[str]]) -> None:
    if said := "\n".join(f"{path}: {text}" for path, wrong in found.items() for text in wrong):
        pytest.fail(said)


@pytest.fixture
def visit(
    sign_in: Callable[[str], Page], live_server: object
) -> Iterator[Callable[..., Iterator[tuple[str, Page]]]]:
    page = sign_in("approver")
    User.objects.update(is_superuser=True)
    paths = [path for path in pages() if path not in FOREIGN]

    def each(language: str, theme: str) -> Iterator[tuple[str, Page]]:
        """Open every page in a language and a theme."""
        client = Client()
        client.force_login(User.objects.get())
        client.post("/admin/preferences/", {"language": language})
        assert Preferences.objects.get().language == language
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": str(live_server)}]
        )
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        for path in paths:
            answer = page.goto(f"{live_server}{path}")
            assert answer and answer.status == 200, path
            if "html" in answer.headers["content-type"]:
                yield path, page

    yield each


@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_pages_are_for_everybody(
    visit: Callable[..., Iterator[tuple[str, Page]]], language: str, theme: str
) -> None:
    found: dict[str, list[str]] = {}
    wide: dict[str, list[str]] = {}
    for path, page in visit(language, theme):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide.setdefault(f"{path} at {width}", []).extend(page.evaluate(OVERFLOWS))
            if EVERY:
                found.setdefault(f"{path} at {width}", []).extend(violations(page))
        if not EVERY:
            found[path] = violations(page)
    none_in(found | wide)


class Longer(DjangoTranslation):
    """English with words two fifths longer, as German or Finnish may be."""

    def gettext(self, message: str) -> str:
        text = str(message).rpartition(CONTEXT_SEPARATOR)[2]
        return " ".join(
            word + "n" * round(len(word) * 0.4) if word.isalpha() else word for word in text.split(" ")
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def longer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(trans_real._translations, "en", Longer("en"))
    monkeypatch.setattr(trans_real, "_default", None)
    yield
    translation.deactivate()


def test_longer_words_have_room(visit: Callable[..., Iterator[tuple[str, Page]]], longer: None) -> None:
    wide: dict[str, list[str]] = {}
    for path, page in visit("en", "light"):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide.setdefault(f"{path} at {width}", []).extend(page.evaluate(OVERFLOWS))
    none_in(wide)
