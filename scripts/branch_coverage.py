"""Print how many branches of each app the tests took, from the last ``make coverage``; fail where they are too few."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import CoverageException

# The apps that decide what is done to machines; installer is the faces.
COUNTED = ("common", "jobs", "nodes", "zones", "operations")
AT_LEAST = 92
LOWEST = 10


def measured() -> dict[str, tuple[int, int]]:
    """Return branches taken and branches there are, by file."""
    coverage = Coverage()
    coverage.load()
    with tempfile.NamedTemporaryFile("r", suffix=".json") as file:
        coverage.json_report(outfile=file.name)
        files = json.load(file)["files"]
    found = {path: row["summary"] for path, row in files.items()}
    return {path: (row["covered_branches"], row["num_branches"]) for path, row in found.items()}


def main() -> int:
    """Print the table per app, the total that counts, and the files that miss most."""
    try:
        files = measured()
    except CoverageException as error:
        print(f"{error}: run make coverage first", file=sys.stderr)
        return 2
    taken: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for path, (covered, branches) in files.items():
        app = Path(path).parts[0]
        for name in (app, "total") if app in COUNTED else (app,):
            taken[name] += covered
            there[name] += branches
    print(f"{'app':<12}{'branches':>10}{'taken':>10}{'%':>8}")
    for name in (*(name for name in there if name != "total"), "total"):
        print(f"{name:<12}{there[name]:>10}{taken[name]:>10}{_percent(taken[name], there[name]):>8.1f}")
    print(f"\nMost are missing in ({', '.join(COUNTED)}):")
    counted = {path: row for path, row in files.items() if Path(path).parts[0] in COUNTED}
    for path, (covered, branches) in sorted(counted.items(), key=lambda item: item[1][0] - item[1][1])[
        :LOWEST
    ]:
        print(f"{branches - covered:>6} of {branches:<6}{path}")
    reached = _percent(taken["total"], there["total"])
    if reached < AT_LEAST:
        print(
            f"\n{reached:.1f} % of the branches of {', '.join(COUNTED)} are taken; {AT_LEAST} % are wanted",
            file=sys.stderr,
        )
    return int(reached < AT_LEAST)


def _percent(taken: int, there: int) -> float:
    return 100 * taken / there if there else 100.0


if __name__ == "__main__":
    raise SystemExit(main())
