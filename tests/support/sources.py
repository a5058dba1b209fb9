"""The product's sources, read and parsed once by a process whose tests look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
APPS = ("common", "jobs", "nodes", "zones", "operations", "installer")
# What tests ask for over all sources.
_KINDS = (ast.Call, ast.Constant, ast.JoinedStr, ast.Assign, ast.Import, ast.ImportFrom)

Kind = TypeVar("Kind", bound=ast.AST)


@cache
def parsed(path: Path) -> ast.Module:
    """Return the tree of a file."""
    return ast.parse(path.read_text())


@cache
def sources(*apps: str) -> tuple[Path, ...]:
    """Return the Python files of these apps, by default of all."""
    return tuple(path for app in apps or APPS for path in sorted((ROOT / app).rglob("*.py")))


@cache
def _found(path: Path) -> dict[type, list[ast.AST]]:
    found: dict[type, list[ast.AST]] = {kind: [] for kind in _KINDS}
    for node in ast.walk(parsed(path)):
        if type(node) in found:
            found[type(node)].append(node)
    return found


def each(kind: type[Kind], *apps: str) -> Iterator[tuple[Path, Kind]]:
    """Yield every node of one kind in the files of these apps, by default of all, with its file."""
    for path in sources(*apps):
        for node in _found(path)[kind]:
            yield path, node  # type: ignore[misc]
