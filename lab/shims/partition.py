"""sgdisk(8), parted(8) and sfdisk(8): the subset that scripts use to clear and to partition a disk."""

from __future__ import annotations

import re

from . import devices, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

UNITS = {"": 512, "s": 512, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "KiB": 1 << 10, "MiB": 1 << 20,
         "GiB": 1 << 30, "TiB": 1 << 40, "B": 1, "kB": 1000, "MB": 10**6, "GB": 10**9, "TB": 10**12}  # fmt: skip
EDGE = 1 << 20  # the first and last MiB hold the tables


def main(name: str, args: list[str]) -> int:
    """Answer as the tool of this name."""
    try:
        return {"sgdisk": _sgdisk, "parted": _parted, "sfdisk": _sfdisk}[name](args)
    except (devices.Refused, ValueError) as refused:
        return node.fail(f"{refused}", 1)


def _disk(state: dict[str, Any], words: list[str], tool: str) -> dict[str, Any]:
    names = [word for word in words if word.startswith("/dev/") or devices.find(state, word)]
    if not names:
        raise devices.Refused(f"{tool}: no device specified")
    device = devices.need(state, names[0], tool)
    if device["type"] == "part":
        raise devices.Refused(f"{tool}: {names[0]} is a partition, not a disk")
    return device


def _clear(state: dict[str, Any], device: dict[str, Any], table: str | None, tool: str) -> None:
    used = devices.in_use(state, device)
    if used:
        raise devices.Refused(f"{tool}: /dev/{device['name']} is busy: {used}")
    devices.wipe(device)
    if table:
        device.update(pttype=table, ptuuid=devices.new_uuid())


def _sgdisk(args: list[str]) -> int:
    with node.Change() as state:
        device = _disk(state, args, "sgdisk")
        pending = list(args)
        while pending:
            arg = pending.pop(0)
            option, _, value = arg.partition("=") if arg.startswith("--") else (arg, "", "")
            if option in ("-Z", "--zap-all", "-z", "--zap"):
                _clear(state, device, None, "sgdisk")
                print(
                    "GPT data structures destroyed! You may now partition the disk using fdisk or\nother utilities."
                )
            elif option in ("-o", "--clear"):
                _clear(state, device, "gpt", "sgdisk")
            elif option in ("-n", "--new"):
                number, start, end = (f"{value or pending.pop(0)}::").split(":")[:3]
                _new(device, int(number), start, end)
            elif option in ("-d", "--delete"):
                _delete(device, int(value or pending.pop(0)))
            elif option in ("-t", "-c", "--typecode", "--change-name") and not value:
                pending.pop(0)
        print("The operation has completed successfully.")
    return 0


def _new(device: dict[str, Any], number: int, start: str, end: str) -> None:
    if not device["pttype"]:
        device.update(pttype="gpt", ptuuid=devices.new_uuid())
    taken = [part["name"] for part in device["children"]]
    number = number or len(taken) + 1
    free = device["size"] - 2 * EDGE - sum(part["size"] for part in device["children"])
    wanted = _bytes(end.lstrip("+")) if end not in ("", "0") else free
    if end and not end.startswith(("+", "-")) and end != "0":
        wanted -= _bytes(start) if start not in ("", "0") else EDGE
    if wanted <= 0 or wanted > free:
        raise devices.Refused(
            f"Could not create partition {number}: not enough space on /dev/{device['name']}"
        )
    devices.partition(device, number, wanted, start=(device["size"] - free - EDGE) // 512)


def _delete(device: dict[str, Any], number: int) -> None:
    name = device["name"]
    wanted = f"{name}p{number}" if name[-1].isdigit() else f"{name}{number}"
    found = [part for part in device["children"] if part["name"] == wanted]
    if not found:
        raise devices.Refused(f"Partition number {number} out of range!")
    device["children"].remove(found[0])


def _bytes(text: str) -> int:
    match = re.fullmatch(r"([\d.]+)\s*([A-Za-z]*)", text)
    if not match or match[2] not in UNITS:
        raise devices.Refused(f"'{text}' is no size")
    return int(float(match[1]) * UNITS[match[2]])


def _parted(args: list[str]) -> int:
    words = [word for arg in args if not arg.startswith("-") for word in arg.split()]
    with node.Change() as state:
        device = _disk(state, words, "Error: Could not stat device")
        rest = words[words.index(next(word for word in words if devices.find(state, word) is device)) + 1 :]
        while rest:
            verb = rest.pop(0)
            if verb in ("mklabel", "mktable"):
                table = rest.pop(0)
                _clear(state, device, "dos" if table == "msdos" else table, "Error: parted")
            elif verb == "mkpart":
                _mkpart(device, rest)
            elif verb == "rm":
                _delete(device, int(rest.pop(0)))
            elif verb == "print":
                print(
                    f"Disk /dev/{device['name']}: {device['size']}B\nPartition Table: {device['pttype'] or 'unknown'}"
                )
                for number, part in enumerate(device["children"], 1):
                    print(f"{number:>2}  {part['size']}B  {part['fstype'] or ''}")
            elif verb in ("name", "set", "align-check"):
                del rest[: 3 if verb == "set" else 2]
    return 0


def _mkpart(device: dict[str, Any], rest: list[str]) -> None:
    """Run ``mkpart [NAME] [FSTYPE] START END``; START and END with a unit or in percent."""
    while rest and not re.match(r"-?\d", rest[0]):
        rest.pop(0)
    if len(rest) < 2:
        raise devices.Refused("Error: mkpart needs START and END")
    start, end = (_place(rest.pop(0), device["size"]) for _ in range(2))
    if end <= start:
        raise devices.Refused("Error: The END of a partition lies before its START")
    devices.partition(device, len(device["children"]) + 1, min(end, device["size"] - EDGE) - max(start, EDGE))


def _place(text: str, size: int) -> int:
    return size * int(text[:-1]) // 100 if text.endswith("%") else _bytes(text)


def _sfdisk(args: list[str]) -> int:
    with node.Change() as state:
        device = _disk(state, args, "sfdisk: cannot open")
        if "--delete" in args:
            _clear(state, device, device["pttype"], "sfdisk")
            return 0
        if {"-d", "--dump", "-l", "--list"} & set(args):
            print(f"label: {device['pttype'] or 'none'}\ndevice: /dev/{device['name']}\nunit: sectors\n")
            for part in device["children"]:
                print(f"/dev/{part['name']} : start= {part.get('start', 2048)}, size= {part['size'] // 512}")
            return 0
    return node.fail(
        "sfdisk: the lab knows --delete and --dump only; use sgdisk or parted to make partitions"
    )
