"""The disk of the installer is full for a while: jobs wait, say so, and go on by themselves once there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import Lab
from tests.system.conftest import _free_net
from tests.system.faults import FaultConsole, script


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "small", str(folder)], capture_output=True
    )
    if done.returncode:
        if os.environ.get("CI"):
            pytest.fail(f"no file system of our own: {done.stderr!r}")
        pytest.skip("mounting needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Until nothing more fits."""
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
