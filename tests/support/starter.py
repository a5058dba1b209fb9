"""Commands of one console, each a process of its own, without the second that its start takes.

One process loads Django and every command of a console, and copies itself for each command that it is sent. Settings,
database connection, arguments, output and exit code are those of ``manage.py``, whose own start
tests/lab/installer/test_commands_errors.py tries.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]


class Starter:
    """``run`` commands with one environment; end with :meth:`close`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.starter", str(theirs.fileno())],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self, *words: str, timeout_s: float = 60, encoding: str = "utf-8"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command; return what ``subprocess.run`` would. Raises ``TimeoutExpired``."""
        answer, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, answer:
            with theirs:
                files = [out.fileno(), err.fileno(), theirs.fileno()]
                socket.send_fds(self._control, [json.dumps(words).encode()], files)
            # The start of the first command is that of this process, too.
            answer.settimeout(60 + timeout_s)
            pid = int(answer.recv(20))
            answer.settimeout(timeout_s)
            try:
                code = int(answer.recv(20))
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(words, timeout_s) from None
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode(encoding).replace("\r\n", "\n"))
        return subprocess.CompletedProcess(["manage.py", *words], code, *texts)

    def close(self) -> None:
        """End the process; commands that still run go on."""
        self._control.close()
        self._process.wait(20)


def _serve(control: socket.socket) -> None:
    """Start what is asked for until the tests close their end."""
    import django
    from django.core.management import get_commands

    from installer.cli.main import load_command, main

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "installer.settings")
    django.setup()
    for name, app in get_commands().items():
        if app == "installer":
            load_command(name)
    gc.freeze()
    # Nobody waits for the processes between this one and the commands.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        data, files, *_ = socket.recv_fds(control, 100_000, 3)
        if not data:
            return
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            if _is_command(files):
                main(["manage.py", *json.loads(data)])
                return
        for file in files:
            os.close(file)


def _is_command(files: list[int]) -> bool:
    """Return True in the command's own process; the one that waits for it tells its number and exit code, and ends."""
    pid = os.fork()
    if not pid:
        os.dup2(files[0], 1)
        os.dup2(files[1], 2)
        for file in files:
            os.close(file)
        return True
    os.write(files[2], str(pid).encode())
    for file in files[:2]:
        os.close(file)
    _, status = os.waitpid(pid, 0)
    os.write(files[2], str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
