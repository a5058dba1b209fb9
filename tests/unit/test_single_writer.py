"""Statuses are assigned by one function each, and written nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.sources import ROOT, each

WRITERS = {"jobs/states.py", "nodes/states.py", "zones/states.py"}


def _writes() -> Iterator[tuple[Path, int]]:
    for path, call in each(ast.Call):
        if getattr(call.func, "attr", "") in ("update", "update_or_create"):
            yield from ((path, call.lineno) for keyword in call.keywords if keyword.arg == "status")
    for path, item in each(ast.Assign):
        for target in item.targets:
            if isinstance(target, ast.Attribute) and target.attr == "status":
                yield path, target.lineno


def test_no_other_writer() -> None:
    offenders = {
        f"{path.relative_to(ROOT)}:{line}"
        for path, line in _writes()
        if str(path.relative_to(ROOT)) not in WRITERS and "migrations" not in path.parts
    }
    assert offenders == set()
