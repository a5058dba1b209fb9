"""Running commands as the shell does, and people who call the API."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management.base import OutputWrapper
from rest_framework.test import APIClient

from installer import auditing
from installer.cli.main import load_command
from installer.groups import APPROVER, OPERATOR, VIEWER
from tests.factories import make_user


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def run() -> Callable[..., Result]:
    """Run a command; ``tty`` makes its standard output a terminal."""

    def runner(name: str, *args: str, tty: bool = False) -> Result:
        out, err = (_Terminal() if tty else io.StringIO()), io.StringIO()
        code = 0
        command = load_command(name)
        command._called_from_command_line = True
        command.stdout, command.stderr = OutputWrapper(out), OutputWrapper(err)
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(out):
            try:
                options = vars(
                    command.create_parser("manage.py", name).parse_args([str(arg) for arg in args])
                )
                command.execute(*options.pop("args", ()), **options)
            except SystemExit as end:
                code = int(end.code or 0)
        return Result(code, out.getvalue(), err.getvalue())

    return runner


@pytest.fixture(autouse=True)
def quick_passwords(settings: LazySettings) -> None:
    """Hash passwords quickly: those of tests need no million rounds."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def audit_from_the_beginning() -> None:
    """Forget what this process knows of full hours: it belongs to the database of another test."""
    auditing._full.clear()


@pytest.fixture
def clients(db: None) -> dict[str, APIClient]:
    """Return a client for each kind of person."""
    found = {"anonymous": APIClient()}
    for group in (VIEWER, OPERATOR, APPROVER):
        found[group] = APIClient()
        found[group].force_authenticate(make_user(f"{group}-person", group))
    found["nobody"] = APIClient()
    found["nobody"].force_authenticate(make_user("in-no-group"))
    return found


@pytest.fixture
def viewer(clients: dict[str, APIClient]) -> APIClient:
    return clients[VIEWER]


@pytest.fixture
def operator(clients: dict[str, APIClient]) -> APIClient:
    return clients[OPERATOR]


@pytest.fixture
def approver(clients: dict[str, APIClient]) -> APIClient:
    return clients[APPROVER]
