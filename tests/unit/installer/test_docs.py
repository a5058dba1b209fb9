"""Documents: every link, path, target and test that they name exists, and the Chinese ones say what the English ones say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
TRANSLATED = (ROOT / "README.md", ROOT / "docs" / "operations.md", ROOT / "docs" / "console.md")
GLOSSARY = ROOT / "docs" / "glossary.md"


def chinese(page: Path) -> Path:
    """Return the Chinese document of an English one."""
    return page.with_suffix(".zh-CN.md")


PAGES = (
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "docs" / "architecture.md",
    ROOT / "docs" / "changes" / "README.md",
    GLOSSARY,
    *TRANSLATED,
    *map(chinese, TRANSLATED),
    *sorted((ROOT / "docs" / "developing").glob("*.md")),
)
# What a run makes.
MADE = {"artifacts/screenshots", "artifacts/vm"}
page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


def paths(text: str) -> Iterator[str]:
    """Find the paths below the top folders, in backticks and in commands; none with a placeholder or a pattern."""
    top = "|".join(re.escape(item.name) for item in ROOT.iterdir() if item.is_dir())
    for found in re.findall(rf"(?<![\w./-])(?:{top})/[\w./*{{}},-]*", text):
        if not re.search(r"[A-Z]{3}|[*{}]", found) and found not in MADE:
            yield found.rstrip(".,")


@page
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^):#]+)\)", page.read_text())
    assert all((page.parent / link).exists() for link in links), links


@page
def test_every_path_exists(page: Path) -> None:
    assert [path for path in paths(page.read_text()) if not (ROOT / path).exists()] == []


@page
def test_every_target_exists(page: Path) -> None:
    targets = set(re.findall(r"(?:`|^    )make ([a-z-]+)", page.read_text(), re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text()
    assert [name for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []


@page
def test_every_selection_of_tests_selects_one(page: Path) -> None:
    commands = re.sub(r"\\\n\s*", "", page.read_text())
    for files, words in re.findall(r"-m pytest ((?:tests/\S+ )+)-k (\"[^\"]+\"|\S+)", commands):
        text = "".join(
            file.read_text()
            for name in files.split()
            for file in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("test_*.py"))
        )
        for word in words.strip('"').split(" or "):
            assert word.lower() in text.lower(), word


def test_the_lists_are_found() -> None:
    assert len(PAGES) >= 8
    assert len(list(paths((ROOT / "docs" / "developing" / "adding-a-verb.md").read_text()))) > 20


translated = pytest.mark.parametrize("page", TRANSLATED, ids=lambda path: path.name)


def typed(page: Path) -> set[str]:
    """Return what is typed or quoted as it is: text in backticks and indented commands; a reason may be in any language."""
    text = page.read_text()
    found = [*re.findall(r"`([^`]+)`", text), *re.findall(r"^    (\S.*)$", text, re.MULTILINE)]
    return {re.sub(r'--reason "[^"]*"', '--reason "…"', " ".join(item.split())) for item in found}


def prose(page: Path) -> str:
    """Return the text without code and without the targets of links."""
    return re.sub(r"`[^`]*`|\]\([^)]*\)", " ", page.read_text())


def shape(page: Path) -> list[str]:
    """Return the sequence of headings, table rows and points, each as its mark."""
    return re.findall(r"^(#+ |[*-] |\|)", page.read_text(), re.MULTILINE)


@translated
def test_the_chinese_document_has_the_same_commands_settings_and_paths(page: Path) -> None:
    assert typed(chinese(page)) ^ typed(page) == set()


@translated
def test_the_chinese_document_has_the_same_parts_codes_and_figures(page: Path) -> None:
    assert shape(chinese(page)) == shape(page)
    figures = r"(?<![A-Za-z0-9])[A-Z]?\d(?:[\d.,:]*\d)?"
    assert set(re.findall(figures, prose(chinese(page)))) == set(re.findall(figures, prose(page)))


@translated
def test_the_documents_of_both_languages_lead_to_each_other(page: Path) -> None:
    assert f"]({chinese(page).name})" in page.read_text().partition("\n## ")[0]
    assert f"]({page.name})" in chinese(page).read_text().partition("\n## ")[0]


@translated
def test_the_chinese_document_names_pages_and_buttons_as_they_are_named_there(page: Path) -> None:
    with CATALOGUE.open("rb") as file:
        known = {entry.id: entry.string for entry in read_po(file, locale="zh_Hans") if entry.id}
    text, found = chinese(page).read_text(), 0
    lines = re.sub(r"\n *(?![\n #|*-])", " ", prose(page))
    for name in re.findall(r"\*{1,2}(?=\S)([^*\n]+)(?<=\S)\*{1,2}", lines):
        names = [known[name + end].rstrip("：…") for end in ("", "…", ":") if name + end in known]
        assert not names or any(item in text for item in names), name
        found += bool(names)
    assert found >= (25 if page.name == "console.md" else 0)


def test_the_chinese_texts_keep_to_the_glossary() -> None:
    rows = [line.strip("| ").split(" | ") for line in GLOSSARY.read_text().splitlines() if line[:2] == "| "]
    terms = [row[0] for row in rows if len(row) == 2 and row[0] != "English"]
    assert len(terms) > 100 and len(terms) == len(set(terms))
    avoided = [row[2] for row in rows if len(row) == 3 and row[0] != "English"]
    assert len(avoided) >= 5
    for path in (*map(chinese, TRANSLATED), CATALOGUE):
        assert [word for word in avoided if word in path.read_text()] == [], path
