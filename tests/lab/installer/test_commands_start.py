"""A command that shows something starts without what only workers, pages and other verbs need."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.migrated import migrate
from tests.support.starter import ROOT, Starter

# Django itself with its own apps imports 570.
MOST_MODULES = 790
HEAVY = (
    "cryptography",
    "drf_spectacular.openapi",
    "installer.admin_site",
    "installer.console",
    "jobs.engine.work_slice",
    "jobs.remote",
    "netaddr",
    "nodes.collection",
    "nodes.handlers",
    "nodes.parsers",
    "operations.scaling",
    "paramiko",
    "pymemcache",
    "rest_framework.views",
    "rich",
    "yaml",
    "zones.core",
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Prepare a console with one node, and one job that waits for a worker."""
    folder = tmp_path_factory.mktemp("console")
    found = {"PATH": os.environ["PATH"], "INSTALLER_DATA_DIR": str(folder)}
    migrate(found)
    (folder / "ips").write_text("127.0.0.1\n")
    with Starter({**found, "INSTALLER_SSH_PASSWORD": "x"}) as console:
        for words in (
            ["add_nodes", "--ip", "127.0.0.1"],
            ["establish_ssh", str(folder / "ips"), "22", "root"],
        ):
            assert console.run(*words).returncode == 0
    yield found


# Names on standard error what was imported: -X importtime leaves out what is imported by its name, as apps are.
CODE = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from installer.cli.main import main
main(["manage.py", *sys.argv[1:]])
"""


def started(environment: dict[str, str], *words: str) -> set[str]:
    """Run a command; return the modules that it imported."""
    argv = [sys.executable, "-c", CODE, *words]
    done = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and '"status": ' in done.stdout, done.stderr[-2000:]
    return set(done.stderr.split())


@pytest.mark.parametrize("words", ["get_status", "describe_nodes -i 127.0.0.1"])
def test_what_shows_something_starts_without_the_rest(environment: dict[str, str], words: str) -> None:
    modules = started(environment, *words.split(), "--format", "json")
    assert "jobs.models" in modules and "nodes.describe" in modules
    assert not {name for name in modules for heavy in HEAVY if f"{name}.".startswith(f"{heavy}.")}
    assert len(modules) < MOST_MODULES
