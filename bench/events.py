"""Log lines through the whole path: printed on simulated nodes, read over SSH, stored as Events, seen by a reader.

``python bench/events.py --db postgresql --json`` prints one JSON object. Two jobs over the same nodes: in the first
every node prints all its lines at once (``lines_per_s``: lines stored a second, from the first to the last); in the
second all nodes together print ``--rate`` lines a second with the time in each tenth of a second's line
(``tail_latency_ms``: median, ``tail_latency_p99_ms``; from there to a reader that asks every 0.1 s).
``peak_mb`` is that of the largest worker process, ``growth_mb`` what it grew during the second job.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import Lab
from lab.database import own_database, postgres_url
from tests.system.faults import FaultConsole

# All nodes start at one moment, when every connection is there. One process each: the measurement is not of
# how fast one machine forks for two hundred.
BURST = """\
exec python3 -c 'import time; time.sleep(max(0, START - time.time()))
for n in range(LINES): print("line", n, "of a step that says what it does, as packages do")'
"""
# They end seconds after their last line: two hundred processes that exit at once are work of the nodes, which
# share the processors here with what is measured.
PACED = """\
exec python3 -u -c 'import sys, time
text = "".join(f"line {n} of a step that says what it does, as packages do\\n" for n in range(EACH - 1))
for n in range(SECONDS):
    time.sleep(max(0, START + n + OFFSET - time.time()))
    sys.stdout.write(text + f"@{time.time_ns()}\\n")
time.sleep(4)'
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=("postgresql", "sqlite"), default="sqlite")
    parser.add_argument("--nodes", type=int, default=200)
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--rate", type=int, default=0, help="lines a second of the second job; 0: the goal")
    parser.add_argument("--settle", type=int, default=40, help="seconds until all nodes are connected")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.rate = options.rate or (10_000 if options.db == "postgresql" else 4_000)
    if options.db == "sqlite":
        os.environ.pop("DATABASE_URL", None)
    server = postgres_url() if options.db == "postgresql" else ""
    with tempfile.TemporaryDirectory() as name, Lab(Path(name) / "lab") as lab, own_database(server) as url:
        result = measure(Path(name), lab, url, options)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        for key, value in result.items():
            sys.stdout.write(f"{key}: {value}\n")


def measure(folder: Path, lab: Lab, url: str, options: argparse.Namespace) -> dict[str, Any]:
    """Run both jobs."""
    console = FaultConsole(folder, lab, f"127.{2 + os.getpid() % 250}.{os.getpid() // 250 % 250}", url)
    console.environment["INSTALLER_SSH_CONCURRENCY"] = str(-(-options.nodes // options.workers))
    console.environment["INSTALLER_LEASE_S"] = "60"
    console.run("migrate", "--verbosity", "0")
    addresses = console.add_nodes(options.nodes)
    try:
        console.ensure_workers(options.workers)
        # Namespaces of a simulated node are created by its first command, which is not measured.
        console.ended(console.submit(addresses, "true"), 300)
        burst = _burst(console, addresses, options)
        before = _memory(console)
        paced = _paced(console, addresses, options)
        peak = _memory(console)
    finally:
        console.close()
    return {
        "db": options.db,
        "nodes": options.nodes,
        "workers": options.workers,
        "load_1m": round(os.getloadavg()[0], 1),
        **burst,
        **paced,
        "peak_mb": round(peak, 1),
        "growth_mb": round(peak - before, 1),
    }


def _burst(console: FaultConsole, addresses: list[str], options: argparse.Namespace) -> dict[str, Any]:
    start = int(time.time()) + options.settle
    script = BURST.replace("START", str(start)).replace("LINES", str(options.lines))
    job_id = console.submit(addresses, script)
    total = options.nodes * options.lines
    points = _watch(console, job_id, total, lambda event, now: None)
    _check(console, job_id, total)
    first, last = points[0], points[-1]
    wall_s = last[0] - max(start, first[0] - 0.1)
    return {"lines": total, "lines_per_s": round(total / wall_s), "burst_s": round(wall_s, 2)}


def _paced(console: FaultConsole, addresses: list[str], options: argparse.Namespace) -> dict[str, Any]:
    seconds = 10
    each = max(2, options.rate // options.nodes)
    start = int(time.time()) + options.settle
    script = PACED.replace("START", str(start)).replace("EACH", str(each)).replace("SECONDS", str(seconds))
    # Spread over the second by address.
    script = script.replace(
        "OFFSET", "(abs(hash(open('/etc/hostname').read())) % 1000 / 1000)".replace("'", '"')
    )
    late: list[float] = []

    def see(line: str, now: float) -> None:
        if line.startswith("@"):
            late.append(now * 1000 - int(line[1:]) / 1e6)

    job_id = console.submit(addresses, script)
    total = options.nodes * each * seconds
    points = _watch(console, job_id, total, see)
    _check(console, job_id, total)
    late.sort()
    return {
        "paced_lines_per_s": round(total / (points[-1][0] - points[0][0] + 1)),
        "tail_latency_ms": round(statistics.median(late)),
        "tail_latency_p99_ms": round(late[int(len(late) * 0.99) - 1]),
    }


def _watch(console: FaultConsole, job_id: str, total: int, see: Any) -> list[tuple[float, int]]:
    """Read the log as a follower does until all lines are there; return when how many were seen."""
    after, seen = 0, 0
    points: list[tuple[float, int]] = []
    give_up = time.monotonic() + 300
    while seen < total:
        assert time.monotonic() < give_up, f"{seen} of {total} lines came"
        rows = console.ask("tail", job_id, after)
        now = time.time()
        for _, stream, line in rows:
            if stream == "out":
                seen += 1
                see(line, now)
        if rows:
            after = rows[-1][0]
        if seen and rows:
            points.append((now, seen))
        if len(rows) < 5000:
            time.sleep(0.1)
    return points


def _check(console: FaultConsole, job_id: str, total: int) -> None:
    assert console.ended(job_id, 120)["status"] == "succeeded"
    assert console.ask("count", job_id) == total, "lines were lost or came twice"


def _memory(console: FaultConsole) -> float:
    """Return the current memory of the largest worker process, in MB."""
    sizes = [0]
    for pid in console.worker_processes():
        text = Path(f"/proc/{pid}/status").read_text()
        sizes += [int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS")]
    return max(sizes) / 1024


if __name__ == "__main__":
    main()
