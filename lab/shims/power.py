"""reboot, poweroff and shutdown(8): the server ends the node and lets it come back."""

from __future__ import annotations

from . import node


def main(name: str, args: list[str]) -> int:
    """Ask the server; the command itself dies with the node, as it does on a real one."""
    off = name == "poweroff" or (name == "shutdown" and "-r" not in args)
    if node.ask({"op": "reboot", "off": off}) is None:
        return node.fail(f"{name}: the lab does not answer")
    return 0
