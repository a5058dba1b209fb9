"""Pages in a made-up language that puts each translated text into brackets: outside of them only data remains.

No catalogue is needed: Django's English is replaced in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.utils import translation
from django.utils.translation import trans_real
from django.utils.translation.trans_real import CONTEXT_SEPARATOR, DjangoTranslation

from installer.groups import APPROVER
from jobs import liveness
from tests.db.installer.test_api_permissions import keys
from tests.lab.installer.test_permissions import PAGES, PAGES_WALKED, VIEW, address, signed_in
from zones.core.rendering import SYNTAXES
from zones.services.templates import list_archives

__all__ = ["keys"]
pytestmark = pytest.mark.django_db
OPEN, CLOSE = "⟦", "⟧"
SPOKEN = frozenset({"title", "placeholder", "aria-label", "alt", "data-confirm"})
# Not read by a person, or the same in every language.
SILENT = frozenset({"script", "style", "code", "pre", "template"})
# Names of products, programs and formats, units, and what a key is called on a keyboard.
_SAME = """
    Installer Console UTC MB GB TB MiB GiB TiB MTU Mbit Gbit JSON CSV YAML SSD SATA SAS NVME nvme QEMU qemu haproxy yaml sha256
    HOST PORT VERSION ZONE zone settings variables true false all phy esc rack dev sda opt usr bin compute_server emulator
    supervisorctl status ws_server billing_resource
"""
SAME = frozenset(re.findall(r"[A-Za-z]{2,}", " ".join([_SAME, *SYNTAXES])))
# Sentences of modules that know no Django (zones/core, common/ssh), and the pattern of a cached key.
CORE = re.compile(r"^No disk is formatted\.$|^Pitrix|port 22 cannot be reached ")
# The tooltip of a remedy is the command that does the same.
COMMANDS = frozenset(get_commands())


class Bracketed(DjangoTranslation):
    """English, each text in brackets."""

    def gettext(self, message: str) -> str:
        text = str(message).rpartition(CONTEXT_SEPARATOR)[2]
        # Formats of numbers and dates are looked up like texts.
        return f"{OPEN}{text}{CLOSE}" if text else text

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(trans_real._translations, "en", Bracketed("en"))
    # What Django falls back on without an active language; it is kept for the whole process.
    monkeypatch.setattr(trans_real, "_default", None)
    yield
    # A request leaves its language active.
    translation.deactivate()


class Visible(HTMLParser):
    """What a person reads of a page and is in no brackets, each with the elements around it."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        classes = (named.get("class") or "").split()
        silent = (
            tag in SILENT
            or named.get("translate") == "no"
            or "con-mono" in classes
            or "material-symbols-outlined" in classes
        )
        if tag not in ("input", "link", "meta", "br", "img", "hr", "path", "source"):
            self.open.append((tag, silent))
        for name in SPOKEN:
            if named.get(name):
                depth, self.depth = self.depth, 0
                self.read(str(named[name]))
                self.depth = depth

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(silent for _, silent in self.open):
            self.read(data)

    def read(self, text: str) -> None:
        outside = ""
        for char in text:
            self.depth += (char == OPEN) - (char == CLOSE)
            outside += " " if self.depth or char == CLOSE else char
        self.found.append(outside)


def words_of_data() -> set[str]:
    """Return every word that is stored in a row of any table, or describes an example file."""
    words = {word for archive in list_archives() for word in re.findall(r"[A-Za-z]{2,}", archive.about)}
    for model in apps.get_models():
        for row in model._base_manager.all()[:500].values():
            words |= set(re.findall(r"[A-Za-z]{2,}", " ".join(map(str, row.values()))))
    return words


def unmarked_on(page: str, known: set[str]) -> list[str]:
    visible = Visible()
    visible.feed(page)
    assert visible.depth == 0
    found = []
    for text in visible.found:
        text = " ".join(text.split())
        if CORE.search(text) or text.partition(" ")[0] in COMMANDS:
            continue
        if set(re.findall(r"[A-Za-z]{2,}", text)) - known:
            found.append(text)
    return found


# Documents and downloads, and the pages of the codes, whose texts are the registry's.
NOT_PAGES = re.compile(
    "^(api/|metrics|favicon|healthz|readyz)|/codes/|/texts/|/jsi18n/|/raw/|/export/|/log/|/source/|/causes/|/file/"
)


def test_pages_are_in_the_language_of_the_reader(
    keys: dict[str, str], bracketed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "alive", lambda: 1)
    client, pages = signed_in(APPROVER), {}
    for route in PAGES_WALKED:
        if NOT_PAGES.search(route) or not PAGES[route][0] & VIEW:
            continue
        answer = client.get(address(route, keys))
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        pages[route] = answer.content.decode()
    assert len(pages) > 25
    known = words_of_data() | SAME
    wrong = [f"{route}: {text}" for route, page in pages.items() for text in unmarked_on(page, known)]
    assert not wrong, "\n".join(wrong)


def test_what_is_not_translated_is_found(bracketed: Any) -> None:
    page = (
        f'<p>{OPEN}created by <b>ann</b>{CLOSE} ann</p><a title="Open">{OPEN}x{CLOSE}</a><code>ls -l</code>'
    )
    assert unmarked_on(page, {"ann"}) == ["Open"]


def test_the_language_ends_with_its_test() -> None:
    assert translation.gettext("Dashboard") == "Dashboard"
