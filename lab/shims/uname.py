"""uname(1) and arch(1) with the kernel and machine of the profile."""

from __future__ import annotations

import os

from . import node

FIELDS = "snrvmpio"
LONG = {
    "--kernel-name": "s", "--nodename": "n", "--kernel-release": "r", "--kernel-version": "v",
    "--machine": "m", "--processor": "p", "--hardware-platform": "i", "--operating-system": "o", "--all": "a",
}  # fmt: skip


def main(name: str, args: list[str]) -> int:
    """Print the requested fields in uname's own order."""
    facts = node.profile()
    machine = facts["arch"]
    values = {
        "s": "Linux",
        "n": os.uname().nodename,
        "r": facts["kernel"],
        "v": facts["kernel_build"],
        "m": machine,
        "p": machine,
        "i": machine,
        "o": "GNU/Linux",
    }
    wanted = "m" if name == "arch" else ""
    for arg in args:
        wanted += LONG.get(arg, "?") if arg.startswith("--") else arg.lstrip("-")
    if any(letter not in FIELDS + "a" for letter in wanted):
        return node.fail(f"{name}: invalid option")
    wanted = FIELDS if "a" in wanted else wanted or "s"
    print(" ".join(values[field] for field in FIELDS if field in wanted))
    return 0
