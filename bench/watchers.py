"""What watching a running job costs: many who follow its log at once, over REST.

``python bench/watchers.py --json`` prints one JSON object: 200 watchers of a job of 200 nodes, which prints ``--rate``
lines a second. With ``--way wait`` each asks with ``wait=25`` as soon as it has an answer; with ``--way poll`` it asks
once a second, as pages did before. ``cpu_cores``: processor time of the web server and the database for each second
(``server_cores`` and ``database_cores`` are its parts), less what the database spends without watchers;
``latency_ms`` (median and p99) from when a line is written until it was read; ``lost`` and ``twice``: lines;
``healthz_ms``: median, 95th percentile and maximum of /healthz meanwhile, ``healthz_alone_ms``: without watchers.

gunicorn is started as ``make run`` starts it, with a database of its own on the server of ``DATABASE_URL``, else with
SQLite.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.api import Server, gunicorn  # noqa: E402 -- the path above
from lab.database import own_database  # noqa: E402

ACCOUNTS = 20
_WRITE_EVERY_S = 0.2
_POLL_S = 1.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watchers", type=int, default=200)
    parser.add_argument("--nodes", type=int, default=200)
    parser.add_argument("--rate", type=int, default=200, help="lines a second, of all nodes")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--way", choices=("wait", "poll"), default="wait")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-to", metavar="JOB", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write_to:
        write_lines(options)
        return
    with tempfile.TemporaryDirectory() as name, own_database() as url:
        os.environ.update(
            INSTALLER_DATA_DIR=name, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="installer.settings"
        )
        os.environ.setdefault("INSTALLER_LOG_LEVEL", "ERROR")
        result = measure(options)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        for key, value in result.items():
            sys.stdout.write(f"{key}: {value}\n")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Start the server, the watchers and the job."""
    import django

    django.setup()
    job_id, tokens = _make(options.nodes)
    path = f"/api/v1/jobs/{job_id}/events/?limit=5000&"
    path += "wait=25&after=" if options.way == "wait" else "after="
    with gunicorn("installer.wsgi", {}) as server:
        quiet = Health(server.url.port or 0)
        quiet.start()
        alone = _database_share(server, options, job_id)
        quiet.stop()
        first = _last_seq(job_id)
        watchers = [
            Watcher(server.url.port or 0, path, tokens[number % len(tokens)], first)
            for number in range(options.watchers)
        ]
        health = Health(server.url.port or 0)
        follow(watchers, options.way, until=lambda: all(watcher.asked for watcher in watchers))
        health.start()
        cpu, database = server.cpu_ms(), server.database_cpu_ms()
        began = time.monotonic()
        with _writing(job_id, options) as writer:
            # Looked at all the time: what a process of the database spent is lost when it ends.
            follow(
                watchers, options.way, until=lambda: server.database_cpu_ms() < 0 or writer.poll() is not None
            )
        took_s = time.monotonic() - began
        cpu, database = server.cpu_ms() - cpu, server.database_cpu_ms() - database
        health.stop()
        last = _last_seq(job_id)
        give_up = time.monotonic() + 60
        follow(
            watchers,
            options.way,
            until=lambda: min(w.after for w in watchers) >= last or time.monotonic() > give_up,
        )
    late = sorted(late for watcher in watchers for late in watcher.late_ms)
    own = database / took_s / 1000 - alone
    return {
        "way": options.way,
        "watchers": len(watchers),
        "lines_per_s": round((last - first) / took_s),
        "answers_per_s": round(sum(watcher.answers for watcher in watchers) / took_s),
        "cpu_cores": round(cpu / took_s / 1000 + own, 3),
        "server_cores": round(cpu / took_s / 1000, 3),
        "database_cores": round(own, 3),
        "latency_ms": [round(statistics.median(late)), round(late[int(len(late) * 0.99) - 1])],
        "lost": sum(last - first - watcher.lines for watcher in watchers),
        "twice": sum(watcher.twice for watcher in watchers),
        "refused": sum(watcher.refused for watcher in watchers),
        "healthz_ms": health.result(),
        "healthz_alone_ms": quiet.result(),
    }


def _make(nodes: int) -> tuple[str, list[str]]:
    """Make a job that no worker takes up, and the accounts that watch it."""
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command

    from common.actor import SYSTEM
    from installer.tokens import issue_token
    from jobs.models import Job, Step

    call_command("migrate", verbosity=0)
    job = Job.objects.create(action="exec_nodes", created_by="bench", status="running", paused_by="bench")
    Step.objects.bulk_create(
        Step(
            job=job,
            phase="install",
            position=0,
            target=f"n-{number:06d}",
            address=f"127.1.{number // 250}.{number % 250 + 1}",
            status="running",
            claim="bench",
        )
        for number in range(nodes)
    )
    tokens = []
    for number in range(ACCOUNTS):
        user = User.objects.create(username=f"watcher{number}", is_staff=True)
        user.groups.add(Group.objects.get(name="viewer"))
        tokens.append(issue_token(user=user, actor=SYSTEM).key)
    return job.job_id, tokens


def _last_seq(job_id: str) -> int:
    from jobs.models import Job

    return int(Job.objects.values_list("last_seq", flat=True).get(job_id=job_id))


def _database_share(server: Server, options: argparse.Namespace, job_id: str) -> float:
    """Return the processors that the database uses while lines are written and nobody watches."""
    before, began = server.database_cpu_ms(), time.monotonic()
    with _writing(job_id, options, seconds=5) as writer:
        while writer.poll() is None:
            server.database_cpu_ms()
            time.sleep(0.1)
    return (server.database_cpu_ms() - before) / (time.monotonic() - began) / 1000


@contextlib.contextmanager
def _writing(job_id: str, options: argparse.Namespace, seconds: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    words = [__file__, "--write-to", job_id, "--rate", str(options.rate)]
    with subprocess.Popen([sys.executable, *words, "--seconds", str(seconds or options.seconds)]) as writer:
        yield writer


def write_lines(options: argparse.Namespace) -> None:
    """Write lines as the engine does, in batches; each line has the time in it."""
    import django

    django.setup()
    from django.utils import timezone

    from jobs.engine.event_writer import write_items
    from jobs.models import Job
    from jobs.report_queue import Lines

    job = Job.objects.get(job_id=options.write_to)
    steps = {step.pk: step for step in job.steps.all()}
    pks, count, begun = list(steps), 0, time.monotonic()
    while (spent := time.monotonic() - begun) < options.seconds:
        due = int(options.rate * spent) - count
        by_step: dict[int, list[str]] = {}
        for number in range(count, count + due):
            text = f"@{time.time_ns()} a step says what it does, as packages do"
            by_step.setdefault(pks[number % len(pks)], []).append(text)
        items = [
            Lines(pk, timezone.now(), "network", "out", "info", tuple(texts), ("log", count))
            for pk, texts in by_step.items()
        ]
        write_items(job, "bench", items, steps)
        count += due
        time.sleep(_WRITE_EVERY_S)


class Watcher:
    """One who follows the log on a connection that is kept."""

    def __init__(self, port: int, path: str, token: str, after: int) -> None:
        self.port, self.path, self.token, self.after = port, path, token, after
        self.connect()
        self.asked = False
        self.next_at = 0.0
        self.answers = self.lines = self.twice = self.refused = 0
        self.late_ms: list[float] = []

    def connect(self) -> None:
        """Connect, or again: the server closes connections on which nothing is asked for two seconds."""
        self.sock = socket.create_connection(("127.0.0.1", self.port))
        self.data = b""
        self.waiting = False

    def ask(self) -> None:
        """Send the next request."""
        head = f"GET {self.path}{self.after} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {self.token}\r\n\r\n"
        self.sock.sendall(head.encode())
        self.asked = self.waiting = True

    def read(self) -> bool:
        """Read what there is of the answer; returns false if the connection is closed."""
        with contextlib.suppress(ConnectionResetError):
            more = self.sock.recv(1 << 20)
            self.data += more
            if more:
                self.parse()
                return True
        self.sock.close()
        return False

    def parse(self) -> None:
        """Take the answer, once it is whole."""
        head, found, body = self.data.partition(b"\r\n\r\n")
        if not found:
            return
        chunked = b"chunked" in head
        if chunked:
            if not body.endswith(b"0\r\n\r\n"):
                return
            body = _joined(body)
        elif len(body) < int(head.lower().partition(b"content-length:")[2].split()[0]):
            return
        self.data, self.waiting = b"", False
        self.answers += 1
        self.take(int(head.split()[1]), json.loads(body), time.time())

    def take(self, status: int, answer: dict[str, Any], now: float) -> None:
        """Count the lines."""
        if status != 200:
            self.refused += 1
            self.next_at = time.monotonic() + _POLL_S
            return
        for event in answer["events"]:
            self.lines += 1
            self.twice += event["seq"] <= self.after
            self.after = max(self.after, event["seq"])
            self.late_ms.append(now * 1000 - int(event["line"][1:].partition(" ")[0]) / 1e6)
        self.after = max(self.after, answer["last_seq"])


def _joined(body: bytes) -> bytes:
    """Return the body of chunks."""
    joined, at = b"", 0
    while size := int(body[at : (end := body.index(b"\r\n", at))], 16):
        joined += body[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
    return joined


def follow(watchers: list[Watcher], way: str, *, until: Any) -> None:
    """Let them ask and read until then."""
    with selectors.DefaultSelector() as selector:
        for number, watcher in enumerate(watchers):
            selector.register(watcher.sock, selectors.EVENT_READ, watcher)
            if not watcher.asked and way == "poll":
                watcher.next_at = time.monotonic() + number / len(watchers) * _POLL_S
        checked = 0.0
        while True:
            now = time.monotonic()
            if now - checked > 0.1:
                checked = now
                if until():
                    return
            for watcher in watchers:
                if not watcher.waiting and watcher.next_at <= now:
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                        watcher.ask()
                    watcher.next_at = now + _POLL_S if way == "poll" else 0.0
            for key, _ in selector.select(0.02):
                watcher = key.data
                if not watcher.read():
                    selector.unregister(key.fileobj)
                    watcher.connect()
                    selector.register(watcher.sock, selectors.EVENT_READ, watcher)


class Health(threading.Thread):
    """Asks for /healthz five times a second."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.over = threading.Event()
        self.took_ms: list[float] = []

    def run(self) -> None:
        """Ask until it is stopped; the first answer comes when the server has started."""
        self.ask()
        self.took_ms.clear()
        while not self.over.wait(0.2):
            self.ask()

    def ask(self) -> None:
        """Ask once."""
        began = time.perf_counter()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port)) as connection:
            connection.request("GET", "/healthz")
            assert connection.getresponse().read()
        self.took_ms.append((time.perf_counter() - began) * 1000)

    def stop(self) -> None:
        """End it."""
        self.over.set()
        self.join()

    def result(self) -> list[float]:
        """Return median, 95th percentile and maximum."""
        took = sorted(self.took_ms)
        return [round(value, 1) for value in (statistics.median(took), took[int(len(took) * 0.95)], took[-1])]


if __name__ == "__main__":
    main()
