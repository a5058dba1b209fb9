"""The installer's disk is full for a while: jobs wait, report it, and resume by themselves once there is room."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from lab import Lab
from tests.system.conftest import _free_net
from tests.system.faults import FaultConsole, Refusal, script
from tests.system.postgres import Server, postgresql


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a file system of its own."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "small", str(folder)], capture_output=True
    )
    if done.returncode:
        if os.environ.get("CI"):
            pytest.fail(f"no file system of our own: {done.stderr!r}")
        pytest.skip("mounting needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 24 MB."""
    with small_disk(tmp_path / "small", "24m") as folder:
        yield folder


def fill(folder: Path) -> Path:
    """Write until nothing more fits."""
    path = folder / "filler"
    with path.open("ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            while True:
                try:
                    file.write(b"\0" * size)
                except OSError:
                    break
    return path


def test_jobs_wait_for_room_and_go_on(small: Path, tmp_path: Path) -> None:
    with Lab(tmp_path / "lab") as lab:
        console = FaultConsole(small, lab, _free_net(), "")
        console.run("migrate", "--verbosity", "0")
        nodes = console.add_nodes(2)
        try:
            console.ensure_workers(1)
            job_id = console.submit(nodes, script("full.one", 60, "sleep 0.1"), script("full.two", 5))
            console.until(lambda: len(console.lines(job_id, nodes[0], "one")) > 3, "nothing begins")
            filler = fill(small)
            console.until(lambda: len(console.effects(nodes[0], "full.one")) == 2, "the node stops too")
            filler.unlink()
            assert console.ended(job_id, 60)["status"] == "succeeded"
            console.check_whole(job_id, nodes, {"one": ("full.one", 60), "two": ("full.two", 5)})
        finally:
            console.close()


@contextlib.contextmanager
def small_server(log_apart: bool) -> Iterator[Server]:
    """Run PostgreSQL on 96 MB, with or without its write-ahead log; segments of 1 MB, so that some fit."""
    # Not below tmp_path: the user postgres has no way in there.
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        top = Path(name)
        top.chmod(0o755)
        (top / "log").mkdir()
        if os.getuid() == 0:
            shutil.chown(top / "log", "postgres")
        apart = ["-X", str(top / "log")] if log_apart else []
        with (
            small_disk(top / "small", "96m") as folder,
            postgresql(folder, "--wal-segsize=1", *apart) as made,
        ):
            yield made


def waits_for(console: FaultConsole, job_id: str) -> str:
    """Return what the status waits for, or why it cannot be read."""
    try:
        return str(console.ask("status", job_id)["waits_for"])
    except Refusal as refusal:
        return str(refusal)


def use_up_log(early: psycopg2.extensions.connection) -> None:
    """Begin new segments of the write-ahead log until none fits, which ends the server."""
    early.autocommit = True
    with contextlib.suppress(psycopg2.OperationalError), early.cursor() as cursor:
        for _ in range(100):
            cursor.execute("SELECT txid_current()")
            cursor.execute("SELECT pg_switch_wal()")
        pytest.fail("a full disk takes segment after segment")


@pytest.mark.parametrize("dies", [False, True], ids=["it goes on", "it dies of it"])
def test_jobs_wait_for_room_of_postgresql_and_go_on(tmp_path: Path, dies: bool) -> None:
    """Wait where a table cannot grow (an error), and where the write-ahead log cannot (the server stops: PANIC)."""
    one, two = f"full.one.{'x' * 150}", "full.two"  # longer lines: the table has to grow
    with (
        small_server(log_apart=not dies) as server,
        Lab(tmp_path / "lab") as lab,
        contextlib.closing(psycopg2.connect(server.url)) as early,
    ):
        console = FaultConsole(tmp_path, lab, _free_net(), server.url)
        console.run("migrate", "--verbosity", "0")
        nodes = console.add_nodes(2)
        try:
            console.ensure_workers(1)
            job_id = console.submit(nodes, script(one, 60, "sleep 0.1"), script(two, 5))
            console.until(lambda: len(console.lines(job_id, nodes[0], "one")) > 3, "nothing begins")
            filler = fill(server.folder)
            if dies:
                use_up_log(early)
            else:
                console.until(lambda: "database is full" in waits_for(console, job_id), "it is not said", 20)
                # A full server may turn new connections away: then the command says that, with the same remedy.
                said = console.run("get_status", job_id, "--format", "table", expect=None).stderr
                assert "database is full" in said and "free some space there" in said, said
            console.until(lambda: len(console.effects(nodes[0], one)) == 2, "the node stops too")
            filler.unlink()
            if not server.runs:
                assert dies, "it died although its log had room"
                server.start()
            assert console.ended(job_id, 60)["status"] == "succeeded"
            console.check_whole(job_id, nodes, {"one": (one, 60), "two": (two, 5)})
            assert all(worker.poll() is None for worker in console.workers), "the workers live on"
        finally:
            console.close()
