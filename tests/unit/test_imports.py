"""No module imports itself in a circle, not even where only types are imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.support.sources import APPS, ROOT, each, sources

PACKAGES = (*APPS, "lab")


def modules() -> dict[str, Path]:
    paths = sources(*PACKAGES)
    names = (
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths
    )
    return dict(zip(names, paths, strict=True))


def imported(known: set[str]) -> Iterator[tuple[Path, set[str]]]:
    for path, item in each(ast.Import, *PACKAGES):
        yield path, {alias.name for alias in item.names} & known
    for path, item in each(ast.ImportFrom, *PACKAGES):
        if item.module and not item.level:
            names = {f"{item.module}.{alias.name}" for alias in item.names}
            yield path, names & known | ({item.module} & known if names - known else set())


def test_imports_make_no_circle() -> None:
    known = modules()
    assert len(known) > 500
    names = {path: name for name, path in known.items()}
    graph: dict[str, set[str]] = {name: set() for name in known}
    for path, found in imported(set(known)):
        graph[names[path]] |= found - {names[path]}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" imports ".join(reversed(error.args[1]))) from None
