"""PostgreSQL restarted in the middle: a server of the test's own, killed as a power cut would."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import Lab
from tests.system.conftest import _free_net
from tests.system.faults import FaultConsole, script
from tests.system.postgres import Server, postgresql


@pytest.fixture
def server() -> Iterator[Server]:
    """Run PostgreSQL for this test."""
    with postgresql() as made:
        yield made


def test_postgresql_is_killed_and_started_again(server: Server, tmp_path: Path) -> None:
    with Lab(tmp_path / "lab") as lab:
        console = FaultConsole(tmp_path, lab, _free_net(), server.url)
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


def test_a_worker_that_loses_its_processes_while_the_database_is_away_begins_anew(
    server: Server, tmp_path: Path
) -> None:
    with Lab(tmp_path / "lab") as lab:
        console = FaultConsole(tmp_path, lab, _free_net(), server.url)
        console.run("migrate", "--verbosity", "0")
        nodes = console.add_nodes(1)
        try:
            console.ensure_workers(1)
            job_id = console.submit(nodes, script("lost.one", 30), script("lost.two", 5))
            console.until(lambda: console.effects(nodes[0], "lost.one"), "nothing begins")
            server.stop()
            # One of those that the first process began; the kernel, short of memory, chooses likewise.
            os.kill(console.worker_processes()[-1], signal.SIGKILL)
            log = tmp_path / "worker.log"
            console.until(
                lambda: "restarts once the database is available" in log.read_text(), "it does not wait", 60
            )
            server.start()
            assert console.ended(job_id, 90)["status"] == "succeeded"
            console.check_whole(job_id, nodes, {"one": ("lost.one", 30), "two": ("lost.two", 5)})
            assert all(worker.poll() is None for worker in console.workers), "the worker lives on"
        finally:
            console.close()
