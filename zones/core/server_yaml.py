"""``compute_server.emulator`` in a server.yaml that people wrote: what must change does, all else stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from zones.core.rendering.zone_files import render_server_yaml

_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,4}", re.ASCII)
_BIN = re.compile(r"(/[A-Za-z0-9._+-]+)+", re.ASCII)
_VALUE = re.compile(r"^(\s*[^\s#:]+:\s*)(.*?)(\s+#.*)?(\n?)$", re.DOTALL)
_SECTION = "compute_server:"
_BLOCK = "emulator:"
_DEFAULT = "default"


def read_emulators(text: str) -> tuple[dict[str, str], str]:
    """The ``bin`` folder of each version in a server.yaml, in its order, and the default; empty where it has none.

    Raises:
        ValueError: the text is not YAML, or the block has another shape than the platform reads.
    """
    try:
        # Every value stays the word that was written: 6.10 is a version here, no number.
        values = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
        block = dict((values or {}).get("compute_server") or {}).get("emulator") or {}
        found = {str(key): item["bin"] for key, item in block.items() if key != _DEFAULT}
    except (yaml.YAMLError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" (line {where.line + 1})" if where else ""
        raise ValueError(f"server.yaml is not YAML{line}: mend it, then try again") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValueError(
            "compute_server.emulator in server.yaml is no list of versions with their bin"
        ) from None
    return found, str(block.get(_DEFAULT, ""))


def edit_emulators(text: str, emulators: Mapping[str, str], default: str) -> str:
    """The file with these versions (each with its ``bin`` folder) and default in place of the ones it has.

    Lines, comments and order of what stays are kept; versions that are new stand behind the others.

    Raises:
        ValueError: a version or folder that is none, a default that is not listed, or a file that only a
            person can edit: with tabs, with the section on one line, or with something unexpected in the block.
    """
    _check(emulators, default)
    edited = _edited(text, emulators, default)
    if read_emulators(edited) != (dict(emulators), default):
        raise ValueError(
            "compute_server.emulator is written in a way that is not understood: edit it by hand"
        )
    return edited


def _edited(text: str, emulators: Mapping[str, str], default: str) -> str:
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
    held = inside[first + 1 : last]
    mended = [inside[first], *_entries(held, emulators, default)] if held else shifted
    return "".join([*lines[: start + 1], *inside[:first], *mended, *inside[last:], *lines[end:]])


def _entries(held: list[str], emulators: Mapping[str, str], default: str) -> list[str]:
    """The lines below ``emulator:``: entries that stay with their comments, then the new ones, then the default."""
    indent = next(_indent(line) for line in held if _code(line))
    below = next((_indent(line) for line in held if _code(line).startswith("bin:")), indent + 2)
    parts: dict[str, list[str]] = {}
    waiting: list[str] = []
    name = ""
    for line in held:
        if _code(line) and _indent(line) == indent:
            name = _code(line).partition(":")[0].strip().strip("'\"")
            parts[name] = [*waiting, line]
            waiting = []
        elif _code(line) and name:
            parts[name] += [*waiting, line]
            waiting = []
        else:
            # A comment belongs to what stands below it.
            waiting.append(line)
    known = {version: parts[version] for version in parts if version in emulators}
    mended = [line for version, own in known.items() for line in _with_bin(own, emulators[version])]
    for version in emulators:
        if version not in known:
            fresh = render_server_yaml({version: emulators[version]}, version).content.splitlines()
            mended += [f"{' ' * indent}{fresh[2].strip()}\n", f"{' ' * below}{fresh[3].strip()}\n"]
    word = render_server_yaml(emulators, default).content.splitlines()[-1].strip()
    last = [_with_value(line, word.partition(": ")[2]) for line in parts.get(_DEFAULT, ())]
    return [*mended, *(last or [" " * indent + word + "\n"])]


def _with_bin(own: list[str], folder: str) -> list[str]:
    word = "'" + folder + "'"
    return [_with_value(line, word) if _code(line).startswith("bin:") else line for line in own]


def _with_value(line: str, word: str) -> str:
    """The line with another value and its comment kept; as it is when it says the same already."""
    match = _VALUE.match(line) if _code(line) else None
    if match is None or match[2].strip("'\"") == word.strip("'\""):
        return line
    return f"{match[1]}{word}{match[3] or ''}{match[4]}"


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
