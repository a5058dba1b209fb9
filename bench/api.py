"""What requests cost: the product, beside a bare view of one query, plain DRF, and NetBox, in turn.

``python bench/api.py --nodes 2000 --json`` prints one JSON object. ``requests`` has, for each request, the medians
``ours_ms``, ``floor_ms``, ``drf_ms`` and ``netbox_ms``; ``p95_ms``, ``bytes``, ``queries`` and ``cpu_ms`` of the product
(``cpu_ms``: processor time of the web server and the database, ``database_cpu_ms`` its part), ``ratio_floor`` and
``cpu_ratio_floor``. The floor of a search is that of the list of 50.

The data set of bench/api_data.py is built once in a database of its own: on the server of ``DATABASE_URL``, else in
SQLite below ``artifacts/bench``. gunicorn is started as ``make run`` starts it (scripts/run.sh), without a worker. NetBox is
measured where ``NETBOX_URL`` and ``NETBOX_TOKEN`` name one with the same devices.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "artifacts" / "bench"
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass
class Asked:
    """A request to one server: what to send, and how long the answers took."""

    server: Server
    path: str
    method: str = "GET"
    body: Callable[[int], dict[str, Any]] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    # Asks for it just before, untimed, and sends its ETag: an estimate in it changes every ten seconds.
    seen_before: bool = False
    took_ms: list[float] = field(default_factory=list)
    cpu_ms: float = 0.0
    database_cpu_ms: float = 0.0
    bytes: int = 0

    def ask(self, number: int) -> None:
        """Send it once; once more where an answer changed between two requests."""
        if not self._ask(number) and not (self.seen_before and self._ask(number)):
            raise SystemExit(f"{self.method} {self.path} is not answered {self.status}")

    def _ask(self, number: int) -> bool:
        body = json.dumps(self.body(number)) if self.body else None
        if self.seen_before:
            _, _, _, headers = self.server.send(self.method, self.path)
            self.headers = {"If-None-Match": headers["ETag"]}
        before = self.server.cpu_ms(), self.server.database_cpu_ms()
        took, status, data, _ = self.server.send(self.method, self.path, body, self.headers)
        if status != self.status:
            return False
        self.took_ms.append(took)
        self.bytes = len(data)
        self.cpu_ms += self.server.cpu_ms() - before[0]
        self.database_cpu_ms += self.server.database_cpu_ms() - before[1]
        return True

    def median(self) -> float:
        """Return the median in milliseconds."""
        return round(statistics.median(self.took_ms), 2)

    def cpu(self) -> tuple[float, float]:
        """Return the processor time of one request in milliseconds: of both, and of the database."""
        count = len(self.took_ms)
        return round((self.cpu_ms + self.database_cpu_ms) / count, 2), round(self.database_cpu_ms / count, 2)


class Server:
    """A web server at an address, and the processes that answer for it, when they are ours."""

    def __init__(
        self, url: str, headers: dict[str, str], process: subprocess.Popen[bytes] | None = None
    ) -> None:
        self.url, self.headers, self.process = urlsplit(url), headers, process
        # What each process of the database spent: one may end between two requests.
        self._spent: dict[int, float] = {}

    def send(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[float, int, bytes, Any]:
        """Send a request; return milliseconds (without connecting), status, body and headers."""
        kind = http.client.HTTPSConnection if self.url.scheme == "https" else http.client.HTTPConnection
        sent = {**self.headers, **(headers or {}), **({"Content-Type": "application/json"} if body else {})}
        with contextlib.closing(kind(self.url.hostname or "", self.url.port, timeout=120)) as connection:
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            began = time.perf_counter()
            connection.request(method, self.url.path + path, body, sent)
            answer = connection.getresponse()
            data = answer.read()
            return (time.perf_counter() - began) * 1000, answer.status, data, answer.headers

    def cpu_ms(self) -> float:
        """Return the processor time of the web server so far."""
        return sum(_spent_ms(pid) for pid in _family(self.process.pid)) if self.process else 0.0

    def database_cpu_ms(self) -> float:
        """Return the processor time of the database's processes so far; SQLite is part of the web server."""
        for pid in _backends() if self.process else ():
            self._spent[pid] = max(_spent_ms(pid), self._spent.get(pid, 0.0))
        return sum(self._spent.values())


def _family(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(int(child) for child in children)]
    return []


def _spent_ms(pid: int) -> float:
    """Return user and system time of a process (proc_pid_stat(5), fields 14 and 15; schedstat is finer)."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6
    except (OSError, IndexError, ValueError):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) * _TICK_MS
    return 0.0


def prepare_database(nodes: int) -> None:
    """Set ``DATABASE_URL`` to a database of the bench, and fill it the first time."""
    FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.update(INSTALLER_DATA_DIR=str(FOLDER / "data"), DJANGO_SETTINGS_MODULE="installer.settings")
    (FOLDER / "data").mkdir(exist_ok=True, mode=0o700)
    sources = [*sorted(ROOT.glob("*/migrations/0*.py")), ROOT / "bench" / "api_data.py"]
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:8]
    name = f"installer_bench_{nodes}_{version}"
    url, fresh = os.environ.get("DATABASE_URL", ""), False
    if url.startswith("postgres"):
        fresh = _create(url, name)
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    else:
        path = FOLDER / f"{name}.sqlite3"
        fresh = not path.exists()
        os.environ["DATABASE_URL"] = f"sqlite:///{path}"
    import django

    django.setup()
    if fresh:
        _fill(nodes)


def _create(url: str, name: str) -> bool:
    import psycopg2

    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            return False
        cursor.execute(f'CREATE DATABASE "{name}"')
    return True


def _fill(nodes: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from bench import api_data

    try:
        call_command("migrate", verbosity=0)
        api_data.build(nodes)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    except BaseException:
        name = str(connection.settings_dict["NAME"])
        connection.close()
        sys.stderr.write(f"The data set is incomplete: delete the database {name}, then start again.\n")
        raise


@contextlib.contextmanager
def gunicorn(application: str, headers: dict[str, str]) -> Iterator[Server]:
    """Start a web server as scripts/run.sh does, on a free port of this host."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    words = ["-m", "gunicorn", application, "--bind", bind, "--config", "installer/gunicorn.py"]
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT)
    server = Server(f"http://{bind}", headers, process)
    try:
        _wait_for(bind, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(bind: str, process: subprocess.Popen[bytes]) -> None:
    host, _, port = bind.partition(":")
    give_up = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > give_up:
            raise SystemExit("the web server did not start")
        time.sleep(0.1)


def measure(nodes: int, repeat: int) -> dict[str, Any]:
    """Measure every request."""
    from bench import api_data

    token, cookie = _person(api_data.PERSON)
    with (
        gunicorn("installer.wsgi", {"Authorization": f"Token {token}"}) as ours,
        gunicorn("bench.api_floor:application", {}) as bare,
    ):
        page = Server(ours.url.geturl(), {"Cookie": cookie}, ours.process)
        netbox = None
        if os.environ.get("NETBOX_URL") and os.environ.get("NETBOX_TOKEN"):
            netbox = Server(
                os.environ["NETBOX_URL"].rstrip("/"), {"Authorization": f"Token {os.environ['NETBOX_TOKEN']}"}
            )
        requests = _requests(nodes, ours, bare, page, netbox)
        for number in range(-4, repeat):
            for request in requests.values():
                for asked in request.values():
                    asked.ask(number)
                    if number < 0:
                        asked.took_ms.clear()
                        asked.cpu_ms = asked.database_cpu_ms = 0.0
    found = {name: _result(name, request, requests) for name, request in requests.items()}
    return {"database": _vendor(), "nodes": nodes, "repeat": repeat, "requests": found}


def _person(name: str) -> tuple[str, str]:
    """Return a token and a session of the person who asks."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from common.actor import Actor
    from installer.models import AccessToken
    from installer.tokens import issue_token

    person = User.objects.get(username=name)
    AccessToken.objects.filter(user=person).delete()
    client = Client()
    client.force_login(person)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return issue_token(user=person, actor=Actor(name, "command")).key, cookie


def _requests(
    nodes: int, ours: Server, bare: Server, page: Server, netbox: Server | None
) -> dict[str, dict[str, Asked]]:
    """Return the requests: for each, who is asked."""
    from bench import api_data
    from nodes.models import Node

    middle = Node.objects.get(mgmt_address=api_data.address(nodes // 2))
    one, serial = middle.node_id, middle.product_serial
    job = f"/api/v1/jobs/{api_data.JOB}/"
    lines = f"after={api_data.EVENTS // 2}&limit=1000"
    found = {
        **{
            f"list_{size}": {
                "ours": Asked(ours, f"/api/v1/nodes/?page_size={size}"),
                "floor": Asked(bare, f"/floor/nodes/?page_size={size}"),
                "drf": Asked(bare, f"/drf/nodes/?page_size={size}"),
            }
            for size in (50, 1000)
        },
        "one": {
            "ours": Asked(ours, f"/api/v1/nodes/{one}/"),
            "floor": Asked(bare, f"/floor/nodes/{one}/"),
            "drf": Asked(bare, f"/drf/nodes/{one}/"),
        },
        "search": {"ours": Asked(ours, f"/api/v1/nodes/?search={serial}")},
        "correct": {
            "ours": Asked(ours, "/api/v1/disks/modify/", "POST", lambda number: _correct(middle, number))
        },
        "events": {
            "ours": Asked(ours, f"{job}events/?{lines}"),
            "floor": Asked(bare, f"/floor/events/{api_data.JOB}/?{lines}"),
            "drf": Asked(bare, f"/drf/events/?after={api_data.EVENTS // 2}&page_size=1000"),
        },
        "poll_304": {"ours": Asked(ours, job, status=304, seen_before=True)},
        "html_list": {"ours": Asked(page, "/admin/nodes/node/")},
        "plan_page": {"ours": Asked(page, f"/admin/zones/plan/{api_data.PLAN}/change/")},
    }
    if netbox:
        _, _, data, _ = netbox.send("GET", f"/api/dcim/devices/?limit=1&q={serial}")
        device = json.loads(data)["results"][0]["id"]
        for size in (50, 1000):
            found[f"list_{size}"]["netbox"] = Asked(netbox, f"/api/dcim/devices/?limit={size}")
        found["one"]["netbox"] = Asked(netbox, f"/api/dcim/devices/{device}/")
        found["search"]["netbox"] = Asked(netbox, f"/api/dcim/devices/?q={serial}")
        said = {"body": lambda number: {"comments": f"bench {number}"}, "method": "PATCH"}
        found["correct"]["netbox"] = Asked(netbox, f"/api/dcim/devices/{device}/", **said)
    return found


def _correct(node: Any, number: int) -> dict[str, Any]:
    kind = ("sata", "sas")[number % 2]
    return {"addresses": [node.mgmt_address], "disk": "sdc", "type": kind, "reason": "bench"}


def _result(name: str, request: dict[str, Asked], requests: dict[str, dict[str, Asked]]) -> dict[str, Any]:
    ours = request["ours"]
    cpu_ms, database_cpu_ms = ours.cpu()
    found: dict[str, Any] = {f"{who}_ms": asked.median() for who, asked in request.items()}
    found |= {
        "p95_ms": round(sorted(ours.took_ms)[int(len(ours.took_ms) * 0.95)], 2),
        "bytes": ours.bytes,
        "queries": _queries(ours),
        "cpu_ms": cpu_ms,
        "database_cpu_ms": database_cpu_ms,
    }
    floor = requests["list_50"]["floor"] if name == "search" else request.get("floor")
    if floor:
        found["ratio_floor"] = round(ours.median() / floor.median(), 2)
        found["cpu_ratio_floor"] = round(cpu_ms / (floor.cpu()[0] or 1), 2)
    return found


def _queries(asked: Asked) -> int:
    """Count the queries of a request: answered once more, in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={**asked.server.headers, **asked.headers, "host": "localhost"})
    name, _, value = asked.server.headers.get("Cookie", "").partition("=")
    if name:
        client.cookies[name] = value
    body = json.dumps(asked.body(0)) if asked.body else ""
    client.generic(asked.method, asked.path, body, content_type="application/json")
    with CaptureQueriesContext(connection) as seen:
        client.generic(asked.method, asked.path, body, content_type="application/json")
    return sum(
        not re.match("SAVEPOINT|RELEASE|BEGIN|COMMIT", query["sql"]) for query in seen.captured_queries
    )


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


def _backends() -> list[int]:
    """Return the processes of PostgreSQL, on this host, that work for this database but not for this process."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=2000, metavar="N")
    parser.add_argument(
        "--repeat", type=int, default=30, metavar="N", help="how often each request is sent, in turn"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args()
    prepare_database(options.nodes)
    result = measure(options.nodes, options.repeat)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
        return
    for name, request in result["requests"].items():
        sys.stdout.write(f"{name:10} {'  '.join(f'{key} {value}' for key, value in request.items())}\n")


if __name__ == "__main__":
    main()
