"""``compute_server.emulator`` in a server.yaml that people wrote: only that block changes, all else stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from zones.core.rendering.zone_files import render_server_yaml

_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,4}", re.ASCII)
_BIN = re.compile(r"(/[A-Za-z0-9._+-]+)+", re.ASCII)
_SECTION = "compute_server:"
_BLOCK = "emulator:"


def edit_emulators(text: str, emulators: Mapping[str, str], default: str) -> str:
    """The file with these versions (each with its ``bin`` folder) and default in place of the ones it has.

    Raises:
        ValueError: a version or folder that is none, a default that is not listed, or a file with tabs or
            with the section written on one line, which only a person can edit.
    """
    _check(emulators, default)
    block = render_server_yaml(emulators, default).content.splitlines(keepends=True)[1:]
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start = next((n for n, line in enumerate(lines) if line.startswith(_SECTION)), None)
    if start is None:
        return "".join([*lines, f"{_SECTION}\n", *block])
    if _code(lines[start]) != _SECTION:
        raise ValueError("compute_server is written on one line: write it as a block, then try again")
    end = next(
        (n for n in range(start + 1, len(lines)) if _code(lines[n]) and _indent(lines[n]) == 0), len(lines)
    )
    inside = lines[start + 1 : end]
    if any("\t" in line[: len(line) - len(line.lstrip())] for line in inside):
        raise ValueError("compute_server is indented with tabs, which is no YAML: mend it, then try again")
    indent = next((_indent(line) for line in inside if _code(line)), 2)
    first = next(
        (n for n, line in enumerate(inside) if _indent(line) == indent and _code(line).startswith(_BLOCK)),
        None,
    )
    shifted = [" " * (indent - 2) + line if indent > 2 else line for line in block]
    if first is None:
        return "".join([*lines[: start + 1], *shifted, *lines[start + 1 :]])
    last = first + 1
    for number in range(first + 1, len(inside)):
        if _code(inside[number]):
            if _indent(inside[number]) <= indent:
                break
            last = number + 1
    return "".join([*lines[: start + 1], *inside[:first], *shifted, *inside[last:], *lines[end:]])


def _check(emulators: Mapping[str, str], default: str) -> None:
    for version, folder in emulators.items():
        if not _VERSION.fullmatch(version):
            raise ValueError(f"{version[:40]!r} is no version of QEMU: write it like 2.11.1.1")
        if not _BIN.fullmatch(folder) or ".." in folder.split("/"):
            raise ValueError(f"{folder[:80]!r} is no folder: write it like /opt/qemu-2.11.1.1/usr/bin")
    if default not in emulators:
        raise ValueError(
            f"the default {default[:40]!r} is none of the versions {', '.join(emulators) or '(none)'}"
        )


def _code(line: str) -> str:
    """The line without its comment."""
    return line.split(" #", 1)[0].strip() if not line.lstrip().startswith("#") else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
