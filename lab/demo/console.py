"""The console of the demo: its processes, its commands, its REST API."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

CHECKOUT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60


class DemoFailed(Exception):
    """The demo cannot continue; the text says why."""


def fail(text: str) -> NoReturn:
    """End the demo with a sentence."""
    raise DemoFailed(text)


class Console:
    """Worker, web server (on the socket ``web``) and lab as child processes; their files are in ``folder``."""

    def __init__(self, folder: Path, web: socket.socket) -> None:
        self.folder = folder
        self.web = web
        self.url = f"http://127.0.0.1:{web.getsockname()[1]}"
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "INSTALLER_DATA_DIR": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "installer.settings",
            "INSTALLER_STEADY_S": "2",
            "COLUMNS": os.environ.get("COLUMNS", "130"),
        }
        if os.environ.get("DEMO_DATABASE_URL"):
            self.environment["DATABASE_URL"] = os.environ["DEMO_DATABASE_URL"]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.tokens: dict[str, str] = {}

    def start(self, name: str, argv: Sequence[str], ready: str = "", fds: Sequence[int] = ()) -> None:
        """Start a process with its output in ``folder/NAME.log``; wait until the log contains ``ready``."""
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            self.processes[name] = subprocess.Popen(
                argv,
                cwd=CHECKOUT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=fds,
            )
        self.wait(
            lambda: not ready or ready in log.read_text(errors="replace"), f"{name} does not start", name
        )

    def wait(self, condition: Any, what: str, name: str) -> None:
        """Poll until ``condition`` holds; if the process ends, report the end of its log."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not condition():
            if self.processes[name].poll() is not None or time.monotonic() > deadline:
                tail = (self.folder / f"{name}.log").read_text(errors="replace")[-1500:]
                fail(f"{what}:\n{tail}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End all processes, the last one started first; kill those that do not react."""
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def manage(
        self, *words: str, show: bool = True, environment: dict[str, str] | None = None, expect: int = 0
    ) -> str:
        """Run a management command and show it as a user would type it; returns its standard output."""
        if show:
            print(f"\n  $ manage.py {shlex.join(words)}", flush=True)
        result = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=CHECKOUT,
            env={**self.environment, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=None if show else subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        if result.returncode != expect:
            print(result.stdout)
            fail(
                f"{words[0]} ended with exit code {result.returncode}, expected {expect}\n{result.stderr or ''}"
            )
        return result.stdout

    def show(self, *words: str, **options: Any) -> str:
        """Call :meth:`manage`, and print its output."""
        text = self.manage(*words, **options)
        print("\n".join(f"    {line}" for line in text.rstrip().splitlines()), flush=True)
        return text

    def json(self, *words: str) -> Any:
        """Return the output of a command with ``--format json``."""
        return json.loads(self.manage(*words, "--format", "json", show=False))

    def shell(self, code: str, **values: str) -> None:
        """Run a few lines with Django set up; values are passed in the environment, not in argv."""
        self.manage("shell", "--no-imports", "-c", code, show=False, environment=values)

    def api(self, method: str, path: str, body: Any = None, *, user: str) -> Any:
        """Call the REST API as ``user``; returns the decoded answer, text where it is not JSON."""
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={
                "Authorization": f"Token {self.tokens[user]}" if user in self.tokens else "",
                "Content-Type": "application/json",
            },
        )
        if user not in self.tokens:
            request.remove_header("Authorization")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read().decode()
                kind = answer.headers.get_content_type()
        except urllib.error.HTTPError as error:
            fail(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}")
        return json.loads(text) if "json" in kind else text
