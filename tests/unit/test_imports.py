"""No module imports itself in a circle, not even where only types are imported."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("common", "installer", "jobs", "nodes", "zones", "operations", "lab")


def modules() -> dict[str, Path]:
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    names = (
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths
    )
    return dict(zip(names, paths, strict=True))


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    found = set()
    for item in ast.walk(ast.parse(path.read_text())):
        if isinstance(item, ast.Import):
            found |= {alias.name for alias in item.names}
        elif isinstance(item, ast.ImportFrom) and item.module and not item.level:
            names = {f"{item.module}.{alias.name}" for alias in item.names}
            found |= names & set(known)
            if names - set(known):
                found.add(item.module)
    return found & set(known)


def test_imports_make_no_circle() -> None:
    known = modules()
    assert len(known) > 500
    graph = {name: imported(path, known) - {name} for name, path in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" imports ".join(reversed(error.args[1]))) from None
