"""mkfs(8) for ext4 and xfs: a formatted disk appears formatted in the next lsblk."""

from __future__ import annotations

from . import devices, node

WITH_VALUE = {"-t", "--type", "-L", "-m", "-b", "-N", "-E", "-O", "-U", "-d", "-i", "-l", "-n", "-r"}


def main(name: str, args: list[str]) -> int:
    """Put a file system on an unused device."""
    kind = name.partition(".")[2]
    values: dict[str, str] = {}
    words: list[str] = []
    pending = list(args)
    while pending:
        arg = pending.pop(0)
        if arg in WITH_VALUE and pending:
            values[arg] = pending.pop(0)
        elif not arg.startswith("-"):
            words.append(arg)
    kind = kind or values.get("-t") or values.get("--type") or "ext4"
    if not words:
        return node.fail(f"{name}: no device specified")
    try:
        with node.Change() as state:
            device = devices.need(state, words[0], name)
            used = devices.in_use(state, device)
            if used:
                raise devices.Refused(f"{words[0]} is {used}; will not make a filesystem here!")
            if devices.signatures(device) and kind == "xfs" and "-f" not in args:
                raise devices.Refused(f"mkfs.xfs: {words[0]} appears to contain an existing filesystem")
            if device["type"] != "part":
                devices.wipe(device)
            device.update(fstype=kind, uuid=devices.new_uuid(), label=values.get("-L"))
            print(f"Creating filesystem on {words[0]}\nFilesystem UUID: {device['uuid']}")
    except devices.Refused as refused:
        return node.fail(str(refused))
    return 0
