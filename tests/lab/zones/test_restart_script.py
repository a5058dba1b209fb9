"""Restart services after a scaling, and write the list of mirrors: the scripts run in a shell."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from operations.mirror.core import mirror_script
from operations.supervisor.core import restart_script


class Shell:
    """A shell in which supervisorctl answers as the test sets and records what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        self.answer("RUNNING   pid 7, uptime 0:00:01")

    def answer(self, status: str) -> None:
        tool = self.folder / "bin" / "supervisorctl"
        log = self.folder / "asked"
        tool.write_text(f'#!/bin/sh\necho "$@" >>{log}\n[ "$1" = restart ] || echo "$2    {status}"\n')
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        text = script.replace("/pitrix/", f"{self.folder}/pitrix/")
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        return subprocess.run(
            ["sh"], input=text, capture_output=True, text=True, env={"PATH": path}, timeout=60
        )

    @property
    def restarts(self) -> list[str]:
        asked = self.folder / "asked"
        lines = asked.read_text().splitlines() if asked.exists() else []
        return [line for line in lines if line.startswith("restart")]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_the_mirror_list_is_written_once(shell: Shell) -> None:
    script = mirror_script([("h1", "10.0.0.1"), ("h2", "10.0.0.2")], steady_s=0)
    assert shell.run(script).returncode == 0
    assert (shell.folder / "pitrix/conf/hyper_mirror_nodes").read_text() == "h1 10.0.0.1\nh2 10.0.0.2\n"
    again = shell.run(script)
    assert again.returncode == 0 and "up to date (2 hypers)" in again.stdout
    assert shell.restarts == ["restart compute_server"]


def test_a_restart_that_failed_is_done_when_repeated(shell: Shell) -> None:
    script = mirror_script([("h1", "10.0.0.1")], steady_s=0)
    shell.answer("FATAL     Exited too quickly (process log may have details)")
    broken = shell.run(script)
    assert broken.returncode == 5 and "compute_server does not stay RUNNING" in broken.stderr
    shell.answer("RUNNING   pid 8, uptime 0:00:01")
    assert shell.run(script).returncode == 0 and len(shell.restarts) == 2


def test_services_are_restarted_one_after_another_until_one_fails(shell: Shell) -> None:
    script = restart_script(["ws_server", "billing_resource"], steady_s=1)
    assert shell.run(script).returncode == 0
    assert shell.restarts == ["restart ws_server", "restart billing_resource"]
    shell.answer("FATAL     Exited too quickly")
    assert shell.run(script).returncode == 5
    assert shell.restarts[2:] == ["restart ws_server"]


def test_warnings_around_the_state_are_not_the_state(shell: Shell) -> None:
    tool = shell.folder / "bin" / "supervisorctl"
    warning = "/usr/lib/python2.7/options.py:298: UserWarning: Supervisord is running as root"
    tool.write_text(
        tool.read_text().replace('[ "$1" = restart ]', f'echo "{warning}" >&2\n[ "$1" = restart ]')
    )
    done = shell.run(restart_script(["ws_server"], steady_s=1))
    assert done.returncode == 0, done.stderr
    gone = "ws_server: ERROR (no such process)"
    tool.write_text(f'#!/bin/sh\necho "{warning}" >&2\necho "{gone}"\nexit 4\n')
    missing = shell.run(restart_script(["ws_server"], steady_s=1))
    assert missing.returncode == 5 and f"ws_server does not stay RUNNING: {gone}" in missing.stderr


def test_a_supervisor_that_is_not_there(shell: Shell) -> None:
    tool = shell.folder / "bin" / "supervisorctl"
    tool.write_text("#!/bin/sh\necho 'unix:///var/run/supervisor.sock no such file'\nexit 4\n")
    away = shell.run(restart_script(["ws_server"], steady_s=1))
    assert away.returncode == 5 and "supervisor.sock no such file" in away.stderr
