"""How fast hardware is collected: ours against bare paramiko, xargs ssh, ansible and pyinfra, on the same nodes.

``python bench/collect.py --nodes 50 [--json]``. Starts its own sshd on loopback addresses; needs root, since
collection runs as root there.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.contenders import CONTENDERS, installed
from bench.sshd import Servers

HERE = Path(__file__).resolve().parent
# These take many times as long: one run is enough.
SLOW = ("ansible", "pyinfra")


def main() -> int:
    """Measure, print, and return 0."""
    options = _parser().parse_args()
    if os.geteuid():
        raise SystemExit(
            "run it as root: the collection script runs as root on the nodes, and here they are one host"
        )
    with tempfile.TemporaryDirectory(prefix="bench-collect-") as name:
        folder = Path(name)
        with Servers(folder, options.nodes) as servers:
            plan = _plan(folder, servers, options)
            found = _rounds(plan, options)
    result = summary(found, options.nodes, options.concurrency)
    sys.stdout.write(f"{json.dumps(result) if options.json else _table(result)}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--concurrency", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3, help="of the quick ones; the median counts")
    parser.add_argument("--only", nargs="+", choices=[*CONTENDERS], help="leave the others out")
    parser.add_argument("--json", action="store_true")
    return parser


def _plan(folder: Path, servers: Servers, options: argparse.Namespace) -> Path:
    path = folder / "plan.json"
    plan = {
        "folder": str(folder),
        "addresses": servers.addresses,
        "port": servers.port,
        "user": servers.user,
        "client_key": str(servers.client_key),
        "host_key": servers.host_key,
        "concurrency": options.concurrency,
    }
    path.write_text(json.dumps(plan))
    return path


def _rounds(plan: Path, options: argparse.Namespace) -> dict[str, list[dict[str, float]]]:
    """Run the contenders in turn, round after round: a busy moment of this host affects all alike."""
    names = [name for name in CONTENDERS if installed(name) and name in (options.only or CONTENDERS)]
    found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for number in range(options.rounds):
        for name in names:
            if name in SLOW and number:
                continue
            found[name].append(_one(name, plan))
            sys.stderr.write(f"round {number + 1} {name}: {found[name][-1]}\n")
    return found


def _one(name: str, plan: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, str(HERE / "contenders.py"), name, str(plan)], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{name} failed: {done.stderr[-2000:]}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def summary(found: dict[str, list[dict[str, float]]], nodes: int, concurrency: int) -> dict[str, Any]:
    """Return our figures first, the ratios of wall time, and the medians of all."""
    medians = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in found.items()
    }
    for item in medians.values():
        item["cpu_ms_per_node"] = round(item.pop("cpu_s") * 1000 / nodes, 2)
    result: dict[str, Any] = {"nodes": nodes, "concurrency": concurrency, "cpus": os.cpu_count()}
    if "ours" in medians:
        mine = medians["ours"]
        result |= {
            "wall_s": mine["wall_s"],
            "controller_cpu_ms_per_node": mine["cpu_ms_per_node"],
            "peak_mb": mine["peak_mb"],
        }
        result |= {
            f"ratio_vs_{name}": round(mine["wall_s"] / item["wall_s"], 3)
            for name, item in medians.items()
            if name != "ours"
        }
    return {**result, "contenders": medians}


def _table(result: dict[str, Any]) -> str:
    lines = [f"{result['nodes']} nodes, {result['concurrency']} at a time, {result['cpus']} CPUs"]
    lines += [
        f"{name:<10} {item['wall_s']:>8.2f} s  {item['cpu_ms_per_node']:>7.1f} ms CPU/node  {item['peak_mb']:>7.1f} MiB"
        for name, item in result["contenders"].items()
    ]
    lines += [f"{key}: {value}" for key, value in result.items() if key.startswith("ratio")]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
