"""Sources of the pages: no script and no style in a page, and every icon is in the sprite."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from installer.console import navigation
from installer.console.kit import icon_names

ROOT = next(folder for folder in Path(__file__).resolve().parents if (folder / "manage.py").exists())
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "console").glob("*.js"))
STYLES = (ROOT / "static" / "console" / "console.css").read_text()
# What the policy of the pages would stop: a script or a style that is no file of the console.
INLINE = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=[\"']|javascript:|(?:src|href)=[\"'](?:https?:)?//",
    re.I,
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_no_script_and_no_style_of_its_own(path: Path) -> None:
    assert INLINE.findall(path.read_text()) == []


def test_what_is_inline_is_found() -> None:
    for text in (
        '<p style="x">',
        "<style>",
        "<script>",
        "<a onclick='x()'>",
        '<img src="https://example.com/x">',
    ):
        assert INLINE.search(text), text
    assert not INLINE.search('<script src="{% static "console/frame.js" %}"></script> <option value="1">')


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_evaluates_no_text_and_asks_no_other_site(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\beval\(|new Function\(|setAttribute\(\"(?:style|on)|https?://", text)


def test_the_style_sheet_fetches_nothing() -> None:
    assert not re.search(r"@import|url\(|https?:", STYLES)


@pytest.mark.parametrize(("page", "text"), [("500.html", "Internal error"), ("503.html", "no such table")])
def test_a_page_of_an_error_needs_no_database_and_no_request(page: str, text: str) -> None:
    made = render_to_string(page, {"said": "no such table"})
    assert text in made and '<main class="con-main"' in made and reverse("admin:index") in made


def test_every_icon_is_in_the_sprite() -> None:
    used = {name for path in TEMPLATES for name in re.findall(r'{%\s*icon "([a-z]+)"', path.read_text())}
    used |= {row[1] for row in (*navigation._WORK, *navigation._ACCOUNTS)}
    assert len(used) > 15 and used <= set(icon_names())


def test_light_and_dark_have_the_same_tokens() -> None:
    blocks = re.findall(r"color-scheme: (light|dark);(.*?)}", STYLES.partition("@media print")[0], re.S)
    tokens = [(kind, dict(re.findall(r"(--con-[\w-]+): ([^;]+);", body))) for kind, body in blocks]
    [light] = [found for kind, found in tokens if kind == "light"]
    dark, chosen = (found for kind, found in tokens if kind == "dark")
    assert dark == chosen and light.keys() == dark.keys()
    used = set(re.findall(r"var\((--[\w-]+)", STYLES))
    assert used <= light.keys() | set(re.findall(r"(--[\w-]+):", STYLES.partition("color-scheme")[0]))
