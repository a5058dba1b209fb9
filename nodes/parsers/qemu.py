"""``qemu-system-x86_64 --version`` (man qemu(1)) of each binary that was found."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import blocks

_VERSION = re.compile(r"[Vv]ersion ([0-9]{1,4}(?:\.[0-9]{1,6}){1,4})")


@dataclass(frozen=True, slots=True)
class Qemu:
    """One emulator; ``running`` when a process of it was alive."""

    path: str
    version: str
    running: bool


def parse(text: str) -> tuple[Qemu, ...]:
    """Parse emulators of ``@PATH`` or ``@PATH running`` blocks with a version. Raises: ParseError when none has one."""
    found = []
    for title, body in blocks(text):
        path, _blank, state = title.partition(" ")
        match = _VERSION.search(body)
        if match:
            found.append(Qemu(path, match[1], state == "running"))
    if not found:
        raise ParseError("qemu", _("no emulator reports its version"), text)
    return tuple(found)


def version_in_use(emulators: tuple[Qemu, ...]) -> str:
    """Return the version of a running emulator, else the newest one that is installed; empty without any."""
    running = [item for item in emulators if item.running]
    newest = max(running or list(emulators), key=_order, default=None)
    return newest.version if newest else ""


def _order(item: Qemu) -> tuple[int, ...]:
    return tuple(int(part) for part in item.version.split("."))
