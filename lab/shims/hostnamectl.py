"""hostnamectl(1): shows the host name, or sets it in the kernel and in /etc/hostname."""

from __future__ import annotations

import os
import socket

from . import node


def main(name: str, args: list[str]) -> int:
    """Run ``status``, ``hostname`` or ``set-hostname NAME``."""
    words = [arg for arg in args if not arg.startswith("-")]
    if len(words) == 2 and words[0] in ("set-hostname", "hostname"):
        if len(words[1]) > 64 or not words[1]:
            return node.fail("Failed to set hostname: Invalid argument")
        try:
            socket.sethostname(words[1])
            with open("/etc/hostname", "w", encoding="utf-8") as file:
                file.write(words[1] + "\n")
        except OSError as error:
            return node.fail(f"Could not set static hostname: {error.strerror}")
        return 0
    if words in (["hostname"], ["--static"]):
        print(os.uname().nodename)
        return 0
    facts = node.profile()
    print(f"   Static hostname: {os.uname().nodename}\n          Operating System: {facts['os']['name']}")
    print(f"            Kernel: Linux {facts['kernel']}\n      Architecture: {facts['arch']}")
    return 0
