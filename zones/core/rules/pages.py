"""The example files of rules, for the pages of their codes."""

from __future__ import annotations

from zones.core.rules.examples import EXAMPLES


def example_files() -> dict[str, str]:
    """Return Markdown by code: the files that break the rule, as far as one can."""
    return {
        code: "\n".join(f"`{name}`\n\n```yaml\n{text.rstrip()}\n```\n" for name, text in example.files)
        for code, example in EXAMPLES.items()
    }
