"""What must hold when a play of ``bench/chaos.py`` has become quiet: the promises of docs/reliability.md."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2

from tests.system.chaos.play import Play
from tests.system.faults import Refusal

# Seconds without any progress of a job, however slow the machine is.
QUIET_S = 120.0
# A job has up to three components that fail once each, on a canary node and on those after it.
RESUMES = 10
_FILES = {"out": "log", "err": "err"}
_FAILED = re.compile(r"failed with exit code \d+.*/opt/install/([^/]+)/(j-\w+-\d+)\.log")


def at_quiet(play: Play) -> list[str]:
    """Return every broken promise, as a sentence."""
    found = _until_ended(play)
    found += [f"a person was told: {text[:300]}" for text in play.surprises()]
    found += _until_clean(play)
    for job_id, _ in play.jobs:
        found += _gapless(play, job_id)
        found += _recount(play, job_id)
        for node in play.nodes:
            found += [f"{job_id} on {node}: {text}" for text in _node(play, job_id, node)]
    found += [*_nodes_say(play), *_database(play), *_worker_log(play)]
    return found


def _until_ended(play: Play) -> list[str]:
    """Check that every job ends, and reaches success by the verbs that its error names."""
    found = []
    for round_ in range(RESUMES + 1):
        for job_id, _ in play.jobs:
            found += _end_one(play, job_id)
        left = [job_id for job_id, _ in play.jobs if _status(play, job_id)["status"] != "succeeded"]
        if found or not left or round_ == RESUMES:
            break
        for job_id in left:
            _resume(play, job_id)
    found += [
        f"{job_id} is {_status(play, job_id)['status']} after {RESUMES} resumes: {_status(play, job_id)['error']} "
        f"{[step for step in play.console.ask('steps', job_id) if step['status'] != 'succeeded'][:3]}"
        for job_id in ([] if found else left)
    ]
    return found


def _end_one(play: Play, job_id: str) -> list[str]:
    known: Any = None
    deadline = 0.0
    while True:
        status = _status(play, job_id)
        if status["finished_at"]:
            return []
        if status["paused_by"]:
            _resume(play, job_id)
        steps = play.console.ask("steps", job_id)
        now = [status["status"], play.console.ask("last_seq", job_id), _short(steps)]
        if now != known:
            known, deadline = now, time.monotonic() + QUIET_S
        if time.monotonic() > deadline:
            return [f"{job_id} is {status['status']} and nothing happens for {QUIET_S} s: {_short(steps)}"]
        time.sleep(0.5)


def _resume(play: Play, job_id: str) -> None:
    """Resume as a user would: if another job of the region is running, after it has ended."""
    deadline = time.monotonic() + QUIET_S
    while True:
        try:
            play.console.ask("resume", job_id)
            return play.tell(f"resumed {job_id}")
        except Refusal as refusal:
            play.tell(f"resume {job_id}: {refusal}")
            if "Busy" not in str(refusal) or time.monotonic() > deadline:
                return None
        time.sleep(0.5)


def _status(play: Play, job_id: str) -> dict[str, Any]:
    status: dict[str, Any] = play.console.ask("status", job_id)
    return status


def _short(steps: list[dict[str, Any]]) -> list[str]:
    return [f"{step['phase']} {step['address']} {step['status']} {step['claim'][-8:]}" for step in steps]


def _wait_for(condition: Callable[[], Any], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.3)
    return True


def _until_clean(play: Play) -> list[str]:
    """Check that nothing runs on a node for an ended job, and nothing is listed there."""
    found = []

    def remote() -> list[Any]:
        return [
            step for job_id, _ in play.jobs for step in play.console.ask("steps", job_id) if step["remote"]
        ]

    if not _wait_for(lambda: not remote(), 90):
        found.append(f"listed as left on nodes: {remote()}")
    if not _wait_for(
        lambda: not [one for job_id, _ in play.jobs for one in play.console.processes(job_id)], 20
    ):
        left = [one for job_id, _ in play.jobs for one in play.console.processes(job_id)]
        found.append(f"processes are left on nodes: {left}")
    if not _wait_for(lambda: not play.console.ask("queue")["entries"], 70):
        found.append(f"the queue does not become empty: {play.console.ask('queue')}")
    return found


def _gapless(play: Play, job_id: str) -> Iterator[str]:
    seqs = [row[0] for row in play.console.ask("log", job_id)]
    if seqs != list(range(1, len(seqs) + 1)):
        yield f"{job_id}: the numbers of its events have a gap"
    if play.console.ask("last_seq", job_id) != len(seqs):
        yield f"{job_id}: {len(seqs)} events, and last_seq is {play.console.ask('last_seq', job_id)}"


def _recount(play: Play, job_id: str) -> Iterator[str]:
    steps, status = play.console.ask("steps", job_id), _status(play, job_id)
    done = sum(step["status"] == "succeeded" for step in steps)
    if status["progress"] != {"done": done, "total": len(steps)}:
        yield f"{job_id}: progress {status['progress']}, counted {done} of {len(steps)}"
    for step in steps:
        if step["claim"] or step["status"] in ("running", "pending"):
            yield f"{job_id}: an ended job has a step {_short([step])}"
        if step["attempts"] > step["fence"]:
            yield f"{job_id}: {step['attempts']} attempts with {step['fence']} claims: {_short([step])}"


def _node(play: Play, job_id: str, node: str) -> Iterator[str]:
    """Check that no effect happens twice, and that the log has every line of the node's files, once and in order."""
    root = Path(play.console.lab.node(node).root)
    steps = {step["phase"]: step for step in play.console.ask("steps", job_id) if step["address"] == node}
    path = root / "opt" / "effects" / job_id
    effects = path.read_text().splitlines() if path.exists() else []
    for line, count in Counter(effects).items():
        if count > 1:
            yield f"done {count} times: {line}"
    begun: dict[str, set[int]] = defaultdict(set)
    for line in effects:
        word, key, component, _ = line.split()
        if word == "begin":
            begun[component].add(int(key.rsplit("-", 1)[1]))
    rows = [row for row in play.console.ask("log", job_id) if row[1] == node]
    failed = {match.groups() for row in rows if (match := _FAILED.search(row[6]))}
    for component, attempts in begun.items():
        step = steps[component.split(".")[0]]
        good = [number for number in sorted(attempts) if _code(root, component, job_id, number) == 0]
        counted = [number for number in good if number >= step["fresh_from"]]
        if counted and max(attempts) > counted[0]:
            yield f"{component} was done in attempt {counted[0]} and begun again in {max(attempts)}"
        if step["status"] == "succeeded" and not counted:
            yield f"{component} succeeded, and no attempt of {sorted(attempts)} ended well on the node"
        for number in attempts:
            key = f"{job_id}-{number}"
            whole = (component, key) in failed or (step["status"] == "succeeded" and number in counted[:1])
            yield from _lines(root, rows, component, key, whole)


def _code(root: Path, component: str, job_id: str, attempt: int) -> int | None:
    path = root / "opt" / "install" / component / f"{job_id}-{attempt}.rc"
    text = path.read_text().strip() if path.exists() else ""
    return int(text) if text else None


def _lines(root: Path, rows: list[Any], component: str, key: str, whole: bool) -> Iterator[str]:
    for stream, ending in _FILES.items():
        path = root / "opt" / "install" / component / f"{key}.{ending}"
        there = path.read_text(errors="replace").splitlines() if path.exists() else []
        there = [line for line in there if line.startswith(f"{key} ")]
        stored = [
            row[6]
            for row in rows
            if row[3] == component and row[4] == stream and row[6].startswith(f"{key} ")
        ]
        head = _same(there, stored)
        gaps = sum(row[3] == component and "bytes are omitted here" in row[6] for row in rows)
        # A line may be cut on either side of a gap; a reboot in the middle leaves one gap before it and one after.
        rest = _without(stored[head:], there[head:], 2 * gaps)
        if rest:
            yield f"{component} {stream} of {key}: line {head + 1} is {rest[0][:99]}, not {there[head : head + 1]}"
        elif whole and (stored[-1:] != there[-1:] if gaps else head < len(there)):
            yield f"{component} {stream} of {key}: {head} of {len(there)} lines are in the log"


def _without(stored: list[str], there: list[str], cut: int) -> list[str]:
    """Return lines that are not in the node's file in this order, unless at most ``cut`` are; empty: all is well."""
    if not cut:
        return stored
    at, strange = 0, []
    for line in stored:
        try:
            at = there.index(line, at) + 1
        except ValueError:
            strange.append(line)
    return strange if len(strange) > cut else []


def _same(one: list[str], other: list[str]) -> int:
    """Count the equal lines at the beginning."""
    return next(
        (number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _nodes_say(play: Play) -> Iterator[str]:
    for node in play.nodes:
        path = Path(play.console.lab.node(node).root) / "opt" / "effects" / "violations"
        if path.exists():
            yield f"{node}: {path.read_text().splitlines()}"


def _database(play: Play) -> Iterator[str]:
    """Check that there is no lock, no secret and no active job, and that the region is free."""
    if play.console.ask("active"):
        yield f"{play.console.ask('active')} jobs are active"
    if play.console.ask("secrets"):
        yield "secrets of ended jobs are kept"
    seen = play.console.ask("seen")
    if seen["open_steps"] or any(worker["doing"] for worker in seen["workers"]):
        yield f"workers say they do something: {seen}"
    if seen["alive"] < len([worker for worker in play.console.workers if worker.poll() is None]):
        yield f"{seen['alive']} workers are seen alive"
    with psycopg2.connect(play.url) as own, own.cursor() as cursor:
        cursor.execute(
            "SELECT pid, state, query FROM pg_stat_activity WHERE datname = current_database() AND "
            "state LIKE 'idle in transaction%' AND state_change < now() - interval '5 s'"
        )
        for row in cursor.fetchall():
            yield f"a transaction is left open: {row}"
    own.close()
    try:
        job_id = play.console.submit(play.nodes[:1], "true", scope="region:chaos")
        if play.console.ended(job_id)["status"] != "succeeded":
            yield f"a job after all that fails: {_status(play, job_id)['error']}"
    except (Refusal, AssertionError) as error:
        yield f"a job after all that: {str(error)[:300]}"


def _worker_log(play: Play) -> Iterator[str]:
    """Check the worker's log: a lost database is reported; a traceback of anything else is a fault."""
    path = play.console.folder / "worker.log"
    text = path.read_text(errors="replace") if path.exists() else ""
    for word in ("deadlock detected", "a round failed", "could not be requeued"):
        if word in text:
            yield f"the worker's log says: {text[max(0, text.index(word) - 200) :][:900]}"
