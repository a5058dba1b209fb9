"""The pages of the rules are those that the registry makes."""

from __future__ import annotations

from pathlib import Path

from zones.core.rules import RULES
from zones.core.rules.pages import pages

FOLDER = Path(__file__).parents[3] / "docs" / "rules"


def test_the_committed_pages_are_current() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*")}
    assert committed == pages(), "run python scripts/rule_pages.py and look at the difference"


def test_each_page_says_what_it_refuses_what_to_do_and_how_it_looks() -> None:
    found = pages()
    assert set(found) == {"README.md", *(f"{code}.md" for code in RULES)}
    for code, rule in RULES.items():
        text = found[f"{code}.md"]
        assert text.startswith(f"# {code}: {rule.title}\n") and rule.what_to_do[1:] in text
        assert all(f"## {title}\n" in text for title in ("What is checked", "What to do", "Example"))
        assert code == "R20" or (f"{code} {rule.level} " in text and "```yaml" in text)
