"""PostgreSQL restarted in the middle: a server of the test's own, killed as a power cut would."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import Lab
from tests.system.faults import FaultConsole, script


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

    def create(self) -> None:
        """An empty one, running."""
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.tool("initdb", "-U", "postgres", "-A", "trust")
        self.start()

    def start(self) -> None:
        """Wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder}"
        self.tool("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Without a word to anybody."""
        self.tool("pg_ctl", "-m", "immediate", "stop")


@pytest.fixture
def server() -> Iterator[Server]:
    """Running."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        made = Server(Path(name))
        try:
            made.create()
        except (OSError, subprocess.SubprocessError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no PostgreSQL of our own can be started: {error}")
        try:
            yield made
        finally:
            made.stop()


def test_postgresql_is_killed_and_started_again(server: Server, tmp_path: Path) -> None:
    from tests.system.conftest import _free_net

    url = f"postgresql://postgres@127.0.0.1:{server.port}/postgres"
    with Lab(tmp_path / "lab") as lab:
        console = FaultConsole(tmp_path, lab, _free_net(), url)
        console.run("migrate", "--verbosity", "0")
        nodes = console.add_nodes(3)
        try:
            console.ensure_workers()
            job_id = console.submit(nodes, script("restart.one", 30), script("restart.two", 5))
            console.until(lambda: console.effects(nodes[0], "restart.one"), "nothing begins")
            server.stop()
            console.until(lambda: len(console.effects(nodes[0], "restart.one")) == 2, "the node stops too")
            server.start()
            assert console.ended(job_id, 90)["status"] == "succeeded"
            console.check_whole(job_id, nodes, {"one": ("restart.one", 30), "two": ("restart.two", 5)})
            assert all(worker.poll() is None for worker in console.workers), "the workers live on"
        finally:
            console.close()
