"""The disk of the installer is full: said where people look, and files are written once there is room."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jobs import room
from jobs.context import StepContext, StepFailed
from jobs.outbox import Lines, Outbox
from tests.factories import make_job, make_user
from tests.installer.test_workers_seen import worker
from zones.handlers.copying import write_file


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
    assert room.is_full() is full


@pytest.mark.django_db
def test_people_and_programs_are_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(make_user(group="viewer"))
    worker("here")
    ready = Client().get("/readyz")
    assert ready.status_code == 200 and ready.json()["disk"] == "ok"
    job = make_job(status="running")
    page = reverse("admin:jobs_job_change", args=[job.job_id])
    assert "The disk of the installer" not in client.get(page).content.decode()
    monkeypatch.setattr(os, "statvfs", statvfs(0))
    ready = Client().get("/readyz")
    assert ready.status_code == 503 and ready.json()["disk"].startswith("full: free some space")
    text = client.get(page).content.decode()
    assert "the disk of the installer is full" in text and "jobs wait and go on by themselves" in text


def context() -> StepContext:
    return StepContext(1, "j-1", "build_pkgs", "", "", 1, 1, {}, Outbox())


def test_a_file_is_written_once_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zones.handlers.copying._ROOM_S", 0.01)
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
    said = step.outbox.get(1)
    assert isinstance(said, Lines) and "waiting until there is room" in said.texts[0]


def test_what_is_no_lack_of_room_fails_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StepFailed, match="then resume"):
        write_file(context(), tmp_path / "file" / "x.deb", b"")
