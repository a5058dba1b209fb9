"""Random jobs and random faults at once, on real workers, nodes over real SSH and PostgreSQL; then every promise is checked.

``python -m tests.system.chaos --seed 7 --seconds 45 --json`` plays what seed 7 says, waits until it is quiet, and prints what
happened and each promise of docs/reliability.md that did not hold. The same seed plays the same again; how processes
meet differs from run to run, so a rare violation may want several (``--rounds``: that many seeds, one after another).
Exit code 1 when a promise did not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lab import Lab
from lab.database import own_database, postgres_url
from tests.system.chaos import check, plan
from tests.system.chaos.play import Play
from tests.system.faults import FaultConsole


def main() -> int:
    """Play and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--nodes", type=int, default=5)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--net", default=f"127.{2 + os.getpid() % 250}.{os.getpid() // 250 % 250}")
    parser.add_argument(
        "--keep", type=Path, help="where the worker's log and the nodes of a failed play are kept"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    bad = False
    for seed in range(options.seed, options.seed + options.rounds):
        result = play(seed, options)
        bad = bad or bool(result["violations"])
        if options.json:
            sys.stdout.write(json.dumps(result) + "\n")
        else:
            _print(result)
        sys.stdout.flush()
    return int(bad)


def play(seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Play once, from an empty database to the last check."""
    events = plan.make(seed, options.seconds, options.nodes)
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as name,
        own_database(postgres_url()) as url,
        Lab(Path(name) / "lab") as lab,
    ):
        console = FaultConsole(Path(name), lab, options.net, url)
        console.environment["TOY_RETRY_S"] = "50"
        console.run("migrate", "--verbosity", "0")
        made = Play(console, console.add_nodes(options.nodes), url, options.workers)
        begun = time.monotonic()
        try:
            made.play(events)
            violations = check.at_quiet(made)
        finally:
            made.close()
        if violations and options.keep:
            _keep(Path(name), options.keep / str(seed))
        return {
            "seed": seed,
            "jobs": len(made.jobs),
            "faults": len(events) - sum(event.kind == "submit" for event in events),
            "wall_s": round(time.monotonic() - begun, 1),
            "refused": len(made.refusals),
            "violations": violations,
            "history": made.history,
        }


def _keep(folder: Path, where: Path) -> None:
    """Keep the log of the worker, and what components left and did on each node."""
    where.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / "worker.log", where)
    for node in (folder / "lab" / "nodes").iterdir():
        shutil.copytree(node / "root" / "opt", where / node.name, dirs_exist_ok=True)


def _print(result: dict[str, Any]) -> None:
    for line in result["history"]:
        sys.stdout.write(f"  {line}\n")
    for line in result["violations"]:
        sys.stdout.write(f"VIOLATION {line}\n")
    words = (
        f"{result['jobs']} jobs, {result['faults']} faults, {len(result['violations'])} violations, "
        f"{result['wall_s']} s: --seed {result['seed']}\n"
    )
    sys.stdout.write(words)


if __name__ == "__main__":
    sys.exit(main())
