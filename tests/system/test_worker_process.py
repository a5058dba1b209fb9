"""The qcluster process itself: it ends on every kind of request, and leaves no process behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from lab import Lab
from lab.database import own_database
from tests.support.migrated import migrate
from tests.system.console import Console


@pytest.mark.parametrize("whole_group", [False, True], ids=["process", "group"])
def test_it_ends_when_told(tmp_path: Path, whole_group: bool) -> None:
    with own_database() as url:
        console = Console(tmp_path, Lab(tmp_path / "lab"), "127.2.2", url)
        migrate(console.environment)
        worker = console.start_worker()
        console.until(lambda: len(console.worker_processes()) >= 5, "the worker does not start")
        if whole_group:  # what systemd does
            os.killpg(worker.pid, signal.SIGTERM)
        else:
            worker.terminate()
        assert worker.wait(30) == 0
        console.until(lambda: not console.worker_processes(), "processes of the worker live on")


def test_it_refuses_a_database_that_is_not_up_to_date(tmp_path: Path) -> None:
    with own_database() as url:
        console = Console(tmp_path, Lab(tmp_path / "lab"), "127.2.2", url)
        worker = console.start_worker()
        assert worker.wait(60) == 1
        assert "run manage.py migrate first" in (tmp_path / "worker.log").read_text()
