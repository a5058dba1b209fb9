"""The changelog and the files that it is made from: their names, their form, the version."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(__file__).parents[3]
NOT_A_CHANGE = {"README.md", "template.jinja"}
# A change for a user is a sentence or two; its reasons are in the commit.
MAX_LINE = 220
CHANGES = [path for path in sorted((ROOT / "docs" / "changes").iterdir()) if path.name not in NOT_A_CHANGE]
CHANGELOG = (ROOT / "docs" / "CHANGELOG.md").read_text().splitlines()


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_kinds_are_those_that_the_readme_explains(project: dict[str, Any]) -> None:
    kinds = [kind["directory"] for kind in project["tool"]["towncrier"]["type"]]
    explained = re.findall(r"^\| `([a-z]+)` \|", (ROOT / "docs/changes/README.md").read_text(), re.MULTILINE)
    assert kinds == explained == ["added", "changed", "fixed", "security"]


def test_every_change_has_a_slug_and_a_kind_and_is_one_line() -> None:
    for path in CHANGES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.(added|changed|fixed|security)\.md", path.name), (
            path.name
        )
        text = path.read_text()
        assert text.strip() and text.count("\n") == 1 and text.endswith("\n"), path.name
        assert not text.startswith(("* ", "- ", "#")) and len(text) <= MAX_LINE, path.name


def test_the_changelog_keeps_its_form(project: dict[str, Any]) -> None:
    versions = [line for line in CHANGELOG if line.startswith("## ")]
    assert versions[0] == "## [Unreleased]"
    for line in versions[1:]:
        assert re.fullmatch(r"## \[\d+\.\d+\.\d+\] - (\d{4}-\d\d-\d\d|in preparation)", line), line
    numbers = [line.partition("]")[0] for line in versions]
    assert len(set(numbers)) == len(numbers) and f"## [{project['project']['version']}" in numbers
    kinds = {line for line in CHANGELOG if line.startswith("### ")}
    assert kinds <= {"### Added", "### Changed", "### Fixed", "### Security"}
    assert not [line for line in CHANGELOG if line.startswith(("  ", "- ")) or len(line) > MAX_LINE]


def test_the_version_stands_in_one_place_and_is_shown(project: dict[str, Any]) -> None:
    assert project["project"]["version"] == settings.VERSION
    assert settings.SPECTACULAR_SETTINGS["VERSION"] == settings.VERSION
    assert f"\n  version: {settings.VERSION}\n" in (ROOT / "docs" / "openapi.yaml").read_text()
