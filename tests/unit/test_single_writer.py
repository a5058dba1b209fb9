"""Statuses are assigned by one function each, and written nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRITERS = {"jobs/states.py", "nodes/states.py", "zones/states.py"}


def _writes(tree: ast.AST) -> list[int]:
    found = []
    for item in ast.walk(tree):
        if isinstance(item, ast.Call) and getattr(item.func, "attr", "") in ("update", "update_or_create"):
            found += [item.lineno for keyword in item.keywords if keyword.arg == "status"]
        targets = item.targets if isinstance(item, ast.Assign) else []
        found += [
            target.lineno
            for target in targets
            if isinstance(target, ast.Attribute) and target.attr == "status"
        ]
    return found


def test_no_other_writer() -> None:
    offenders = {
        f"{path.relative_to(ROOT)}:{line}"
        for app in ("common", "jobs", "nodes", "zones", "operations", "installer")
        for path in (ROOT / app).rglob("*.py")
        if str(path.relative_to(ROOT)) not in WRITERS and "migrations" not in path.parts
        for line in _writes(ast.parse(path.read_text()))
    }
    assert offenders == set()
