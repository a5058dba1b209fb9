"""The disk of the installer is full: said where people look, and files are written once there is room."""

from __future__ import annotations

import errno
import html
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from common import disk_space
from installer.cli.base import database_sentence
from jobs.context import StepContext, StepFailed
from jobs.models import Job
from jobs.report_queue import Lines, ReportQueue
from operations.copy_files import write_file
from tests.db.installer.test_workers import worker
from tests.factories import make_job, make_user


def statvfs(bytes_left: int, files_left: int = 10, files: int = 10) -> Any:
    return lambda path: SimpleNamespace(
        f_bavail=bytes_left // 4096, f_frsize=4096, f_favail=files_left, f_files=files
    )


@pytest.mark.parametrize(
    ("found", "full"),
    [
        (statvfs(0), True),
        (statvfs(600_000), True),
        (statvfs(2 << 20), False),
        (statvfs(1 << 40, files_left=0), True),
        (statvfs(1 << 40, files_left=0, files=0), False),  # btrfs counts no files
    ],
)
def test_what_is_full(monkeypatch: pytest.MonkeyPatch, found: Any, full: bool) -> None:
    monkeypatch.setattr(os, "statvfs", found)
    assert disk_space.folder_is_full() is full


FULL_FOLDER = "the disk of the installer is full ("
FULL_DATABASE = "the disk of the installer's database is full (PostgreSQL at "


def fill_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", statvfs(0))


def fill_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_space, "database_is_full", lambda: True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fill", "said", "told"),
    [
        (
            fill_folder,
            FULL_FOLDER,
            "full: free some space in the data folder; jobs then resume automatically",
        ),
        (
            fill_database,
            FULL_DATABASE,
            "full: free some space where PostgreSQL keeps its data; jobs then resume",
        ),
    ],
)
def test_people_and_programs_are_told(
    client: Client, run: Any, monkeypatch: pytest.MonkeyPatch, fill: Any, said: str, told: str
) -> None:
    client.force_login(make_user(group="viewer"))
    worker("here")
    ready = Client().get("/readyz")
    assert ready.status_code == 200 and ready.json()["disk"] == "ok"
    job = make_job(status="running")
    ended = make_job(status="failed", error="it failed")

    def seen(of: Job) -> list[str]:
        """Return what the page of the job, the first page, REST and both forms of the command show."""
        pages = [reverse("admin:jobs_job_change", args=[of.job_id]), reverse("admin:index")]
        texts = [html.unescape(client.get(page).content.decode()) for page in pages]
        texts.append(client.get(f"/api/v1/jobs/{of.job_id}/").json()["waits_for"])
        table = run("get_status", of.job_id, "--format", "table")
        return [*texts, run("get_status", of.job_id).json["waits_for"], table.err]

    assert not any(said in text for text in seen(job)) and not seen(job)[2]
    fill(monkeypatch)
    ready = Client().get("/readyz")
    assert ready.status_code == 503 and ready.json()["disk"].startswith(told)
    assert ready.json()["database"] == "ok"
    for text in seen(job):
        assert said in text and "the jobs then resume automatically, nothing is lost" in text
    page, home, *others = seen(ended)
    assert said in home and not others[0] and not others[1] and said not in others[2]
    assert 'id="job-full" hidden' in page


@pytest.mark.django_db
def test_home_is_not_calm_and_blames_no_worker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(make_user(group="viewer"))
    fill_folder(monkeypatch)
    text = client.get(reverse("admin:index")).content.decode()
    assert "Jobs are on hold because the disk is full" in text and "No worker is running" not in text


def test_sqlite_may_lie_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Path] = []

    def look(folder: Path) -> Any:
        asked.append(Path(folder))
        return statvfs(0 if Path(folder) == tmp_path else 1 << 40)(folder)

    monkeypatch.setattr(os, "statvfs", look)
    monkeypatch.setattr(connection, "vendor", "sqlite")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "db.sqlite3"))
    assert disk_space.folder_is_full() and tmp_path in asked


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("database or disk is full", True),
        ('could not extend file "base/5/16530": No space left on device', True),
        ('connection to server at "127.0.0.1" failed: FATAL:  could not write init file', True),
        ("connection refused", False),
        ("database is locked", False),
    ],
)
def test_errors_that_mean_it(text: str, full: bool) -> None:
    error = OperationalError(text)
    assert disk_space.lacks_room(error) is full
    assert database_sentence(error).startswith("the disk of the database is full (") is full


@pytest.mark.postgresql
@pytest.mark.django_db
def test_postgresql_is_asked_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def see(execute: Any, sql: str, *args: Any) -> Any:
        asked.append(sql)
        return execute(sql, *args)

    monkeypatch.setitem(disk_space._asked, "at", -disk_space.ASK_S)
    with connection.execute_wrapper(see):
        assert [disk_space.database_is_full() for _ in range(3)] == [False] * 3
    assert sum("generate_series" in sql for sql in asked) == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW work_mem")
        assert cursor.fetchone()[0] != "64kB", "what is asked for the question is for the question only"


def context() -> StepContext:
    return StepContext(1, "j-1", "build_pkgs", "", "", 1, 1, {}, ReportQueue())


def test_a_file_is_written_once_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.copy_files._ROOM_S", 0.01)
    write, tries = Path.write_bytes, []

    def full_at_first(self: Path, data: bytes) -> int:
        tries.append(self)
        if len(tries) < 4:
            write(self, data[:3])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full_at_first)
    step = context()
    write_file(step, tmp_path / "a" / "x.deb", b"whole")
    assert (tmp_path / "a" / "x.deb").read_bytes() == b"whole"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["x.deb"]
    said = step.reports.get(1)
    assert isinstance(said, Lines) and "waiting for free space" in said.texts[0]


def test_what_is_no_lack_of_room_fails_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StepFailed, match="then resume"):
        write_file(context(), tmp_path / "file" / "x.deb", b"")
