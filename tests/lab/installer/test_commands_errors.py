"""Exit codes, and messages in place of tracebacks."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from django.core.management.base import OutputWrapper
from django.db import OperationalError, ProgrammingError

from common.errors import Busy, Denied, Failed, NotFound, Refused
from common.messages import Message, message
from installer.cli import shell_user
from installer.cli.base import VerbCommand, database_sentence
from installer.cli.shell_user import shell_actor
from installer.environment import ConfigurationError
from tests.support.findings import finding
from tests.support.migrated import migrate

ROOT = Path(__file__).parents[3]
ENTRY = "import sys; from installer.cli.main import main; main(sys.argv)"


class Raises(VerbCommand):
    """Fails with the given error."""

    error: BaseException

    def run(self, options):
        raise self.error


def outcome(error: BaseException) -> tuple[int, str]:
    err = io.StringIO()
    command = Raises()
    command.error, command.stdout, command.stderr = error, OutputWrapper(io.StringIO()), OutputWrapper(err)
    with pytest.raises(SystemExit) as end:
        command.handle(format=None)
    return end.value.code, err.getvalue()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Refused([finding("R02", "five", "add one", file="s.yaml", line=7), finding("R04", "no")]), 2, "R04"),
        (NotFound([finding("J01", "no job")]), 2, "J01"),
        (Denied(Message.literal("not you")), 2, "not you"),
        (Busy(message("J27", job="j-1"), job_id="j-1"), 3, "J27 another person resumed job j-1 a moment ago"),
        (Failed(Message.literal("it broke")), 1, "it broke"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (OperationalError("no such table: jobs_job"), 1, "manage.py migrate"),
        (ProgrammingError('relation "jobs_job" does not exist\nLINE 1'), 1, "manage.py migrate"),
        (OperationalError("database is locked"), 1, "try again"),
        (OperationalError("could not connect to server"), 1, "DATABASE_URL"),
        (ConfigurationError("INSTALLER_DATA_DIR x: no"), 1, "INSTALLER_DATA_DIR"),
        (PermissionError(13, "Permission denied", "/data/x"), 1, "/data/x"),
        (OSError(28, "No space left on device"), 1, "No space left"),
    ],
)
@pytest.mark.django_db
def test_expected_errors_end_with_their_code_and_a_sentence(error, code, words):
    ended, text = outcome(error)
    assert ended == code and words in text and "Traceback" not in text


def test_every_finding_is_told():
    _, text = outcome(
        Refused([finding("R02", "five", "add one", file="s.yaml", line=7), finding("R04", "no")])
    )
    assert text.splitlines() == ["R02 error s.yaml:7: five -> add one", "R04 error: no"]


def test_a_surprise_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        command = Raises()
        command.error = ZeroDivisionError()
        command.handle(format=None)


def test_only_the_first_line_of_a_database_error_is_told():
    assert "DETAIL" not in database_sentence(OperationalError("broken\nDETAIL: password"))
    absent = database_sentence(OperationalError('FATAL:  database "consle" does not exist'))
    assert "create it" in absent and "migrate" not in absent
    assert "migrate" in database_sentence(OperationalError('relation "jobs_job" does not exist'))


def test_the_actor_is_who_called_sudo(monkeypatch):
    monkeypatch.setenv("SUDO_USER", "olga")
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert shell_actor().name == "olga"
    monkeypatch.delenv("SUDO_USER")
    assert shell_actor().name == "root"
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999)
    assert shell_actor().name == "uid-3999999"


def _shell(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    values = {"PATH": os.environ["PATH"], "INSTALLER_DATA_DIR": str(folder), **environ}
    return subprocess.run(
        [sys.executable, "-c", ENTRY, *words],
        cwd=ROOT,
        env=values,
        capture_output=True,
        text=True,
        timeout=180,
    )


@pytest.mark.parametrize("name", ["describe_nodes", "get_status"])
def test_a_database_that_is_not_migrated(tmp_path, name):
    done = _shell(tmp_path, name)
    assert done.returncode == 1 and "run manage.py migrate" in done.stderr
    assert len(done.stderr.splitlines()) == 1 and done.stdout == ""


def test_a_database_of_a_development_version_is_left_as_it_is(tmp_path):
    """Leave it unchanged: its migrations have the same names but other contents, half of which would seem done."""
    tmp_path.chmod(0o700)
    path = tmp_path / "installer.sqlite3"
    path.touch(0o600)
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE jobs_auditentry (id integer PRIMARY KEY)")
        database.execute("INSERT INTO jobs_auditentry VALUES (7)")
        database.commit()
        done = _shell(tmp_path, "migrate")
        assert done.returncode == 1 and "import_nodes" in done.stderr and "Traceback" not in done.stderr
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        assert "common_auditentry" not in names
        assert database.execute("SELECT id FROM jobs_auditentry").fetchall() == [(7,)]


def test_a_database_that_is_not_there(tmp_path):
    done = _shell(tmp_path, "describe_nodes", DATABASE_URL="postgresql://olga:hidden@127.0.0.1:1/x")
    assert done.returncode == 1 and "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr and "hidden" not in done.stderr


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": "mysql://x"},
        {"DATABASE_URL": "sqlite://"},
        {"INSTALLER_DATA_DIR": "/proc/nowhere"},
        {"INSTALLER_WORKERS": "-1"},
        {"INSTALLER_LOG_LEVEL": "loud"},
        {"CACHE_URL": "localhost:6379"},
    ],
)
def test_settings_that_cannot_be(tmp_path, environ):
    done = _shell(tmp_path, "describe_nodes", **environ)
    assert done.returncode == 1 and next(iter(environ)) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_had_enough_is_no_fault(tmp_path):
    migrate({"INSTALLER_DATA_DIR": str(tmp_path)})
    environ = {"PATH": os.environ["PATH"], "INSTALLER_DATA_DIR": str(tmp_path)}
    command = f"{sys.executable} -c '{ENTRY}' describe_nodes --format json | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=180
    )
    assert done.stdout.strip() == "0" and "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr
    _interrupted(tmp_path)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("help | true", 0),
        ("delete_nodes -i 10.9.9.9 2>&1 | true", 2),
        ("delete_nodes -i 10.9.9.9 2>/dev/full | true", 2),
    ],
)
def test_what_nobody_reads_changes_no_exit_code(tmp_path: Path, words: str, code: int) -> None:
    migrate({"INSTALLER_DATA_DIR": str(tmp_path)})
    environ = {"PATH": os.environ["PATH"], "INSTALLER_DATA_DIR": str(tmp_path)}
    command = f"{sys.executable} -c '{ENTRY}' {words}; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=180
    )
    assert (done.stdout.strip(), done.stderr) == (str(code), "")


def _interrupted(folder: Path) -> None:
    """Press a real Ctrl-C while following: exit code 130, and the job still waits."""
    assert _shell(folder, "add_nodes", "--ip", "127.1.0.1").returncode == 0
    (folder / "nodes").write_text("127.1.0.1\n")
    job_id = _shell(folder, "establish_ssh", str(folder / "nodes"), "--no-password").stdout.strip()
    environ = {"PATH": os.environ["PATH"], "INSTALLER_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    follower = subprocess.Popen(
        [sys.executable, "-c", ENTRY, "get_status", job_id, "--wait"],
        cwd=ROOT,
        env=environ,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        # Also where the tests themselves run in the background, where Ctrl-C is ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert follower.stderr is not None
    begun = time.monotonic()
    while "no worker is running" not in follower.stderr.readline():
        assert time.monotonic() < begun + 120
    follower.send_signal(signal.SIGINT)
    try:
        _, rest = follower.communicate(timeout=30)
    finally:
        follower.kill()
    assert follower.returncode == 130 and "continues" in rest and "Traceback" not in rest
    assert '"queued"' in _shell(folder, "get_status", job_id).stdout


def test_an_argument_that_is_no_text_is_refused(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "INSTALLER_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable.encode(), b"-c", ENTRY.encode(), b"show_plan", b"-z", b"pek\xff"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr == "argument 3 is not valid UTF-8: b'pek\\xff': type it again\n"


@pytest.mark.parametrize(
    ("uid", "sudo", "login", "name", "names"),
    [
        (0, "ann", "ann", "ann", {"ann"}),
        (0, "ann", "", "ann", {"ann"}),
        (0, "", "", "root", {"root"}),
        (0, "", "ann", "root", {"root", "ann"}),
        (0, "eve", "ann", "eve", {"eve", "ann"}),
        (1, "ann", "ann", "ann", {"ann", "daemon"}),
        (1, "eve", "ann", "daemon", {"daemon", "ann"}),
        (1, "eve", "daemon", "daemon", {"daemon"}),
        (1, "eve", "", "eve", {"eve", "daemon"}),
    ],
)
def test_a_name_that_anybody_can_set_hides_nobody(
    monkeypatch: pytest.MonkeyPatch, uid: int, sudo: str, login: str, name: str, names: set[str]
) -> None:
    """Believe root about its caller, and others only where the kernel does not know better."""
    monkeypatch.setenv("LOGNAME", "mallory")
    monkeypatch.setenv("USER", "mallory")
    monkeypatch.setenv("SUDO_USER", sudo)
    monkeypatch.setattr(os, "getuid", lambda: uid)
    monkeypatch.setattr(shell_user, "login_name", lambda: login)
    actor = shell_actor()
    assert (actor.name, actor.names) == (name, names)


@pytest.mark.parametrize(("text", "name"), [("4294967295\n", ""), ("0", "root"), ("", ""), ("x", "")])
def test_the_account_that_signed_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, name: str
) -> None:
    (tmp_path / "loginuid").write_text(text)
    monkeypatch.setattr(shell_user, "LOGIN_UID", tmp_path / "loginuid")
    assert shell_user.login_name() == name
