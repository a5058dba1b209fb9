"""lsblk(8) of util-linux: JSON, pairs, raw, list and tree, in the style of the profile's version."""

from __future__ import annotations

import sys

from . import columns, devices, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHORT_WITH_VALUE = "oeIxTMw"
LONG = {
    "--json": "J", "--bytes": "b", "--output-all": "O", "--output": "o", "--noheadings": "n", "--nodeps": "d",
    "--paths": "p", "--pairs": "P", "--raw": "r", "--list": "l", "--fs": "f", "--ascii": "i", "--all": "a",
    "--exclude": "e", "--include": "I", "--sort": "x", "--scsi": "S", "--perms": "m", "--topology": "t",
    "--version": "V", "--inverse": "s", "--merge": "M", "--tree": "T",
}  # fmt: skip


def main(name: str, args: list[str]) -> int:
    """Print the block devices of the state."""
    try:
        flags, wanted, names = _options(args)
    except devices.Refused as refused:
        return node.fail(f"lsblk: {refused}\nTry 'lsblk --help' for more information.")
    version = columns.version(node.profile())
    if "J" in flags and version < (2, 27):
        return node.fail("lsblk: invalid option -- 'J'\nTry 'lsblk --help' for more information.")
    if "V" in flags:
        print(f"lsblk from util-linux {'.'.join(map(str, version))}")
        return 0
    listing = columns.Listing(node.state(), version, "b" in flags, "p" in flags)
    selected = columns.select(wanted, flags, version)
    if isinstance(selected, str):
        return node.fail(f"lsblk: unknown column: {selected}")
    return _print(listing, selected, flags, names)


def _options(args: list[str]) -> tuple[str, str, list[str]]:
    flags, wanted, names, pending = "", "", [], list(args)
    while pending:
        arg = pending.pop(0)
        if not arg.startswith("-") or arg == "-":
            names.append(arg)
            continue
        if arg.startswith("--"):
            long, _, value = arg.partition("=")
            if long not in LONG:
                raise devices.Refused(f"unrecognized option '{long}'")
            letters, tail = LONG[long], value
        else:
            letters, tail = arg[1:], ""
            for position, letter in enumerate(letters):
                if letter in SHORT_WITH_VALUE and letter not in "MT":
                    letters, tail = letters[: position + 1], letters[position + 1 :].removeprefix("=")
                    break
        if letters[-1] in SHORT_WITH_VALUE and letters[-1] not in "MT":
            value = tail or (pending.pop(0) if pending else "")
            wanted = value if letters[-1] == "o" else wanted
        unknown = [letter for letter in letters if letter not in set(LONG.values()) | set("oeIx")]
        if unknown:
            raise devices.Refused(f"invalid option -- '{unknown[0]}'")
        flags += letters
    return flags, wanted, names


def _print(listing: Any, selected: list[str], flags: str, names: list[str]) -> int:
    status = 0
    roots: list[tuple[Any, Any]] = [(disk, None) for disk in listing.state["disks"]]
    if names:
        found = [(name, devices.find(listing.state, name)) for name in names]
        for name, device in found:
            if device is None:
                status = node.fail(f"lsblk: {name}: not a block device", 32)
        roots = [
            (device, devices.parent_of(listing.state, device)) for _, device in found if device is not None
        ]
    deep = "d" not in flags
    if "J" in flags:
        print(columns.as_json(listing, roots, selected, deep))
        return status
    rows = list(listing.rows(roots, selected, deep, tree=not set("lPr") & set(flags)))
    if "P" in flags:
        print(columns.pairs(listing, rows), end="")
    elif "r" in flags:
        if "n" not in flags:
            print(" ".join(selected))
        for row in rows:
            print(" ".join(value.replace(" ", "\\x20") for _, value in row))
    else:
        columns.table(rows, selected, "n" not in flags, sys.stdout)
    return status
