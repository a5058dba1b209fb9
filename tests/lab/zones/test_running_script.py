"""Programs that run, crash, run once or not at all: the scripts with a real supervisord of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.failure_reason import reason_of
from operations.mirror.core import mirror_script
from operations.scripts import component_script
from operations.supervisor.core import restart_script

SLEEP = "command=/bin/sleep 1000\n"
ONCE = "[program:init_once]\ncommand=/bin/true\nautorestart=false\nstartsecs=0\n"
SHELL = f"[program:debug_shell]\n{SLEEP}autostart=false\n"
GROUP = (
    f"[program:compute_server]\n{SLEEP}process_name=%(program_name)s_%(process_num)02d\nnumprocs=2\n"
    "[group:pitrix]\nprograms=compute_server\n"
)


def falling(seconds: float) -> str:
    """Return a program that starts and dies, again and again."""
    return f'command=/bin/sh -c "sleep {seconds}; echo cannot connect >&2; exit 1"\nstartsecs=0\nautorestart=true\n'


@dataclass
class Supervisor:
    """A supervisord, and tools that reach it under the usual names."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, programs: str) -> Supervisor:
        config = self.folder / "supervisord.conf"
        config.write_text(
            f"[unix_http_server]\nfile={self.folder}/sock\n"
            "[rpcinterface:supervisor]\n"
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n"
            f"[supervisord]\nnodaemon=true\nlogfile={self.folder}/log\npidfile={self.folder}/pid\n"
            f"childlogdir={self.folder}\n"
            f"[supervisorctl]\nserverurl=unix://{self.folder}/sock\n"
            f"[include]\nfiles={self.folder}/conf.d/*.conf\n"
        )
        (self.folder / "conf.d").mkdir(exist_ok=True)
        (self.folder / "conf.d/all.conf").write_text(programs)
        (self.folder / "bin").mkdir(exist_ok=True)
        tool = self.folder / "bin" / "supervisorctl"
        tool.write_text(
            f'#!/bin/sh\necho "$@" >>{self.folder}/asked\n'
            f'exec {sys.executable} -m supervisor.supervisorctl -c {config} "$@"\n'
        )
        tool.chmod(0o755)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 30
        while "STARTING" in (said := self.ask("status")) or "sock" in said or not said:
            assert time.monotonic() < until, said
            time.sleep(0.1)
        return self

    def ask(self, *words: str) -> str:
        argv = [str(self.folder / "bin/supervisorctl"), *words]
        return subprocess.run(argv, capture_output=True, text=True, timeout=30).stdout

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def run(self, script: str, patience_s: int = 6) -> subprocess.CompletedProcess[str]:
        text = script.replace("/pitrix/", f"{self.folder}/pitrix/")
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        return subprocess.run(
            ["sh", "-c", text],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={"PATH": path, "patience_s": str(patience_s)},
            timeout=120,
        )

    def verify(self, *programs: str, steady_s: int = 2, patience_s: int = 6) -> tuple[int, str, str]:
        script = component_script("verify", programs=" ".join(programs), steady_s=str(steady_s))
        done = self.run(script, patience_s)
        return done.returncode, done.stderr, reason_of([done.stderr], [done.stdout])


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path)
    yield made
    made.end()


def test_a_program_that_runs_and_stays(supervisor: Supervisor) -> None:
    supervisor.start(f"[program:compute_server]\n{SLEEP}")
    begun = time.monotonic()
    code, err, _ = supervisor.verify("compute_server")
    assert code == 0 and err == ""
    assert time.monotonic() - begun >= 2, "for as long as it must be steady"


@pytest.mark.parametrize("seconds", [1.5, 3])
def test_a_program_that_falls_over_and_over_is_found_and_named(
    supervisor: Supervisor, seconds: float
) -> None:
    """Name also a program that outlives the required time: seen to restart, it must then stay up longer."""
    supervisor.start(f"[program:compute_server]\n{falling(seconds)}[program:other]\n{SLEEP}")
    code, _, reason = supervisor.verify("other", "compute_server", patience_s=10)
    assert code == 5
    assert reason.startswith("compute_server does not stay RUNNING: ") and "seen to start again" in reason


def test_programs_that_nobody_expects_to_run_are_told(supervisor: Supervisor) -> None:
    broken = "[program:their_agent]\ncommand=/no/such/program\n"
    supervisor.start(f"[program:compute_server]\n{SLEEP}{ONCE}{SHELL}{broken}")
    until = time.monotonic() + 60
    while "FATAL" not in supervisor.ask("status"):
        assert time.monotonic() < until
        time.sleep(0.2)
    code, err, _ = supervisor.verify("compute_server")
    assert code == 0, err
    words = {line.split(":")[0]: line for line in err.splitlines()}
    assert set(words) == {"init_once", "debug_shell", "their_agent"}
    assert "EXITED" in words["init_once"] and "right for a program that runs once" in words["init_once"]
    assert "STOPPED (Not started), so it does not run" in words["debug_shell"]
    assert "FATAL" in words["their_agent"] and "supervisorctl tail their_agent" in words["their_agent"]


@pytest.mark.parametrize(
    ("programs", "name", "words"),
    [
        (SHELL, "debug_shell", "debug_shell does not stay RUNNING: debug_shell"),
        (ONCE, "init_once", "init_once does not stay RUNNING: init_once"),
        ("", "compute_server", "compute_server: ERROR (no such process)"),
        ("[program:a]\ncommand=/no/such\nstartretries=0\n", "a", "a does not stay RUNNING: a"),
    ],
)
def test_one_that_the_console_brought_must_run(
    supervisor: Supervisor, programs: str, name: str, words: str
) -> None:
    supervisor.start(f"{programs}[program:other]\n{SLEEP}")
    code, _, reason = supervisor.verify(name, patience_s=2)
    assert code == 5 and words in reason


@pytest.mark.parametrize(
    "name",
    ["compute_server", "pitrix:*", "pitrix", "pitrix:compute_server", "pitrix:compute_server_01"],
)
def test_a_program_in_a_group_is_found_by_its_name(supervisor: Supervisor, name: str) -> None:
    supervisor.start(f"{GROUP}[program:compute_server_agent]\n{SLEEP}autostart=false\n")
    code, err, _ = supervisor.verify(name)
    assert code == 0, err
    done = supervisor.run(restart_script([name], steady_s=1))
    assert done.returncode == 0, done.stderr
    # Of the processes that were meant each was started again, and no other.
    asked = [line for line in (supervisor.folder / "asked").read_text().splitlines() if "restart" in line]
    both = "restart pitrix:compute_server_00 pitrix:compute_server_01"
    assert asked == ["restart pitrix:compute_server_01" if name.endswith("_01") else both]


def test_a_program_whose_name_goes_on_is_another_one(supervisor: Supervisor) -> None:
    supervisor.start(f"[program:ws_server]\n{SLEEP}[program:ws_server_2]\n{SLEEP}autostart=false\n")
    assert supervisor.run(restart_script(["ws_server"], steady_s=1)).returncode == 0
    assert "restart ws_server\n" in (supervisor.folder / "asked").read_text()
    assert "STOPPED" in supervisor.ask("status", "ws_server_2")


def test_hypers_restart_what_is_in_a_group(supervisor: Supervisor) -> None:
    supervisor.start(GROUP)
    done = supervisor.run(mirror_script([("h1", "10.0.0.1")], steady_s=1))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("RUNNING") == 2


def test_without_a_supervisor_it_says_so(supervisor: Supervisor) -> None:
    supervisor.start(SHELL).end()
    code, _, reason = supervisor.verify("compute_server")
    assert code == 5 and ("refused connection" in reason or "no such file" in reason)
    code, _, reason = supervisor.verify()
    assert code == 5 and reason.startswith("the supervisor does not answer: ")


def test_packages_must_not_break_what_runs(supervisor: Supervisor) -> None:
    """Report a program that ran before and does not stay RUNNING with the new packages."""
    supervisor.start(f"[program:compute_server]\n{SLEEP}[program:gone]\n{SLEEP}{SHELL}")
    values = {"package_folder": "/nowhere", "packages": "", "site_files": "", "steady_s": "1"}
    script = component_script("update_nodes", **values)
    assert supervisor.run(script).returncode == 0
    (supervisor.folder / "conf.d/all.conf").write_text(f"[program:compute_server]\n{falling(1.5)}{SHELL}")
    # Longer than it lives, however slow the machine is.
    done = supervisor.run(component_script("update_nodes", **{**values, "steady_s": "4"}))
    assert done.returncode == 5 and "compute_server does not stay RUNNING" in done.stderr
    assert "gone: removed process group" in done.stdout
