"""The core stays pure: what it may import, and no clock or randomness."""

from __future__ import annotations

import ast
from pathlib import Path

CORE = Path(__file__).parents[4] / "zones" / "core"
FORBIDDEN = {
    *(
        "django",
        "installer",
        "nodes",
        "lab",
        "os",
        "subprocess",
        "socket",
        "threading",
        "asyncio",
        "paramiko",
    ),
    *("time", "datetime", "random", "secrets", "uuid", "requests", "urllib"),
}


# Pure as well: what a disk is recognised by is one text for both apps.
PURE = {"nodes.erasing.script"}


def imported(path: Path) -> set[str]:
    names = set()
    for item in ast.walk(ast.parse(path.read_text())):
        if isinstance(item, ast.Import):
            names |= {alias.name for alias in item.names}
        elif isinstance(item, ast.ImportFrom):
            names.add(item.module or "")
    return names


def test_nothing_impure_is_imported() -> None:
    files = list(CORE.rglob("*.py"))
    assert len(files) > 20
    foreign = {
        f"{path.relative_to(CORE)}: {name}"
        for path in files
        for name in imported(path) - PURE
        if name.split(".")[0] in FORBIDDEN
        or (name.startswith("zones.") and not name.startswith("zones.core"))
    }
    assert foreign == set()
