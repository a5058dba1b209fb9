"""Programs of the supervisor: their names, groups and states, and the script that restarts them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations.scripts import component_script
from zones.core.documents.settings import SUB_ROLES

_PROGRAM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}(?::\*)?", re.ASCII)
GLOBAL_SERVICES = ("ws_server", "billing_resource")
RUNNING = "RUNNING"
# As process_lines and pids_of of running.sh read them: the same lines, the same fields.
_PROCESS = re.compile(
    r"[ \t]*(?P<name>[^ \t]+)[ \t]+"
    r"(?P<state>STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)(?:[ \t]+(?P<detail>.*))?"
)
_RUNS = re.compile(
    r"pid (?P<pid>[0-9]{1,10}),"
    r"(?P<uptime> uptime (?:(?P<d>[0-9]{1,5}) days?, )?(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2}):(?P<s>[0-9]{2})\Z)?"
)
_NEVER_STARTED = "Not started"


@dataclass(frozen=True, slots=True)
class Process:
    """One line of ``supervisorctl status``; ``since`` and ``pid`` of what runs, where the line tells them."""

    name: str
    state: str
    detail: str
    since: datetime | None = None
    pid: int | None = None

    def is_right(self) -> bool:
        """Return whether it is as it must be: it runs, or it is one that the console does not know and that need not.

        That is one that has exited (it runs once) or was never started (``autostart=false``).
        """
        if self.state == RUNNING or group_of_program(self.name):
            return self.state == RUNNING
        return self.state == "EXITED" or (self.state == "STOPPED" and self.detail == _NEVER_STARTED)


def read_status(said: str, asked_at: datetime) -> list[Process]:
    """Return the processes of which ``supervisorctl status`` tells (do_status and _show_statuses of supervisor 4).

    Lines that are about no process, such as warnings of Python, are passed over.
    """
    lines = (_PROCESS.fullmatch(line) for line in said.split("\n"))
    return [_process(found, asked_at) for found in lines if found]


def _process(found: re.Match[str], asked_at: datetime) -> Process:
    detail = (found["detail"] or "").strip()
    runs = _RUNS.match(detail) if found["state"] == RUNNING else None
    if runs is None:
        return Process(found["name"], found["state"], detail)
    since = None
    if runs["uptime"]:
        days, hours, minutes, seconds = (int(runs[unit] or 0) for unit in "dhms")
        uptime = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        since = (asked_at - uptime).replace(microsecond=0)
    return Process(found["name"], RUNNING, detail, since, int(runs["pid"]))


def restart_script(programs: Sequence[str], *, steady_s: int) -> str:
    """Return ``supervisorctl restart`` of each program, the next one once it stays RUNNING (supervisorctl of supervisor 4).

    Raises:
        ValueError: no program, or an invalid name.
    """
    wrong = [name for name in programs if not is_program(name)]
    if wrong or not programs:
        raise ValueError(f"not a valid program name: {', '.join(wrong)[:100] or 'none is given'}")
    words = " ".join(programs)
    return component_script("restart_services", programs=words, steady_s=str(steady_s))


def is_program(name: str) -> bool:
    """Return whether the supervisor may have a program of that name, alone or in a group (``pitrix:compute_server``)."""
    return bool(_PROGRAM.fullmatch(name))


def group_of_program(name: str) -> str:
    """Return the group of machines on which a program runs; empty where the console does not know it.

    A program in a group of the supervisor (``pitrix:compute_server_00``) is known by its own name.
    """
    own = re.sub(r"_[0-9]+\Z", "", name.rpartition(":")[2])
    if own in GLOBAL_SERVICES:
        return "webservice"
    if own == "compute_server":
        return "hyper"
    sub_role = own.removesuffix("_server")
    return sub_role if own.endswith("_server") and sub_role in SUB_ROLES else ""
