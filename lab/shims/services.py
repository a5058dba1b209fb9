"""systemctl(1) and service(8): units of the profile, and those with files in /etc/systemd/system."""

from __future__ import annotations

import os
import time

from . import haproxy, node, power

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDERS = ("/etc/systemd/system", "/lib/systemd/system")
ALWAYS = ("daemon-reload", "daemon-reexec", "reset-failed", "mask", "unmask", "set-property", "preset")


def main(name: str, args: list[str]) -> int:
    """Run one verb on the named units."""
    words = [arg for arg in args if not arg.startswith("-")]
    if name == "service" and len(words) > 1:
        words = [words[1], words[0]]
    verb = words[0] if words else "list-units"
    units = [word.removesuffix(".service") for word in words[1:]]
    if verb in ("reboot", "poweroff", "halt"):
        return power.main("reboot" if verb == "reboot" else "poweroff", [])
    if verb in ALWAYS:
        return 0
    if verb == "is-system-running":
        print("running")
        return 0
    if verb in ("status", "is-active", "is-enabled", "is-failed", "show", "list-units", "list-unit-files"):
        return _look(verb, units, args)
    if verb not in (
        "start",
        "stop",
        "restart",
        "reload",
        "try-restart",
        "enable",
        "disable",
        "reload-or-restart",
    ):
        return node.fail(f"Unknown operation {verb}.")
    return _change(verb, units, "--now" in args)


def _known(state: dict[str, Any], unit: str) -> dict[str, Any] | None:
    """Return the unit's entry, created when its file exists."""
    entry: dict[str, Any] | None = state["services"].get(unit)
    if entry is None and unit == "haproxy" and haproxy.present():
        entry = state["services"][unit] = {"enabled": True, "active": False}
    if entry is None and any(os.path.exists(f"{folder}/{unit}.service") for folder in FOLDERS):
        entry = state["services"][unit] = {"enabled": False, "active": False}
    return entry


def _change(verb: str, units: list[str], now: bool) -> int:
    with node.Change() as state:
        for unit in units:
            entry = _known(state, unit)
            if entry is None:
                what = (
                    "Failed to enable unit: Unit file"
                    if verb in ("enable", "disable")
                    else f"Failed to {verb}"
                )
                return node.fail(
                    f"{what} {unit}.service: Unit {unit}.service not found.", 1 if "able" in verb else 5
                )
            real = unit == "haproxy" and haproxy.present() and verb not in ("enable", "disable")
            if real and not haproxy.change(_plain(verb)):
                return node.fail(
                    f"Job for {unit}.service failed because the control process exited with error code."
                )
            if entry.get("broken") and verb in ("start", "restart"):
                return node.fail(
                    f"Job for {unit}.service failed because the control process exited with error code."
                )
            if verb in ("enable", "disable"):
                entry["enabled"] = verb == "enable"
            if verb in ("start", "restart", "reload", "reload-or-restart") or (now and verb == "enable"):
                entry.update(active=True, since=int(time.time()))
            if verb == "stop" or (now and verb == "disable"):
                entry["active"] = False
            if unit == "supervisor" and verb in ("restart", "start", "reload", "reload-or-restart"):
                from . import supervisor

                supervisor.reload(state)
    return 0


def _plain(verb: str) -> str:
    return {"try-restart": "restart", "reload-or-restart": "reload"}.get(verb, verb)


def _look(verb: str, units: list[str], args: list[str]) -> int:
    state = node.state()
    if verb.startswith("list-"):
        for unit, entry in sorted(state["services"].items()):
            mode = "enabled" if entry["enabled"] else "disabled"
            shown = (
                f"loaded {'active running' if entry['active'] else 'inactive dead'}"
                if verb == "list-units"
                else mode
            )
            print(f"{unit}.service {shown}")
        return 0
    status = 0
    for unit in units:
        entry = _known(state, unit)
        status = max(status, _look_at(verb, unit, entry))
    return status


def _look_at(verb: str, unit: str, entry: dict[str, Any] | None) -> int:
    active = bool(entry and entry["active"])
    if unit == "haproxy" and haproxy.present():
        active = bool(haproxy.main_pid())
    if verb == "is-active":
        print("active" if active else "inactive")
        return 0 if active else 3
    if verb == "is-failed":
        print("active" if active else "inactive")
        return 1
    if verb == "is-enabled":
        if entry is None:
            return node.fail(f"Failed to get unit file state for {unit}.service: No such file or directory")
        print("enabled" if entry["enabled"] else "disabled")
        return 0 if entry["enabled"] else 1
    if verb == "show":
        print(f"Id={unit}.service\nActiveState={'active' if active else 'inactive'}")
        print(f"LoadState={'loaded' if entry else 'not-found'}\nSubState={'running' if active else 'dead'}")
        return 0
    if entry is None:
        return node.fail(f"Unit {unit}.service could not be found.", 4)
    print(f"● {unit}.service\n   Loaded: loaded ({'enabled' if entry['enabled'] else 'disabled'})")
    print(f"   Active: {'active (running)' if active else 'inactive (dead)'}")
    return 0 if active else 3
