"""Verbs typed from memory."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.migrated import migrate
from tests.support.starter import Starter


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    folder = str(tmp_path_factory.mktemp("console"))
    migrate({"INSTALLER_DATA_DIR": folder})
    with Starter({"PATH": os.environ["PATH"], "INSTALLER_DATA_DIR": folder}) as made:
        yield made


def test_the_hyphens_of_the_runbook_are_understood(console: Starter) -> None:
    added = console.run("add-nodes", "--ip", "10.0.0.1")
    assert added.returncode == 0 and '"10.0.0.1"' in added.stdout
    old = console.run("get-collect-nodes-status")
    assert old.returncode == 2 and old.stderr.startswith("J02 error: no collect_nodes job has run yet")


def test_an_unknown_command_is_refused_with_what_is_near(console: Starter) -> None:
    done = console.run("describe-node")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("unknown command 'describe-node'; did you mean describe_nodes")


def test_an_unknown_action_is_no_action_without_jobs(console: Starter) -> None:
    unknown, unused = (console.run("get_status", "--action", name) for name in ("foo", "config_qingcloud"))
    assert unknown.returncode == unused.returncode == 2
    assert "unknown action 'foo'" in unknown.stderr and "config_qingcloud" in unknown.stderr
    assert "no config_qingcloud job has run yet" in unused.stderr


@pytest.mark.parametrize("command", ["config_qingcloud", "adopt_zone"])
def test_every_file_that_cannot_be_read_is_named(console: Starter, command: str) -> None:
    done = console.run(command, "-v", "gone.v.yaml", "-s", "gone.s.yaml")
    assert done.returncode == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "C01 error gone.v.yaml",
        "C01 error gone.s.yaml",
    ]
