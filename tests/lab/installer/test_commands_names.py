"""Verbs typed from memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.installer.test_commands_errors import _shell
from tests.support.migrated import migrate


@pytest.fixture
def console(tmp_path: Path) -> Path:
    migrate({"INSTALLER_DATA_DIR": str(tmp_path)})
    return tmp_path


def test_the_hyphens_of_the_runbook_are_understood(console: Path) -> None:
    added = _shell(console, "add-nodes", "--ip", "10.0.0.1")
    assert added.returncode == 0 and '"10.0.0.1"' in added.stdout
    old = _shell(console, "get-collect-nodes-status")
    assert old.returncode == 2 and old.stderr.startswith("J02 error: no job collect_nodes so far")


def test_an_unknown_command_is_refused_with_what_is_near(console: Path) -> None:
    done = _shell(console, "describe-node")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("unknown command 'describe-node'; did you mean describe_nodes")


def test_an_unknown_action_is_no_action_without_jobs(console: Path) -> None:
    unknown, unused = (
        _shell(console, "get_status", "--action", name) for name in ("foo", "config_qingcloud")
    )
    assert unknown.returncode == unused.returncode == 2
    assert "no action is called 'foo'" in unknown.stderr and "config_qingcloud" in unknown.stderr
    assert "no job config_qingcloud so far" in unused.stderr


@pytest.mark.parametrize("command", ["config_qingcloud", "adopt_zone"])
def test_every_file_that_cannot_be_read_is_named(console: Path, command: str) -> None:
    done = _shell(console, command, "-v", "gone.v.yaml", "-s", "gone.s.yaml")
    assert done.returncode == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "C01 error gone.v.yaml",
        "C01 error gone.s.yaml",
    ]
