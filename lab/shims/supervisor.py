"""supervisorctl: programs from /etc/supervisor/conf.d, which run at once and stay so until they are stopped.

Output as in supervisor 4.1 (supervisorctl.py); ``status`` exits with 3 when a program is not RUNNING.
"""

from __future__ import annotations

import configparser
import os
import time

from . import node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = "/etc/supervisor/conf.d"
FIRST_PID = 2000


def main(name: str, args: list[str]) -> int:
    """Run one action."""
    words = list(args)
    while words and words[0].startswith("-"):
        del words[: 2 if words[0] in ("-c", "-s", "-u", "-p") else 1]
    verb = words.pop(0) if words else "status"
    if verb == "version":
        print("4.1.0")
        return 0
    if verb == "status":
        return _status(node.state(), words)
    with node.Change() as state:
        if not state["services"].get("supervisor", {}).get("active"):
            return node.fail("unix:///var/run/supervisor.sock no such file", 4)
        if verb == "reread":
            return _reread(state)
        if verb == "update":
            return _update(state, words)
        if verb == "reload":
            reload(state)
            print("Restarted supervisord")
            return 0
        if verb in ("start", "stop", "restart"):
            return _switch(state, verb, words)
    return node.fail(f"*** Unknown syntax: {verb}", 2)


def configured() -> dict[str, dict[str, str]]:
    """Return ``{program: its settings}`` of all files; an invalid file counts as empty, as in supervisor's log."""
    found: dict[str, dict[str, str]] = {}
    names = sorted(os.listdir(FOLDER)) if os.path.isdir(FOLDER) else []
    for name in names:
        if not name.endswith(".conf"):
            continue
        parser = configparser.RawConfigParser(strict=False, inline_comment_prefixes=(";",))
        try:
            parser.read(f"{FOLDER}/{name}", encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in parser.sections():
            if section.startswith("program:"):
                found[section[8:]] = dict(parser.items(section))
    return found


def _started(state: dict[str, Any], settings: dict[str, str]) -> dict[str, Any]:
    pid = max([item["pid"] for item in state["programs"].values()], default=FIRST_PID) + 7
    running = settings.get("autostart", "true").lower() not in ("false", "no", "0")
    return {"settings": settings, "running": running, "pid": pid, "since": int(time.time())}


def reload(state: dict[str, Any]) -> None:
    """Restart supervisord: only what is configured now, all of it started."""
    state["programs"] = {}
    for name, settings in configured().items():
        state["programs"][name] = _started(state, settings)


def _differences(state: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    now, held = configured(), state["programs"]
    added = [name for name in now if name not in held]
    changed = [name for name in now if name in held and held[name]["settings"] != now[name]]
    return added, changed, [name for name in held if name not in now]


def _reread(state: dict[str, Any]) -> int:
    added, changed, removed = _differences(state)
    words = [(added, "available"), (changed, "changed"), (removed, "disappeared")]
    for names, word in words:
        for name in names:
            print(f"{name}: {word}")
    if not added + changed + removed:
        print("No config updates to processes")
    return 0


def _update(state: dict[str, Any], words: list[str]) -> int:
    added, changed, removed = (
        [name for name in names if not words or name in words or "all" in words]
        for names in _differences(state)
    )
    now = configured()
    for name in removed:
        print(f"{name}: stopped\n{name}: removed process group")
        del state["programs"][name]
    for name in changed:
        print(f"{name}: stopped\n{name}: updated process group")
    for name in added:
        print(f"{name}: added process group")
    for name in changed + added:
        state["programs"][name] = _started(state, now[name])
    return 0


def _switch(state: dict[str, Any], verb: str, words: list[str]) -> int:
    status = 0
    names = list(state["programs"]) if "all" in words else [word.split(":")[0] for word in words]
    for name in names:
        program = state["programs"].get(name)
        if program is None:
            print(f"{name}: ERROR (no such process)")
            status = 1
            continue
        if verb in ("stop", "restart"):
            if program["running"]:
                print(f"{name}: stopped")
            elif verb == "stop":
                print(f"{name}: ERROR (not running)")
                status = 1
            program["running"] = False
        if verb in ("start", "restart"):
            if program["running"]:
                print(f"{name}: ERROR (already started)")
                status = 1
                continue
            program.update(_started(state, program["settings"]), running=True)
            print(f"{name}: started")
    return status


def _status(state: dict[str, Any], words: list[str]) -> int:
    if not state["services"].get("supervisor", {}).get("active"):
        return node.fail("unix:///var/run/supervisor.sock no such file", 4)
    status = 0
    names = [word for word in words if word != "all"]
    for name in names:
        if name.split(":")[0] not in state["programs"]:
            print(f"{name}: ERROR (no such process)")
            status = 4
    for name, program in sorted(state["programs"].items()):
        if names and name not in [word.split(":")[0] for word in names]:
            continue
        if program["running"]:
            seconds = max(0, int(time.time()) - program["since"])
            hours, minutes = divmod(seconds // 60, 60)
            tail = f"RUNNING   pid {program['pid']}, uptime {hours}:{minutes:02d}:{seconds % 60:02d}"
        else:
            tail, status = "STOPPED   Not started", status or 3
        print(f"{name:<32} {tail}")
    return status
