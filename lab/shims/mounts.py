"""mount(8), umount(8), findmnt(8) and df(1) for the simulated disks; anything else goes to the real tool.

The content of a mounted disk is in the folder where it is mounted, beside what was there before; it is moved
away when the disk is unmounted.
"""

from __future__ import annotations

import json
import os

from . import devices, node, procfiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STASH = "/var/lib/lab-disks"
VALUED = ("-t", "-o", "-L", "-U", "--types", "--options", "-T", "--target", "-S", "--source")


def main(name: str, args: list[str]) -> int:
    """Answer as the tool of this name."""
    try:
        return {"mount": _mount, "umount": _umount, "findmnt": _findmnt, "df": _df}[name](args)
    except devices.Refused as refused:
        return node.fail(str(refused), 32)


def _words(args: list[str]) -> tuple[dict[str, str], list[str]]:
    values: dict[str, str] = {}
    words: list[str] = []
    pending = list(args)
    while pending:
        arg = pending.pop(0)
        if arg in VALUED and pending:
            values[arg] = pending.pop(0)
        elif arg.startswith("-"):
            values[arg] = ""
        else:
            words.append(arg)
    return values, words


def _fstab() -> list[list[str]]:
    try:
        with open("/etc/fstab", encoding="utf-8", errors="replace") as file:
            lines = [line.split() for line in file if line.strip() and not line.lstrip().startswith("#")]
    except OSError:
        return []
    return [line for line in lines if len(line) >= 3]


def _device(state: dict[str, Any], source: str) -> Any:
    if source.startswith("LABEL="):
        label = source[6:].strip('"')
        return next((item for item, _ in devices.walk(state) if item["label"] == label), None)
    return devices.find(state, source.removeprefix("UUID=").strip('"'))


def _mount(args: list[str]) -> int:
    values, words = _words(args)
    if not args:
        for line in procfiles.mounts(node.state()).splitlines():
            source, target, kind, options = line.split()[:4]
            print(f"{source} on {target} type {kind} ({options})")
        return 0
    wanted = [words] if len(words) == 2 else []
    if "-a" in values:
        wanted = [[line[0], line[1]] for line in _fstab() if line[2] != "swap" and line[1] != "none"]
    elif len(words) == 1:
        wanted = [[line[0], line[1]] for line in _fstab() if words[0] in line[:2]]
    with node.Change() as state:
        pairs = [(_device(state, source), source, target) for source, target in wanted]
        if not pairs or (pairs[0][0] is None and "-a" not in values):
            os.execv("/usr/bin/mount", ["mount", *args])
        for device, source, target in pairs:
            if device is None:
                raise devices.Refused(f"mount: {target}: can't find {source}.")
            if device["mountpoint"] == target and "-a" in values:
                continue
            if not os.path.isdir(target):
                raise devices.Refused(f"mount: {target}: mount point does not exist.")
            if not device["fstype"] or device["fstype"] in ("swap", "zfs_member", "LVM2_member"):
                raise devices.Refused(
                    f"mount: {target}: wrong fs type, bad option, bad superblock on {source}."
                )
            device["mountpoint"] = target
            _move(f"{STASH}/{device['name']}", target)
    return 0


def _move(source: str, target: str) -> None:
    """Move the content of a disk in or out; existing files of the same name stay."""
    if not os.path.isdir(source):
        return
    os.makedirs(target, exist_ok=True)
    for name in os.listdir(source):
        if not os.path.lexists(f"{target}/{name}"):
            os.rename(f"{source}/{name}", f"{target}/{name}")


def _umount(args: list[str]) -> int:
    _values, words = _words(args)
    with node.Change() as state:
        for word in words:
            device = devices.find(state, word)
            if device is None:
                device = next((item for item, _ in devices.walk(state) if item["mountpoint"] == word), None)
            if device is None:
                os.execv("/usr/bin/umount", ["umount", *args])
            if device["mountpoint"] == "/":
                raise devices.Refused("umount: /: target is busy.")
            if device["mountpoint"] in (None, "[SWAP]"):
                raise devices.Refused(f"umount: {word}: not mounted.")
            _move(device["mountpoint"], f"{STASH}/{device['name']}")
            device["mountpoint"] = None
    return 0


def _table() -> list[dict[str, str]]:
    keys = ("source", "target", "fstype", "options")
    return [
        dict(zip(keys, line.split()[:4], strict=True)) for line in procfiles.mounts(node.state()).splitlines()
    ]


def _findmnt(args: list[str]) -> int:
    wanted, flags, words = "TARGET,SOURCE,FSTYPE,OPTIONS", "", []
    pending = list(args)
    while pending:
        arg = pending.pop(0)
        if arg in ("-o", "--output", "-T", "--target", "-S", "--source", "-M", "--mountpoint") and pending:
            value = pending.pop(0)
            wanted = value if arg in ("-o", "--output") else wanted
            words += [] if arg in ("-o", "--output") else [value]
        elif arg.startswith("-no"):
            flags, wanted = flags + "n", arg[3:] or pending.pop(0)
        elif arg.startswith("-"):
            flags += {"--json": "J", "--noheadings": "n", "--raw": "r"}.get(arg, arg.lstrip("-"))
        else:
            words.append(arg)
    columns = [column.strip().lower() for column in wanted.split(",")]
    rows = [row for row in _table() if not words or words[0] in (row["target"], row["source"])]
    if not rows:
        return 1
    if "J" in flags:
        print(json.dumps({"filesystems": [{key: row.get(key) for key in columns} for row in rows]}, indent=3))
        return 0
    if "n" not in flags:
        print(" ".join(column.upper() for column in columns))
    for row in rows:
        print(" ".join(row.get(column, "") for column in columns))
    return 0


def _df(args: list[str]) -> int:
    flags = "".join(arg.lstrip("-") for arg in args if arg.startswith("-") and not arg.startswith("--"))
    words = [arg for arg in args if not arg.startswith("-")]
    if set(flags) - set("hkPTBm") or any(arg.startswith("--") for arg in args) or "B" in flags:
        os.execv("/usr/bin/df", ["df", *args])
    state = node.state()
    mounted = [item for item in procfiles.all_devices(state) if str(item["mountpoint"] or "").startswith("/")]
    for word in words:
        if not os.path.exists(word) and devices.find(state, word) is None:
            return node.fail(f"df: {word}: No such file or directory")
    if words:
        mounted = [_holding(mounted, word) for word in words]
    kind = "T" in flags
    print("Filesystem     " + ("Type " if kind else "") + "1K-blocks      Used Available Use% Mounted on")
    for item in mounted:
        total = item["size"] // 1024
        tail = f"{total:>9} {total // 10:>9} {total - total // 10:>9}  10% {item['mountpoint']}"
        print(f"{procfiles.path_of(item):<14} " + (f"{item['fstype']} " if kind else "") + tail)
    return 0


def _holding(mounted: list[dict[str, Any]], word: str) -> dict[str, Any]:
    real = os.path.realpath(word)
    fitting = [
        item
        for item in mounted
        if real == procfiles.path_of(item) or f"{real}/".startswith(f"{item['mountpoint'].rstrip('/')}/")
    ]
    return max(fitting, key=lambda item: len(item["mountpoint"]))
