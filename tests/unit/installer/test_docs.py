"""Pages for contributors: every link, path, target and test that they name exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = (
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "docs" / "architecture.md",
    ROOT / "docs" / "changes" / "README.md",
    *sorted((ROOT / "docs" / "developing").glob("*.md")),
)
# What a run makes.
MADE = {"artifacts/screenshots"}
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
