"""date(1) and timedatectl(1) of a machine whose clock is off; a machine without such an offset has the host's date."""

from __future__ import annotations

import calendar
import time

from . import node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(name: str, args: list[str]) -> int:
    """Run ``date [-u] [+FORMAT]``, ``date [-u] -s TIME`` in UTC, ``timedatectl [status]`` or ``set-ntp true``."""
    if name == "timedatectl":
        return _timedatectl([arg for arg in args if not arg.startswith("-")])
    words = [arg for arg in args if arg not in ("-u", "--utc")]
    if words[:1] in (["-s"], ["--set"]) and len(words) == 2:
        return _set(words[1])
    form = next((word[1:] for word in words if word.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    now = _now()
    second = int(now // 1)
    text = form.replace("%s", str(second)).replace("%N", f"{int((now - second) * 1e9):09d}")
    print(time.strftime(text, time.gmtime(second)))
    return 0


def _now() -> float:
    return time.time() + float(node.state()["clock_offset_s"])


def _set(text: str) -> int:
    try:
        wanted = (
            float(text[1:])
            if text.startswith("@")
            else calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S"))
        )
    except ValueError:
        return node.fail(f"date: invalid date '{text}'")
    return _change(wanted - time.time())


def _change(offset_s: float) -> int:
    with node.Change() as state:
        state["clock_offset_s"] = offset_s
    return 0


def _timedatectl(words: list[str]) -> int:
    if words == ["set-ntp", "true"]:
        _change(0.0)
        return 0
    state: dict[str, Any] = node.state()
    right = "yes" if abs(float(state["clock_offset_s"])) < 1 else "no"
    now = time.strftime("%a %Y-%m-%d %H:%M:%S UTC", time.gmtime(_now() // 1))
    print(
        f"               Local time: {now}\n           Universal time: {now}\n                 RTC time: n/a"
    )
    print("                Time zone: Etc/UTC (UTC, +0000)")
    print(
        f"System clock synchronized: {right}\n              NTP service: active\n          RTC in local TZ: no"
    )
    return 0
