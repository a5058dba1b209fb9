"""Fixtures for all tests."""

from __future__ import annotations

import errno
import gc
import ipaddress
import itertools
import math
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from hypothesis.internal.conjecture import providers
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from common import disk_space
from common.actor import Actor
from installer import auditing, slots
from tests.support import database
from zones.services import configure

TESTS = Path(__file__).parent

# How long one example takes says more of the machine's load than of the code.
hypothesis_settings.register_profile("any machine", deadline=None)
# make test-quick; make test tries ten times as many examples, see tests/support/examples.py.
hypothesis_settings.register_profile("quick", deadline=None, max_examples=10)
hypothesis_settings.load_profile("any machine")

pytest_plugins = [f"tests.fixtures.{name}" for name in ("callers", "region", "simulated", "steps", "toy")]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Spread modules of long tests evenly among the others, so that no process is left with all of them at the end.

    Tests of one module stay together: a server or a lab that they share is started once.

    Skip on SQLite what can only happen where several connections write at once (mark ``postgresql``).
    """
    if hypothesis_settings().max_examples < 100:
        # Hypothesis reads every source for numbers and texts that might be worth trying: all of them, in each process.
        providers._get_local_constants = lambda: providers._local_constants
    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        away = [item for item in items if item.get_closest_marker("postgresql")]
        config.hook.pytest_deselected(items=away)
        items[:] = [item for item in items if item not in away]
    for item in items:
        tier = _tier(item)
        used = "db" in getattr(item, "fixturenames", ()) or item.get_closest_marker("django_db")
        if used and tier == "unit":
            raise pytest.UsageError(f"{item.nodeid} uses the database: put its file into tests/db")
        # What another database may answer differently: continuous integration chooses by it (.ci/run).
        if used or tier == "system":
            item.add_marker("database")
    # pytest-django has put tests with a database before the others: what a module shares would be built twice.
    by_module: dict[Path, list[pytest.Item]] = {}
    for item in items:
        by_module.setdefault(item.path, []).append(item)
    modules = list(by_module.values())
    long = [found for found in modules if _tier(found[0]) == "system"]
    short = [found for found in modules if _tier(found[0]) != "system"]
    places = [(place / len(group), found) for group in (long, short) for place, found in enumerate(group)]
    items[:] = itertools.chain.from_iterable(found for _, found in sorted(places, key=lambda pair: pair[0]))


def pytest_collection_finish() -> None:
    """Leave what was loaded out of every later search for garbage: nothing of it goes before the process ends."""
    gc.collect()
    gc.freeze()
    gc.enable()


def _tier(item: pytest.Item) -> str:
    """Return the folder that says what the test costs."""
    return item.path.relative_to(TESTS).parts[0]


@pytest.fixture(autouse=True, scope="session")
def this_host_only() -> Iterator[None]:
    """Keep tests from connecting to machines outside this host, as if there were no network."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True, scope="session")
def nobody_answers() -> Iterator[None]:
    """Keep tests from asking whether machines outside this host answer; see tests/db/zones/test_address_probe.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(configure, "answering", lambda addresses: frozenset())
        yield


@pytest.fixture(autouse=True)
def as_in_a_new_process() -> None:
    """Forget what the process knows of the requests and of the database of an earlier test."""
    # An answer that was not read to its end still holds a place.
    slots._places.taken.clear()
    auditing._full.clear()
    # The check for a full disk would count among the queries of whatever comes first.
    disk_space._asked.update(at=math.inf, full=False)


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> None:
    """Hash passwords quickly: those of tests need no million rounds."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings_tox_suffix() -> None:
    """Name test databases by run: two runs on one PostgreSQL server must not drop each other's.

    One of SQLite waits for no disk: nobody needs it after a power failure.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8] or str(os.getpid())
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("postgresql"):
        database.setdefault("TEST", {})["NAME"] = f"test_{database['NAME']}_{run}"
    else:
        database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> Iterator[None]:
    """List the static files once per process: every client of a test begins the middleware anew."""
    found: dict[str, StaticFile] = {}
    find = WhiteNoiseMiddleware.add_files_from_finders

    def remembered(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", remembered)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Make the test database; tests with transactions of their own empty it quickly."""
    with django_db_blocker.unblock():
        database.remember_migrated()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: database.empty())
        yield


@pytest.fixture
def actor() -> Actor:
    """Return a person who runs verbs."""
    return Actor(name="ann", via="command")


@pytest.fixture
def data_dir(settings: LazySettings, tmp_path: Path) -> Path:
    """Give the test a data folder of its own."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.INSTALLER_SSH_KEY = settings.DATA_DIR / "ssh" / "id_ed25519"
    return Path(settings.DATA_DIR)
