"""The web server as ``make run`` starts it, among clients that wait, are slow, or are hostile."""

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
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.system.console import PASSWORD, ROOT

START_S = 90
SOON_S = 1.0
# On a machine busy with other tests nothing is quick: allow a multiple of the time without other clients.
TIMES = 4
MAKE = f"""
from django.contrib.auth.models import Group, User
from common.actor import SYSTEM
from jobs.models import Event, Job, Step
from django.utils import timezone
from installer.tokens import issue_token
# Paused while it runs: no worker takes it up (a queued one is begun, and then paused), and it does not end.
job = Job.objects.create(
    action="collect_nodes", created_by="ann", status="running", paused_by="ann", last_seq=4000)
Step.objects.create(job=job, phase="collect", position=0)
Event.objects.bulk_create(Event(job=job, seq=n, ts=timezone.now(), line="x" * 2000) for n in range(1, 4001))
print(job.job_id)
for n in range(40):
    user = User.objects.create(username=f"viewer{{n}}", is_staff=True)
    user.groups.add(Group.objects.get(name="viewer"))
    print(issue_token(user=user, actor=SYSTEM).key)
operator = User.objects.create_user("operator", password="{PASSWORD}", is_staff=True)
operator.groups.add(Group.objects.get(name="operator"))
print(issue_token(user=operator, actor=SYSTEM).key)
"""


class Web:
    """The running console, its job and the tokens of its people."""

    def __init__(self, port: int, made: list[str]) -> None:
        self.port = port
        self.job, *self.viewers, self.operator = made
        self.alone: dict[str, float] = {}

    def connection(self, timeout_s: float = 60) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)

    def get(self, path: str, token: str = "", **headers: str) -> tuple[int, Any, bytes, float]:
        """Return status, headers, body and duration."""
        began = time.monotonic()
        connection = self.connection()
        if token:
            headers["Authorization"] = f"Token {token}"
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body, time.monotonic() - began

    def quick(self) -> None:
        """Require health, a page and the API to answer in under a second each, several times in a row."""
        for path, took in [*self.round(), *self.round(), *self.round()]:
            assert took < max(SOON_S, TIMES * self.alone.get(path, 0)), (path, took, self.alone)

    def round(self) -> list[tuple[str, float]]:
        """Return how long each takes."""
        found = []
        for path, token, wanted in (
            ("/healthz", "", {200}),
            ("/readyz", "", {200, 503}),
            ("/admin/login/", "", {200}),
            ("/api/v1/jobs/", self.operator, {200}),
        ):
            status, _, body, took = self.get(path, token)
            assert status in wanted, (path, status, body[:200])
            found.append((path, took))
        return found

    def raw(self, data: bytes = b"") -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        client.sendall(data)
        return client


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder: Path = tmp_path_factory.mktemp("web")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "INSTALLER_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "installer.settings",
        "DJANGO_SUPERUSER_USERNAME": "admin",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "BIND": f"127.0.0.1:{port}",
    }
    log = (folder / "log").open("wb")
    console = subprocess.Popen(
        ["sh", "scripts/run.sh", sys.executable],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + START_S
        while True:
            assert console.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            with contextlib.suppress(OSError, http.client.HTTPException):
                if Web(port, ["", ""]).get("/admin/login/")[0] == 200:
                    break
            time.sleep(0.1)
        made = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKE],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        web = Web(port, made.stdout.split())
        web.alone = dict([*web.round(), *web.round()][4:])
        yield web
        assert b"Traceback" not in (folder / "log").read_bytes(), (folder / "log").read_text()[-3000:]
    finally:
        console.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            console.wait(60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(console.pid, signal.SIGKILL)
        log.close()


def until(condition: Any, what: str, limit_s: float = 60) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def many(calls: list[Any]) -> list[threading.Thread]:
    threads = [threading.Thread(target=call, daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.parametrize("people", [1, 40], ids=["one viewer", "40 viewers"])
def test_who_waits_holds_up_nobody(web: Web, people: int) -> None:
    path = f"/api/v1/jobs/{web.job}/events/?after=1000000&wait=15"
    answers: list[tuple[int, Any, bytes, float]] = []
    threads = many(
        [
            lambda number=number: answers.append(web.get(path, web.viewers[number % people]))
            for number in range(40)
        ]
    )
    web.quick()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 40
    for status, _, body, took in answers:
        assert status == 200 and took >= 14.9 and json.loads(body)["events"] == []


SLOW = {
    "nothing": b"",
    "half a line": b"GET /api/v1/jo",
    "headers one by one": b"GET /admin/login/ HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n",
    "half a body": b"POST /api/v1/token/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 4000000\r\n\r\n{",
    "half a chunk": b"POST /api/v1/token/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nabc",
    "half of a second request": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heal",
}


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_hold_up_nobody(web: Web, kind: str) -> None:
    """Answer others while 40 clients of each kind, twice the number of threads, send a little now and then."""
    clients = [web.raw(SLOW[kind]) for _ in range(40)]
    try:
        web.quick()
        for client in clients:
            with contextlib.suppress(OSError):
                client.sendall(b"x")
        web.quick()
    finally:
        for client in clients:
            client.close()


def test_who_does_not_read_holds_up_nobody(web: Web) -> None:
    """Answer others while 40 clients, with 8 MB for each, read nothing."""
    request = (
        f"GET /api/v1/jobs/{web.job}/events/?limit=4000 HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Token {web.operator}\r\n\r\n"
    ).encode()
    clients = [web.raw(request) for _ in range(40)]
    try:
        for client in clients[:16]:
            # Its answer has started: from here on the client reads nothing.
            client.recv(1)
        until(lambda: web.get("/healthz")[3] < SOON_S, "health does not answer")
        for client in clients[16:]:
            client.recv(1)
        web.quick()
    finally:
        for client in clients:
            client.close()


def test_an_answer_that_is_read_slowly_is_whole(web: Web) -> None:
    status, _, wanted, _ = web.get(f"/api/v1/jobs/{web.job}/events/?limit=4000", web.operator)
    assert status == 200 and len(wanted) > 8_000_000
    connection = web.connection()
    connection.request(
        "GET",
        f"/api/v1/jobs/{web.job}/events/?limit=4000",
        headers={"Authorization": f"Token {web.operator}"},
    )
    answer = connection.getresponse()
    got = bytearray()
    while piece := answer.read(200_000):
        got += piece
        web.get("/healthz")
    assert bytes(got) == wanted
    # The same connection takes the next request.
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200


def test_who_does_not_close_holds_up_nobody(web: Web) -> None:
    """Answer others while clients stay open after Connection: close; the server waits outside its main loop."""
    clients = [
        web.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") for _ in range(40)
    ]
    try:
        for client in clients:
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        web.quick()
    finally:
        for client in clients:
            client.close()


def test_downloads_that_nobody_reads_hold_up_nobody(web: Web) -> None:
    request = (
        f"GET /api/v1/jobs/{web.job}/log/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {{}}\r\n\r\n"
    )
    clients = [web.raw(request.format(token).encode()) for token in web.viewers]
    try:
        assert {client.recv(12) for client in clients} <= {b"HTTP/1.1 200", b"HTTP/1.1 429"}
        web.quick()
    finally:
        for client in clients:
            client.close()


def chunked(body: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield b"%x;why=not\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\nX-Trailer: 1\r\n\r\n"


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_body_in_chunks_is_read(web: Web, size: int) -> None:
    body = json.dumps({"addresses": ["192.0.2.1"], "nothing": "x" * 300}).encode()
    head = (
        "POST /api/v1/nodes/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        f"Content-Type: application/json\r\nConnection: close\r\nAuthorization: Token {web.operator}\r\n\r\n"
    ).encode()
    client = web.raw(head)
    for piece in chunked(body, size):
        client.sendall(piece)
    answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400") and b"unknown field" in answer, answer


def test_http_client_of_python_sends_chunks_too(web: Web) -> None:
    connection = web.connection()
    connection.request(
        "POST",
        "/api/v1/nodes/",
        body=iter([b'{"addresses":', b' ["192.0.2.77"]}']),
        headers={"Authorization": f"Token {web.operator}", "Content-Type": "application/json"},
        encode_chunked=True,
    )
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    assert json.loads(answer.read())[0]["mgmt_address"] == "192.0.2.77"


@pytest.mark.parametrize(
    ("path", "kind"), [("/api/v1/nodes/", "application/problem+json"), ("/admin/login/", "text/plain")]
)
@pytest.mark.parametrize("way", ["length", "chunks"])
def test_a_body_of_any_size_is_refused_before_it_is_kept(web: Web, path: str, kind: str, way: str) -> None:
    connection = web.connection()
    headers = {"Authorization": f"Token {web.operator}", "Content-Type": "application/json"}
    piece = b" " * (1 << 20)
    if way == "length":
        connection.request("POST", path, headers={**headers, "Content-Length": str(1 << 40)}, body=b"")
    else:
        with contextlib.suppress(OSError):
            connection.request(
                "POST", path, body=(piece for _ in range(23)), headers=headers, encode_chunked=True
            )
    answer = connection.getresponse()
    assert answer.status == 413 and answer.headers.get_content_type() == kind, answer.read()


def test_who_asks_before_it_sends_is_told_to_go_on(web: Web) -> None:
    """Answer Expect: 100-continue, which curl sends with a large body."""
    client = web.raw(
        b"POST /api/v1/token/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"
    )
    assert client.recv(100).startswith(b"HTTP/1.1 100 Continue")
    client.sendall(b"{}")
    assert b" 400 Bad Request" in b"".join(iter(lambda: client.recv(4096), b""))


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X: " + b"y" * 70_000,
        b"\r\n\r\n" * 10,
    ],
    ids=["TLS", "no path", "negative", "two lengths", "no number", "long", "empty"],
)
def test_what_is_no_request_is_answered_or_closed_and_harms_nobody(web: Web, data: bytes) -> None:
    client = web.raw(data)
    client.settimeout(30)
    with contextlib.suppress(ConnectionResetError):
        answer = client.recv(4096)
        assert not answer or answer.startswith(b"HTTP/1.1 4")
    client.close()
    web.quick()


def test_several_requests_on_one_connection(web: Web) -> None:
    host = urlsplit("http://localhost").netloc.encode()
    one = b"GET /healthz HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"
    client = web.raw(one * 5 + one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.count(b"HTTP/1.1 200 OK") == 6


def test_of_40_tries_of_a_password_at_once_ten_are_let_through_by_two_processes(web: Web) -> None:
    answers: list[int] = []

    def once() -> None:
        connection = web.connection()
        body = json.dumps({"username": "admin", "password": "wrong"})
        connection.request("POST", "/api/v1/token/", body, {"Content-Type": "application/json"})
        answers.append(connection.getresponse().status)

    for thread in many([once] * 40):
        thread.join(60)
    assert Counter(answers) == {400: 10, 429: 30}
