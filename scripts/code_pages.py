"""Regenerate docs/codes/ from the registry. Run it after changing a code or the example of a rule."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "codes"


def main() -> int:
    """Write every page; remove the page of a code that no longer exists."""
    sys.path.insert(0, str(ROOT))
    from common.codes.pages import pages
    from zones.core.rules.examples import example_files

    found = pages(example_files())
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.md"):
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
