"""``zpool status -LP`` (man zpool-status(8)): imported pools and the devices under them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import device_name

# Groups beside the data: their disks only log, cache or wait, and do not carry the pool.
_BESIDE = re.compile(r"(?:logs?|cache|spares)")
_GROUPS = re.compile(
    r"(?:mirror|raidz[123]?|draid\S*|spare|replacing|indirect|logs?|cache|spares|special|dedup)(?:-[0-9]+)?"
)


@dataclass(frozen=True, slots=True)
class Pool:
    """One imported pool; ``devices`` are kernel names with ``-LP``, else what the tool prints.

    ``beside`` are those among them that only log, cache or stand by.
    """

    name: str
    devices: tuple[str, ...]
    beside: tuple[str, ...] = ()


def parse(text: str) -> tuple[Pool, ...]:
    """Parse imported pools; "no pools available" is a normal answer. Raises: ParseError."""
    if "no pools available" in text:
        return ()
    found: list[Pool] = []
    devices: list[str] = []
    beside: list[str] = []
    name, inside, group = "", False, ""
    for line in text.splitlines():
        words = line.split()
        if line.strip().startswith("pool:") and len(words) > 1:
            if name:
                found.append(Pool(name, tuple(devices), tuple(beside)))
            name, devices, beside, inside = words[1], [], [], False
        elif words[:2] == ["NAME", "STATE"]:
            inside, group = True, ""
        elif not words or words[0].endswith(":"):
            inside = False if words else inside
        elif inside and words[0] != name and not _GROUPS.fullmatch(words[0]):
            devices.append(device_name(words[0]))
            if _BESIDE.fullmatch(group):
                beside.append(devices[-1])
        elif inside and _is_top(line):
            group = words[0]
    if name:
        found.append(Pool(name, tuple(devices), tuple(beside)))
    if not found:
        raise ParseError("zpool", _("has neither a 'pool:' line nor 'no pools available'"), text)
    return tuple(found)


def _is_top(line: str) -> bool:
    """Check whether the line stands at the left edge of the table: the pool, or a group beside its data."""
    return not line.lstrip("\t").startswith(" ")
