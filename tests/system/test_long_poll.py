"""Following a job over REST, as ``make run`` serves it, while everything about it changes."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.migrated import migrate
from tests.system.console import ROOT
from tests.system.postgres import Server, postgresql

LIMIT_S = 120
MAKE = """
from django.contrib.auth.models import Group, User
from common.actor import SYSTEM
from installer.tokens import issue_token
from jobs.models import Job
print(Job.objects.create(action="collect_nodes", created_by="ann", status="running", paused_by="ann").job_id)
user, _ = User.objects.get_or_create(username="ann", is_staff=True)
user.groups.add(Group.objects.get(name="viewer"))
for _ in range(2):
    print(issue_token(user=user, actor=SYSTEM).key)
"""
# A look would come after a minute.
LISTEN = """
import threading, time
from django.db import connection
from jobs import notifications
from jobs.engine.event_writer import log_event
from jobs.models import Job
from jobs.states import move_job
notifications.LOOK_S["postgresql"] = 60.0
job = Job.objects.get(job_id="{job}")
listener = notifications.Listener()
for tell in (
    lambda: log_event(job, "news"),
    lambda: move_job(Job.objects.filter(pk=job.pk), "cancel"),
    lambda: connection.cursor().execute("NOTIFY " + notifications.NEWS_CHANNEL),
):
    listener.wait(least_s=0.0, most_s=0.0)
    thread = threading.Thread(target=lambda: (tell(), connection.close()))
    thread.start()
    began = time.monotonic()
    listener.wait(least_s=0.0)
    print(time.monotonic() - began < 50)
    thread.join()
"""
FILL = """
from django.utils import timezone
from jobs.models import Event, Job
job = Job.objects.get(job_id="{job}")
Event.objects.bulk_create(
    [Event(job=job, seq=n, ts=timezone.now(), line="x" * 4000) for n in range(1, 8001)], batch_size=1000)
Job.objects.filter(pk=job.pk).update(last_seq=8000)
"""
WRITE = """
import random, time
from jobs.engine.event_writer import log_event
from jobs.models import Job
from jobs.states import move_job
job = Job.objects.get(job_id="{job}")
for number in range({bursts}):
    log_event(job, "\\n".join(f"line {{number}}.{{part}}" for part in range(random.randint(1, 9))))
    time.sleep(random.choice([0, 0.01, 0.2]))
if {ends}:
    move_job(Job.objects.filter(pk=job.pk), "succeed")
print(Job.objects.get(pk=job.pk).last_seq)
"""


class Web:
    """A web server on a PostgreSQL of its own, with a job that no worker takes up."""

    def __init__(self, folder: Path, database: Server) -> None:
        self.database = database
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "INSTALLER_DATA_DIR": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "installer.settings",
        }
        migrate(self.environment)
        self.log = folder / "log"
        words = ["installer.wsgi", "--bind", f"127.0.0.1:{self.port}", "--config", "installer/gunicorn.py"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *words],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(self.healthy, "the web server does not answer")

    def begin(self) -> None:
        """Make another job, and tokens to look at it."""
        self.job, self.token, self.other_token = self.run(MAKE).split()

    def run(self, program: str) -> str:
        """Run a program of the console, and return what it prints."""
        words = [sys.executable, "manage.py", "shell", "--no-imports", "-c", program]
        done = subprocess.run(
            words, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def write(self, bursts: int, *, ends: bool = False) -> int:
        """Write lines, and return how many there are then."""
        return int(self.run(WRITE.format(job=self.job, bursts=bursts, ends=ends)))

    def healthy(self) -> bool:
        """Ask /healthz."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask("/healthz")[0] == 200
        return False

    def ask(self, path: str, token: str = "") -> tuple[int, bytes]:
        """Return status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Authorization": f"Token {token}"} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def events(self, query: str) -> str:
        """Return the path of the job's log."""
        return f"/api/v1/jobs/{self.job}/events/?{query}"

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def listeners(self) -> int:
        """Return how many connections listen."""
        found = self.run(
            "from django.db import connection as c\nwith c.cursor() as k:\n"
            " k.execute(\"SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' OR "
            "query LIKE '%jobs_job%last_seq%' AND pid <> pg_backend_pid()\")\n print(k.fetchone()[0])"
        )
        return int(found)

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(60)
        finally:
            self.process.kill()


def until(condition: Any, what: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with postgresql() as database:
        made = Web(tmp_path_factory.mktemp("web"), database)
        try:
            yield made
            _, *traces = made.log.read_text().split("Traceback")
            # Of the downloads that are broken off.
            assert all("Job.DoesNotExist" in trace for trace in traces), made.log.read_text()[-3000:]
        finally:
            made.close()


@pytest.fixture
def web(served: Web) -> Web:
    served.begin()
    return served


class Follower(threading.Thread):
    """Follows the log to its end, with one request after the other."""

    def __init__(self, web: Web, query: str = "") -> None:
        super().__init__(daemon=True)
        self.web, self.query = web, query
        self.seen: list[int] = []
        self.answers = self.broken = 0
        self.start()

    def run(self) -> None:
        after, status = 0, ""
        while status != "succeeded":
            try:
                code, body = self.web.ask(
                    self.web.events(f"after={after}&wait=25{self.query}"), self.web.token
                )
            except (OSError, http.client.HTTPException):
                # Its process was killed, or is not there yet.
                self.broken += 1
                time.sleep(0.1)
                continue
            if code != 200:
                self.broken += 1
                time.sleep(0.1)
                continue
            answer = json.loads(body)
            self.answers += 1
            self.seen += [event["seq"] for event in answer["events"]]
            after, status = answer["last_seq"], answer["status"]


def test_who_follows_misses_nothing_and_reads_nothing_twice(web: Web) -> None:
    followers = [Follower(web) for _ in range(25)] + [Follower(web, "&level=error") for _ in range(5)]
    last = web.write(60, ends=True)
    for follower in followers:
        follower.join(LIMIT_S)
    assert all(follower.seen == list(range(1, last + 1)) for follower in followers[:25])
    assert all(follower.seen == [] and follower.answers < 5 for follower in followers[25:])
    assert not any(follower.broken for follower in followers)


def test_lines_and_states_are_told_to_who_listens(web: Web) -> None:
    assert web.run(LISTEN.format(job=web.job)).split() == ["True"] * 3


def test_processes_are_killed_and_the_database_is_started_again(web: Web) -> None:
    followers = [Follower(web) for _ in range(10)]
    first = web.write(5)
    until(lambda: all(len(follower.seen) == first for follower in followers), "lines are missing")
    for pid in web.workers():
        os.kill(pid, signal.SIGKILL)
    second = web.write(5)
    until(lambda: all(len(follower.seen) == second for follower in followers), "lines are missing")
    web.database.stop()
    web.database.start()
    last = web.write(5, ends=True)
    for follower in followers:
        follower.join(LIMIT_S)
        assert follower.seen == list(range(1, last + 1)) and follower.broken


def test_a_server_that_stops_answers_those_who_wait_at_once(web: Web) -> None:
    answers: list[tuple[int, bytes]] = []
    path = web.events("wait=25")
    threads = [
        threading.Thread(target=lambda: answers.append(web.ask(path, web.token)), daemon=True)
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    until(lambda: web.listeners() > 0, "nobody waits")
    began = time.monotonic()
    web.process.send_signal(signal.SIGHUP)
    for thread in threads:
        thread.join(LIMIT_S)
    assert time.monotonic() - began < 24
    assert {code for code, _ in answers} == {200} and len(answers) == 20
    assert all(json.loads(body)["events"] == [] for _, body in answers)
    until(web.healthy, "the new processes do not answer")


def test_a_token_that_is_revoked_ends_the_waiting(web: Web) -> None:
    answers: list[tuple[int, bytes]] = []
    path = web.events("wait=25")
    thread = threading.Thread(target=lambda: answers.append(web.ask(path, web.other_token)), daemon=True)
    thread.start()
    until(lambda: web.listeners() > 0, "nobody waits")
    began = time.monotonic()
    web.run("from installer.models import AccessToken\nAccessToken.objects.latest('pk').delete()")
    thread.join(LIMIT_S)
    assert answers[0][0] == 401 and time.monotonic() - began < 20


def test_clients_that_go_give_their_places_back(web: Web) -> None:
    """More clients than may wait, one after the other: 128 for each of two processes."""
    request = (
        f"GET {web.events('wait=25')} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {web.token}\r\n\r\n"
    )
    for _ in range(3):
        clients = []
        for _ in range(100):
            client = socket.create_connection(("127.0.0.1", web.port), timeout=LIMIT_S)
            client.sendall(request.encode())
            clients.append(client)
        # In the order in which they came: those before it were answered or are put aside.
        assert web.ask(web.events("wait=0.01"), web.token)[0] in (200, 429)
        for client in clients:
            client.close()
    until(lambda: web.ask(web.events("wait=0.01"), web.token)[0] == 200, "places are lost")


def test_what_follows_a_waiting_request_is_answered_after_it(web: Web) -> None:
    one = (
        f"GET {web.events('wait=1')} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {web.token}\r\n\r\n"
    )
    other = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    for together in (True, False):
        with socket.create_connection(("127.0.0.1", web.port), timeout=LIMIT_S) as client:
            client.sendall((one + other if together else one).encode())
            if not together:
                client.sendall(other.encode())
            answer = b"".join(iter(lambda: client.recv(4096), b""))
        assert answer.count(b"HTTP/1.1 200 OK") == 2 and answer.index(b"last_seq") < answer.index(b'"ok"')


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_connection_that_is_closed_after_it_waits_too(web: Web, version: str) -> None:
    request = (
        f"GET {web.events('wait=0.5')} HTTP/{version}\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Token {web.token}\r\n\r\n"
    )
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", web.port), timeout=LIMIT_S) as client:
        client.sendall(request.encode())
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.split(b" ", 2)[1] == b"200" and answer.endswith(b'"status":"running"}')
    assert time.monotonic() - began > 0.4


@pytest.mark.parametrize("path", ["log/", "events/?limit=5000"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_download_that_breaks_off_does_not_pass_for_a_whole_one(web: Web, version: str, path: str) -> None:
    web.run(FILL.format(job=web.job))
    request = (
        f"GET /api/v1/jobs/{web.job}/{path} HTTP/{version}\r\nHost: localhost\r\n"
        f"Authorization: Token {web.token}\r\n\r\n"
    )
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.settimeout(LIMIT_S)
        client.connect(("127.0.0.1", web.port))
        client.sendall(request.encode())
        assert b" 200 OK" in client.recv(4096)
        web.run(f"from jobs.models import Job\nJob.objects.get(job_id='{web.job}').delete()")
        got, reset = b"", True
        with contextlib.suppress(ConnectionResetError):
            got = b"".join(iter(lambda: client.recv(1 << 20), b""))
            reset = False
    # Over HTTP/1.1 the chunk that ends it is missing.
    assert reset if version == "1.0" else got and not got.endswith(b"0\r\n\r\n")
