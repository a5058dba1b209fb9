"""A console with a worker and a lab, real processes and real SSH."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import Lab, LabError, check
from lab.database import own_database, postgres_url
from tests.support.migrated import migrate
from tests.system.console import Console
from tests.system.faults import FaultConsole


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """Provide a console with its worker, without nodes."""
    try:
        check.require()
    except LabError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with own_database() as url, Lab(tmp_path / "lab") as lab:
        made = Console(tmp_path, lab, _free_net(), url)
        migrate(made.environment)
        made.start_worker()
        try:
            yield made
        finally:
            made.close()


@pytest.fixture(scope="session")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultConsole]:
    """Provide ten nodes and a database on PostgreSQL, shared by all fault tests; each asks for its workers."""
    import psycopg2

    folder = tmp_path_factory.mktemp("faults")
    try:
        check.require()
        psycopg2.connect(postgres_url(), connect_timeout=3).close()
    except (LabError, psycopg2.OperationalError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{error}; set CI_DATABASE_URL to a PostgreSQL where databases may be created")
    with own_database(postgres_url()) as url, Lab(folder / "lab") as lab:
        made = FaultConsole(folder, lab, _free_net(), url)
        migrate(made.environment)
        made.add_nodes(10)
        try:
            yield made
        finally:
            made.close()


def _free_net() -> str:
    """Return three numbers of a loopback network of this process's own."""
    return f"127.{2 + os.getpid() // 250 % 250}.{os.getpid() % 250}"
