"""Scripts of components and packages for a node, as text and bytes. Pure.

Nothing that was rendered, edited or collected is ever code on a node. A component gets what it works with in two ways:

* its settings file, as the very bytes that were approved, in a here-document that the shell does not look into. The
  reader in ``settings.sh`` takes the values out of it, and only keys of ``SETTINGS_KEYS`` become variables;
* arguments: variables of our own names, each value quoted by :func:`shlex.quote`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from common.characters import SHOWN
from zones.core.rendering.node_settings import SETTINGS_KEYS, check_settings

# By name: each stands beside the code that sends it.
_FILES = {path.stem: path for path in Path(__file__).parent.rglob("*.sh")}
INSTALL_COMPONENTS = ("os", "network", "disk", "post")
# Functions that precede the script of a component.
_SHARED = {
    "post": ("clock", "dpkg"),
    "update_nodes": ("clock", "dpkg", "running"),
    "verify": ("clock", "running"),
    "haproxy": ("haproxy_keeper",),
    "haproxy_back": ("haproxy_keeper",),
    "hyper_mirror": ("clock", "running"),
    "restart_services": ("clock", "running"),
}
PACKAGE_FOLDER = "/opt/install/update_nodes/packages"
_PROLOGUE = "set -eu\numask 022\nLC_ALL=C\nexport LC_ALL\n"
# No line of the grammar begins like this.
_END = "@end of settings"
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def component_script(component: str, settings: str = "", *, functions: str = "", **values: str) -> str:
    """Return the POSIX sh script of a component, with the functions that it shares with others.

    ``settings``: a node's settings file; its values become variables. ``functions``: further functions that it calls, as
    sh. ``values``: further variables.

    Raises:
        SettingsError: a line of the settings does not follow their grammar, or a key is unknown to all components.
        ValueError: a further variable has an invalid name, or a value that no shell can hold.
    """
    names = (*_SHARED.get(component, ()), component)
    body = "\n".join(_FILES[name].read_text() for name in names)
    return f"{_PROLOGUE}{settings_script(settings)}{arguments(values)}\n{functions}{body}"


def settings_script(settings: str) -> str:
    """Return POSIX sh that reads the settings as data and assigns the variables; empty for none. Raises SettingsError."""
    if not settings:
        return ""
    check_settings(settings)
    size_bytes = len(settings.encode())
    return f"{settings_reader()}read_settings {size_bytes} <<'{_END}'\n{settings}{_END}\n"


def arguments(values: dict[str, str]) -> str:
    """Return one assignment a line. Raises ValueError."""
    for name, value in values.items():
        if not _NAME.fullmatch(name) or name in SETTINGS_KEYS:
            raise ValueError(f"{name[:40]!r} cannot be the name of an argument")
        if "\0" in value:
            raise ValueError(f"the argument {name} holds a NUL, which no shell can hold")
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(values.items()))


@cache
def settings_reader() -> str:
    """Return ``settings.sh`` with the characters and the keys that it knows."""
    names = sorted(SETTINGS_KEYS)
    cases = "".join(f"    {name}) {name}=$2 ;;\n" for name in names)
    # Values that no component uses are only checked.
    known = "    eip_network_*[!0-9]* | eip_network_) setting_unknown ;;\n    eip_network_*) ;;\n"
    return (
        _FILES["settings"].read_text()
        + _all_shown()
        + f"unset {' '.join(names)}\n"
        + f"setting() {{\n    case $1 in\n{cases}{known}    *) setting_unknown ;;\n    esac\n}}\n"
    )


def _all_shown() -> str:
    """Return the sh function of that name: it checks, byte by byte, that each character of a text is in the grammar."""
    patterns = list(_patterns())
    names = [f"shown_{number}" for number in range(len(patterns))]
    by_length: dict[int, list[str]] = {}
    for name, (length, _) in zip(names, patterns, strict=True):
        by_length.setdefault(length, []).append(f"${name}*")
    cases = "".join(
        f"        {' | '.join(found)}) setting_rest=${{setting_rest#{'?' * length}}} ;;\n"
        for length, found in sorted(by_length.items())
    )
    return (
        f"IFS=' ' read -r {' '.join(names)} <<EOF\n$(printf '{' '.join(text for _, text in patterns)}')\nEOF\n"
        "all_shown() {\n    setting_rest=$1\n    while :; do\n"
        '        setting_rest=${setting_rest#"${setting_rest%%[!"$setting_tab" -~]*}"}\n'
        f"        case $setting_rest in\n        '') return 0 ;;\n{cases}        *) return 1 ;;\n        esac\n"
        "    done\n}\n"
    )


def _patterns() -> Iterator[tuple[int, str]]:
    """Yield patterns of sh(1) for :data:`SHOWN` as UTF-8, in the octal that printf(1) reads; each with its length in bytes."""
    for low, high in SHOWN:
        yield from ((len(rows), "".join(_byte_class(*row) for row in rows)) for rows in _byte_rows(low, high))


def _byte_class(low: int, high: int) -> str:
    return f"\\{low:03o}" if low == high else f"[\\{low:03o}-\\{high:03o}]"


def _byte_rows(low: int, high: int) -> Iterator[list[tuple[int, int]]]:
    """Yield ranges of each byte such that their product is exactly the characters from ``low`` to ``high``."""
    for first, last in _same_length(low, high):
        yield from _split(list(chr(first).encode()), list(chr(last).encode()))


def _same_length(low: int, high: int) -> Iterable[tuple[int, int]]:
    bounds = (0x7F, 0x7FF, 0xFFFF, 0x10FFFF)
    for bound in bounds:
        if low <= bound:
            yield low, min(high, bound)
            if high <= bound:
                return
            low = bound + 1


def _split(low: list[int], high: list[int]) -> Iterator[list[tuple[int, int]]]:
    if len(low) == 1:
        yield [(low[0], high[0])]
        return
    if low[0] == high[0]:
        for row in _split(low[1:], high[1:]):
            yield [(low[0], low[0]), *row]
        return
    rest = len(low) - 1
    least, most = [0x80] * rest, [0xBF] * rest
    first, last = low[0], high[0]
    if low[1:] != least:
        for row in _split(low[1:], most):
            yield [(first, first), *row]
        first += 1
    tail = high[1:] != most
    if tail:
        last -= 1
    if first <= last:
        yield [(first, last), *[(0x80, 0xBF)] * rest]
    if tail:
        for row in _split(least, high[1:]):
            yield [(high[0], high[0]), *row]
