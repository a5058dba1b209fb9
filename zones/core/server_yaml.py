"""Edit ``compute_server.emulator`` in a hand-written server.yaml, and leave everything else unchanged. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from common.messages import message
from zones.core.rendering.zone_files import render_server_yaml

_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,4}", re.ASCII)
_BIN = re.compile(r"(/[A-Za-z0-9._+-]+)+", re.ASCII)
_VALUE = re.compile(r"^(\s*[^\s#:]+:\s*)(.*?)(\s+#.*)?(\n?)$", re.DOTALL)
_SECTION = "compute_server:"
_BLOCK = "emulator:"
_DEFAULT = "default"


class FileFault(ValueError):
    """The file itself has to be corrected by hand."""


def _no_list() -> FileFault:
    return FileFault(message("P53", "no_list"))


def read_emulators(text: str) -> tuple[dict[str, str], str]:
    """Read the ``bin`` folder of each version in a server.yaml, in its order, and the default; empty where it has none.

    Raises:
        FileFault: the text is not YAML, has a key twice, or the block has another shape than the platform reads.
    """
    block = _block(_loaded(text))
    try:
        found = {str(key): str(item["bin"]) for key, item in block.items() if key != _DEFAULT}
    except (KeyError, TypeError):
        raise _no_list() from None
    return found, str(block.get(_DEFAULT, ""))


def edit_emulators(text: str, emulators: Mapping[str, str], default: str) -> str:
    """Return the file with these versions (each with its ``bin`` folder) and default in place of the current ones.

    Lines, their ends, comments and order of what stays are kept; new versions come after the others.

    Raises:
        ValueError: an invalid version or folder, or a default that is not listed.
        FileFault: a file that can only be edited by hand: with tabs, with a key twice, with the section on one line, with
            something unexpected in the block, or with an alias through which the edit would reach further.
    """
    _check(emulators, default)
    before = _loaded(text)
    held = _block(before)
    newline = "\r\n" if "\r\n" in text else "\n"
    edited = _edited(text.replace("\r\n", "\n"), emulators, default)
    try:
        after = _loaded(edited)
        same = read_emulators(edited) == (dict(emulators), default) and _beside(after) == _beside(before)
    except ValueError:
        same = False
    if not same or any(_other(after, name) != _other(before, name) for name in held if name in emulators):
        raise FileFault(message("P53", "not_understood"))
    if edited.rstrip("\n") == text.replace("\r\n", "\n").rstrip("\n"):
        return text
    return edited.replace("\n", newline)


class _Loader(yaml.BaseLoader):
    """Loader that keeps every value as the word that was written, and refuses a key that occurs twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen if isinstance(key, yaml.ScalarNode) else False:
                raise yaml.constructor.ConstructorError(None, None, "twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _loaded(text: str) -> dict[str, Any]:
    """Return the document. Raises :class:`FileFault` with the line that is wrong."""
    try:
        # 6.10 is a version here, not a number.
        values = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.constructor.ConstructorError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise FileFault(message("P53", "key_twice", line=line)) from None
    except (yaml.YAMLError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        raise FileFault(
            message("P53", "no_yaml_at", line=where.line + 1) if where else message("P53", "no_yaml")
        ) from None
    if values in (None, ""):
        return {}
    if not isinstance(values, dict):
        raise _no_list()
    return values


def _block(values: Mapping[str, Any]) -> dict[str, Any]:
    section = values.get("compute_server") or {}
    block = (section.get("emulator") or {}) if isinstance(section, dict) else None
    if not isinstance(block, dict):
        raise _no_list()
    return block


def _beside(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return all of the document except the emulators."""
    section = values.get("compute_server") or {}
    rest = {key: value for key, value in values.items() if key != "compute_server"}
    return rest, {key: value for key, value in section.items() if key != "emulator"}


def _other(values: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Return what a version has besides its folder."""
    return {key: value for key, value in _block(values)[version].items() if key != "bin"}


def _edited(text: str, emulators: Mapping[str, str], default: str) -> str:
    block = render_server_yaml(emulators, default).content.splitlines(keepends=True)[1:]
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start = next((n for n, line in enumerate(lines) if line.startswith(_SECTION)), None)
    if start is None:
        return "".join([*lines, f"{_SECTION}\n", *block])
    if _code(lines[start]) != _SECTION:
        raise FileFault(message("P53", "one_line"))
    end = next(
        (n for n in range(start + 1, len(lines)) if _code(lines[n]) and _indent(lines[n]) == 0), len(lines)
    )
    inside = lines[start + 1 : end]
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
    if held:
        mended = [inside[first], *_entries(held, emulators, default)]
    else:
        # On one line, or empty: the comment after it stays.
        mended = [shifted[0].rstrip("\n") + _comment(inside[first]) + "\n", *shifted[1:]]
    return "".join([*lines[: start + 1], *inside[:first], *mended, *inside[last:], *lines[end:]])


def _entries(held: list[str], emulators: Mapping[str, str], default: str) -> list[str]:
    """Return the lines below ``emulator:``: entries that stay with their comments and in their order, and new ones."""
    indent = next(_indent(line) for line in held if _code(line))
    below = next((_indent(line) for line in held if _code(line).startswith("bin:")), indent + 2)
    parts: dict[str, list[str]] = {}
    waiting: list[str] = []
    name = ""
    for line in held:
        deeper = name and line.strip() and _indent(line) > indent
        if _code(line) and _indent(line) == indent:
            name = _code(line).partition(":")[0].strip().strip("'\"")
            parts[name] = [*waiting, line]
            waiting = []
        elif deeper:
            parts[name] += [*waiting, line]
            waiting = []
        else:
            # A comment belongs to the entry below it, unless it is indented like the entry above.
            waiting.append(line)
    kept = [name for name in parts if name in emulators or name == _DEFAULT]
    # New versions come after the others, and before a default that is last.
    at = len(kept) - (kept[-1:] == [_DEFAULT])
    order = [*kept[:at], *(version for version in emulators if version not in kept), *kept[at:]]
    mended: list[str] = []
    for name in order if _DEFAULT in kept else [*order, _DEFAULT]:
        if name == _DEFAULT:
            word = render_server_yaml(emulators, default).content.splitlines()[-1].strip()
            own = parts.get(name, [" " * indent + word + "\n"])
            mended += [_with_value(line, word.partition(": ")[2]) for line in own]
        elif name in parts:
            mended += _with_bin(parts[name], emulators[name])
        else:
            mended += _fresh(name, emulators[name], indent, below)
    return mended


def _fresh(version: str, folder: str, indent: int, below: int) -> list[str]:
    lines = render_server_yaml({version: folder}, version).content.splitlines()
    return [f"{' ' * indent}{lines[2].strip()}\n", f"{' ' * below}{lines[3].strip()}\n"]


def _with_bin(own: list[str], folder: str) -> list[str]:
    word = "'" + folder + "'"
    return [_with_value(line, word) if _code(line).startswith("bin:") else line for line in own]


def _with_value(line: str, word: str) -> str:
    """Return the line with another value and its comment kept; unchanged when it already has that value."""
    match = _VALUE.match(line) if _code(line) else None
    if match is None or match[2].strip().strip("'\"") == word.strip("'\""):
        return line
    return f"{match[1]}{word}{match[3] or ''}{match[4]}"


def _check(emulators: Mapping[str, str], default: str) -> None:
    for version, folder in emulators.items():
        if not _VERSION.fullmatch(version):
            raise ValueError(message("Q01", "no_version", version=version[:40]))
        if not _BIN.fullmatch(folder) or ".." in folder.split("/"):
            raise ValueError(message("Q01", "no_folder", folder=folder[:80]))
    if default not in emulators:
        raise ValueError(
            message("Q01", "foreign_default", default=default[:40], versions=list(emulators) or ["(none)"])
        )


def _comment(line: str) -> str:
    """Return the comment of a line with the blanks before it; empty where it has none."""
    return line.rstrip("\n")[len(line.split(" #", 1)[0].rstrip()) :] if " #" in line else ""


def _code(line: str) -> str:
    """Return the line without its comment."""
    return line.split(" #", 1)[0].strip() if not line.lstrip().startswith("#") else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
