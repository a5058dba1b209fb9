"""Command faults: whether a command is to fail, and how many times more. Used by the server and by every shim."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILE = "faults.json"


def strike(folder: str, command: str) -> dict[str, Any] | None:
    """Return the first fault whose ``match`` is part of the command; one with ``times`` is counted down and removed."""
    try:
        with open(f"{folder}/{FILE}", encoding="utf-8") as file:
            found = _matching(json.load(file), command)
    except (OSError, ValueError):
        return None
    if found is not None and found["times"]:
        _count_down(folder, found)
    return found


def _matching(faults: dict[str, Any], command: str) -> dict[str, Any] | None:
    commands: list[dict[str, Any]] = faults.get("commands", [])
    return next((fault for fault in commands if fault["match"] in command), None)


def _count_down(folder: str, fault: dict[str, Any]) -> None:
    """Count down under a lock, since two commands may run at once; without write permission the count stays."""
    import fcntl

    try:
        lock = os.open(f"{folder}/faults.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(f"{folder}/{FILE}", encoding="utf-8") as file:
            faults = json.load(file)
        current = _matching(faults, fault["match"])
        if current is not None and current["times"]:
            current["times"] -= 1
            if not current["times"]:
                faults["commands"].remove(current)
        draft = f"{folder}/{FILE}.{os.getpid()}"
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(faults, file)
        os.replace(draft, f"{folder}/{FILE}")
    finally:
        os.close(lock)
