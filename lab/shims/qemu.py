"""qemu-system-ARCH --version, of the version that the profile names."""

from __future__ import annotations

from . import node


def main(name: str, args: list[str]) -> int:
    """Print the version; nothing is emulated."""
    version = node.profile()["qemu_version"]
    if set(args) & {"--version", "-version"}:
        print(
            f"QEMU emulator version {version}\nCopyright (c) 2003-2017 Fabrice Bellard and the QEMU Project developers"
        )
        return 0
    return node.fail(f"{name}: the lab starts no virtual machines; it answers --version only")
