"""``zpool status -LP`` (man zpool-status(8)): imported pools and the devices under them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nodes.parsers.errors import ParseError
from nodes.parsers.text import device_name

_GROUPS = re.compile(
    r"(?:mirror|raidz[123]?|draid\S*|spare|replacing|indirect|logs?|cache|spares|special|dedup)(?:-[0-9]+)?"
)


@dataclass(frozen=True, slots=True)
class Pool:
    """One imported pool; ``devices`` are kernel names with ``-LP``, else what the tool prints."""

    name: str
    devices: tuple[str, ...]


def parse(text: str) -> tuple[Pool, ...]:
    """Imported pools; "no pools available" is a normal answer. Raises: ParseError."""
    if "no pools available" in text:
        return ()
    found: list[Pool] = []
    devices: list[str] = []
    name, inside = "", False
    for line in text.splitlines():
        words = line.split()
        if line.strip().startswith("pool:") and len(words) > 1:
            if name:
                found.append(Pool(name, tuple(devices)))
            name, devices, inside = words[1], [], False
        elif words[:2] == ["NAME", "STATE"]:
            inside = True
        elif not words or words[0].endswith(":"):
            inside = False if words else inside
        elif inside and words[0] != name and not _GROUPS.fullmatch(words[0]):
            devices.append(device_name(words[0]))
    if name:
        found.append(Pool(name, tuple(devices)))
    if not found:
        raise ParseError("zpool", "has neither a 'pool:' line nor 'no pools available'", text)
    return tuple(found)
