"""The Chinese catalogues: complete, not fuzzy, with the same values in the same commands, compiled as they are written."""

from __future__ import annotations

import gettext
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.support.sources import ROOT

CATALOGUES = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")
NOT_COPIED = (".*", "tests", "bench", "artifacts", "data", "__pycache__", "node_modules")
# Values, commands between backticks and markup: what must be in a translation exactly as in the source.
VALUES = re.compile(r"`[^`]*`|\{[^{}]*\}|%\(\w+\)[sdr]|%[sdr]|</?(?:a|b|code|em|kbd|strong)\b[^>]*>")
# A number and its noun, {nodes:node|nodes}: another language has a measure word beside the number.
NOUN = re.compile(r":[^{}:|]*\|[^{}:|]*\}")
HALF_WIDTH = re.compile(r"[一-鿿] ?[,;:!?](?!\d)|[一-鿿]\.(?:\s|$)")


def catalogue(domain: str, folder: Path = CATALOGUES) -> Catalog:
    with (folder / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


def entries(domain: str, folder: Path = CATALOGUES) -> Iterator[Message]:
    return (entry for entry in catalogue(domain, folder) if entry.id)


def texts(entry: Message) -> tuple[str, ...]:
    """Return the translations of an entry: one, or one for each plural form."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)


def source(entry: Message) -> str:
    """Return the text of the source that has all values: of a plural the second one."""
    return entry.id if isinstance(entry.id, str) else entry.id[1]


def values(text: str) -> set[str]:
    return set(VALUES.findall(NOUN.sub("}", text)))


def key(entry: Message) -> tuple[str, str]:
    return entry.context or "", entry.id if isinstance(entry.id, str) else entry.id[0]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_text_is_translated(domain: str) -> None:
    assert [source(entry) for entry in entries(domain) if not all(texts(entry))] == []
    assert [source(entry) for entry in entries(domain) if entry.fuzzy] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_values_and_commands_are_those_of_the_source(domain: str) -> None:
    wrong = [
        (source(entry), text)
        for entry in entries(domain)
        for text in texts(entry)
        if text and values(source(entry)) != values(text)
    ]
    assert wrong == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_punctuation_is_chinese(domain: str) -> None:
    assert [
        text for entry in entries(domain) for text in texts(entry) if HALF_WIDTH.search(VALUES.sub("", text))
    ] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_is_the_written_one(domain: str) -> None:
    with (CATALOGUES / f"{domain}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries(domain):
        context, text = key(entry)
        found = compiled.pgettext(context, text) if context else compiled.gettext(text)
        if not isinstance(entry.id, str):
            found = compiled.ngettext(entry.id[0], entry.id[1], 2)
        assert found == texts(entry)[0], "run make messages"


def test_the_catalogues_have_the_texts_of_the_sources(tmp_path: Path) -> None:
    if not shutil.which("xgettext"):
        assert "CI" not in os.environ, "GNU gettext is not installed"
        pytest.skip("GNU gettext is not installed")
    tree = tmp_path / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
    subprocess.run(
        ["sh", "scripts/messages.sh", sys.executable, "zh_Hans"],
        cwd=tree,
        check=True,
        capture_output=True,
        timeout=120,
    )
    for domain in DOMAINS:
        wanted = {key(entry) for entry in entries(domain, tree / CATALOGUES.relative_to(ROOT))}
        assert {key(entry) for entry in entries(domain)} == wanted, (
            "run make messages, then translate what is new"
        )
