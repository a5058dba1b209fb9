"""Faults of a node, kept in ``faults.json`` of its state folder and read again at each connection and command."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.shims import strike as shim_strike

FILE = shim_strike.FILE


@dataclass(frozen=True, slots=True)
class CommandFault:
    """Commands whose text contains ``match`` end with ``exit`` and print ``stderr`` instead of running."""

    match: str
    exit: int = 1
    stderr: str = ""
    times: int = 0  # how often it strikes; 0 is always


@dataclass(frozen=True, slots=True)
class Faults:
    """Current faults of a node."""

    refuse: bool = False  # connections are refused
    hang: bool = False  # logs in, then no command ever answers
    drop_after_bytes: int = 0  # the connection is reset after so many bytes to the client; 0 is never
    slow_ms: int = 0  # delay of everything that the node sends
    full_disk: bool = False  # writes fail with ENOSPC
    commands: tuple[CommandFault, ...] = field(default=())


def load(folder: Path) -> Faults:
    """Read the faults of the node with this state folder.

    Raises:
        LabError: the file exists but cannot be read as faults.
    """
    try:
        raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
        commands = tuple(CommandFault(**item) for item in raw.pop("commands", []))
        return Faults(**raw, commands=commands)
    except FileNotFoundError:
        return Faults()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise LabError(
            f"{folder / FILE} cannot be read ({error}); remove it or set the faults again"
        ) from error


def save(folder: Path, faults: Faults) -> None:
    """Replace the node's faults atomically, so that a reader never sees half of them."""
    path = folder / FILE
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(asdict(faults)), encoding="utf-8")
    draft.replace(path)


def change(folder: Path, words: list[str]) -> Faults:
    """Apply words such as ``refuse``, ``drop=4096``, ``slow=200``, ``clear`` and save.

    Raises:
        LabError: an unknown word or an invalid number; nothing is changed then.
    """
    faults = load(folder)
    for word in words:
        faults = _apply(faults, word)
    save(folder, faults)
    return faults


def _apply(faults: Faults, word: str) -> Faults:
    name, equals, number = word.partition("=")
    if name == "clear" and not equals:
        return Faults()
    if name in ("refuse", "hang", "full_disk") and not equals:
        changed: dict[str, Any] = {name: True}
        return replace(faults, **changed)
    if name in ("drop", "slow") and number.isdecimal() and int(number) > 0:
        if name == "drop":
            return replace(faults, drop_after_bytes=int(number))
        return replace(faults, slow_ms=int(number))
    raise LabError(
        f"{word!r} is no fault; choose from refuse, hang, drop=BYTES, slow=MILLISECONDS, full_disk, reboot, "
        "wrong_host_key, clear"
    )


def strike(folder: Path, command: str) -> CommandFault | None:
    """Return the command fault that applies to this command, and count it; None when the command runs as usual."""
    found = shim_strike.strike(str(folder), command)
    return CommandFault(**found) if found else None
