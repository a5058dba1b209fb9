"""A PostgreSQL of a test's own, as processes in a folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Server:
    """A PostgreSQL in a folder, as an ordinary user (it refuses to run as root)."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")) or [
            Path(shutil.which("pg_ctl") or "/nowhere")
        ]
        self.tools, self.folder = found[-1].parent, folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def tool(self, name: str, *words: str) -> None:
        """Run one of its programs."""
        user = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        )
        subprocess.run(
            [*user, self.tools / name, "-D", self.folder / "db", *words],
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )

    def create(self, *options: str) -> None:
        """Create an empty database and start it; ``options`` are initdb's."""
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.tool("initdb", "-U", "postgres", "-A", "trust", *options)
        self.start()

    @property
    def url(self) -> str:
        """Return the URL of its one database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def runs(self) -> bool:
        """Return whether its first process lives."""
        try:
            self.tool("pg_ctl", "status")
        except subprocess.CalledProcessError:
            return False
        return True

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder}"
        self.tool("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, without notice to its clients."""
        self.tool("pg_ctl", "-m", "immediate", "stop")


@contextmanager
def postgresql(folder: Path | None = None, *options: str) -> Iterator[Server]:
    """Run PostgreSQL, in a folder of its own unless one is given. Skips where it cannot start (in CI it fails)."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        made = Server(folder or Path(name))
        try:
            made.create(*options)
        except (OSError, subprocess.SubprocessError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no PostgreSQL of our own can be started: {error}")
        try:
            yield made
        finally:
            if made.runs:
                made.stop()
