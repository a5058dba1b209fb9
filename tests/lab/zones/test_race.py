"""Real processes that configure zones at the same moment never allocate one address twice."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.zones.race import ZONES
from tests.support.migrated import migrate

ROOT = Path(__file__).parents[3]
ROUNDS = 6  # even: the last draft of each zone stays
SERVER = os.environ.get("TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432")


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Return the environment of the processes: a data folder and a database of the test's own."""
    values = {**os.environ, "INSTALLER_DATA_DIR": str(tmp_path / "data")}
    values.pop("DATABASE_URL", None)
    if request.param == "sqlite":
        yield values
        return
    import psycopg2

    try:
        server = psycopg2.connect(f"{SERVER}/postgres", connect_timeout=3)
    except psycopg2.OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL at {SERVER} ({str(error).splitlines()[0]})")
    server.autocommit = True
    name = f"test_race_{uuid.uuid4().hex[:12]}"
    with contextlib.closing(server), server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield {**values, "DATABASE_URL": f"{SERVER}/{name}"}
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def python(environment: dict[str, str], *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_zones_configured_at_once_share_nothing(environment: dict[str, str]) -> None:
    migrate(environment)
    assert json.loads(python(environment, "-m", "tests.lab.zones.race_setup", "make")) == 21
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.lab.zones.race_child", zone_id, str(ROUNDS)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for zone_id in ZONES
    ]
    try:
        assert [child.stdout.readline() for child in children if child.stdout] == ["ready\n"] * len(ZONES)
        for child in children:
            assert child.stdin
            child.stdin.write("go\n")
            child.stdin.flush()
        answers = [child.communicate(timeout=300) for child in children]
    finally:
        for child in children:
            child.kill()
    assert [json.loads(out) for out, _ in answers] == [[]] * len(ZONES), answers
    found = json.loads(python(environment, "-m", "tests.lab.zones.race_setup", "show"))
    assert found["plans"] == [f"{zone_id}-{ROUNDS}" for zone_id in ZONES]
    for kind, count in (("networks", 9), ("vips", 9), ("vms", 18)):
        assert len(found[kind]) == len(set(found[kind])) == count, (kind, found[kind])
