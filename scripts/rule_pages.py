"""Writes docs/rules/ anew from the registry of rules: run it after a rule or its example changed."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "rules"


def main() -> int:
    """Write every page; a page of a rule that is gone is removed."""
    sys.path.insert(0, str(ROOT))
    from zones.core.rules.pages import pages

    found = pages()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.md"):
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
