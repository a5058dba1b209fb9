"""dd(1), blkdiscard(8) and blockdev(8) where they meet a simulated disk; dd on files is the real one."""

from __future__ import annotations

import os
import re
import sys

from . import devices, node

SUFFIXES = {"": 1, "c": 1, "w": 2, "b": 512, "K": 1024, "k": 1024, "kB": 1000, "M": 1 << 20, "MB": 10**6,
            "G": 1 << 30, "GB": 10**9, "T": 1 << 40}  # fmt: skip


def main(name: str, args: list[str]) -> int:
    """Answer as the tool of this name."""
    try:
        return {"dd": _dd, "blkdiscard": _blkdiscard, "blockdev": _blockdev}[name](args)
    except devices.Refused as refused:
        return node.fail(str(refused))


def size(text: str) -> int:
    """Parse ``1M`` and the like into bytes. Raises: devices.Refused."""
    match = re.fullmatch(r"(\d+)(c|w|b|[kKMGT]?B?)", text.replace("iB", ""))
    if not match or match[2] not in SUFFIXES:
        raise devices.Refused(f"dd: invalid number: '{text}'")
    return int(match[1]) * SUFFIXES[match[2]]


def _dd(args: list[str]) -> int:
    operands = dict(arg.partition("=")[::2] for arg in args)
    target, source = operands.get("of", ""), operands.get("if", "")
    state = node.state()
    written, read = devices.find(state, target), devices.find(state, source)
    if written is None and read is None:
        os.execv("/usr/bin/dd", ["dd", *args])
    block = size(operands.get("bs", operands.get("obs", "512")))
    room = int((written or read or {})["size"])
    start = int(operands.get("seek", "0")) * block if written else 0
    count = int(operands["count"]) if "count" in operands else None
    left = max(0, room - start)
    amount = left if count is None else min(left, count * block)
    if written is not None:
        with node.Change() as changing:
            _overwrite(devices.need(changing, target, "dd"), start, amount)
    elif target:
        with open(target, "wb") as file:
            file.truncate(amount)
    elif count is not None:
        # A simulated disk reads as empty: it has no content other than its table and its signatures.
        for start in range(0, amount, 1 << 20):
            sys.stdout.buffer.write(bytes(min(1 << 20, amount - start)))
        sys.stdout.buffer.flush()
    if count is None and written is not None:
        print(f"dd: error writing '{target}': No space left on device", file=sys.stderr)
    whole, part = divmod(amount, block)
    records = f"{whole}+{1 if part else 0}"
    print(f"{records} records in\n{records} records out\n{amount} bytes copied, 1 s, {amount // 10**6} MB/s",
          file=sys.stderr)  # fmt: skip
    return 1 if count is None and written is not None else 0


def _overwrite(device: dict[str, object], start: int, amount: int) -> None:
    """Write zeros: at the beginning they remove table and signatures; elsewhere they change nothing visible."""
    if start < 4096 and amount >= 512:
        devices.wipe(device)


def _blkdiscard(args: list[str]) -> int:
    names = [arg for arg in args if not arg.startswith("-")]
    if not names:
        return node.fail("blkdiscard: no device specified")
    with node.Change() as state:
        device = devices.need(state, names[-1], "blkdiscard: cannot open")
        used = devices.in_use(state, device)
        if used and not {"-f", "--force"} & set(args):
            raise devices.Refused(
                f"blkdiscard: {names[-1]}: BLKDISCARD ioctl failed: Device or resource busy"
            )
        rotating = device.get("rota", True)
        if rotating and not {"-z", "--zeroout"} & set(args):
            raise devices.Refused(
                f"blkdiscard: {names[-1]}: BLKDISCARD ioctl failed: Operation not supported"
            )
        devices.wipe(device)
    return 0


def _blockdev(args: list[str]) -> int:
    state = node.state()
    names = [arg for arg in args if not arg.startswith("-")]
    for name in names:
        device = devices.need(state, name, "blockdev: cannot open")
        answers = {
            "--getsize64": device["size"],
            "--getsz": device["size"] // 512,
            "--getss": device.get("logical", 512),
            "--getpbsz": device.get("physical", 4096),
            "--getro": int(bool(device.get("ro"))),
        }
        for option in args:
            if option in answers:
                print(answers[option])
            if option == "--rereadpt" and devices.mountpoints(device):
                return node.fail("blockdev: ioctl error on BLKRRPART: Device or resource busy")
    return 0
