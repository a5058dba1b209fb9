"""lscpu(1) of util-linux 2.34, as text and JSON."""

from __future__ import annotations

import json

from . import node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(name: str, args: list[str]) -> int:
    """Print the processors of the profile."""
    facts = node.profile()
    if "-p" in args or "--parse" in args:
        _parsable(facts["cpu"])
        return 0
    known = [(key, value) for key, value in _fields(facts["cpu"], facts["arch"]) if value is not None]
    if "-J" in args or "--json" in args:
        print(json.dumps({"lscpu": [{"field": key, "data": str(value)} for key, value in known]}, indent=3))
        return 0
    for key, value in known:
        print(f"{key:<32} {value}")
    return 0


def _parsable(cpu: dict[str, Any]) -> None:
    per_socket = cpu["cores_per_socket"] * cpu["threads_per_core"]
    print("# The following is the parsable format.\n# CPU,Core,Socket,Node,,L1d,L1i,L2,L3")
    for number in range(per_socket * cpu["sockets"]):
        core, socket = number // cpu["threads_per_core"], number // per_socket
        print(f"{number},{core},{socket},{socket},,{core},{core},{core},0")


def _fields(cpu: dict[str, Any], machine: str) -> list[tuple[str, Any]]:
    """Return label and value of each line; None where the machine has no such line."""
    per_socket = cpu["cores_per_socket"] * cpu["threads_per_core"]
    total = per_socket * cpu["sockets"]
    fields = [
        ("Architecture:", machine),
        ("CPU op-mode(s):", "32-bit, 64-bit"),
        ("Byte Order:", "Little Endian"),
        ("CPU(s):", total),
        ("On-line CPU(s) list:", f"0-{total - 1}"),
        ("Thread(s) per core:", cpu["threads_per_core"]),
        ("Core(s) per socket:", cpu["cores_per_socket"]),
        ("Socket(s):", cpu["sockets"]),
        ("NUMA node(s):", cpu["sockets"]),
        ("Vendor ID:", cpu["vendor_id"]),
        ("CPU family:", cpu["family"]),
        ("Model:", cpu["model_number"]),
        ("Model name:", cpu["model"]),
        ("Stepping:", cpu["stepping"]),
        ("CPU MHz:", f"{cpu['mhz']:.3f}"),
        ("BogoMIPS:", f"{cpu['mhz'] * 2:.2f}"),
        ("Virtualization:", "VT-x" if cpu["vendor_id"] == "GenuineIntel" else None),
        ("L3 cache:", f"{cpu['cache_kib']}K"),
    ]
    fields += [
        (f"NUMA node{number} CPU(s):", f"{number * per_socket}-{(number + 1) * per_socket - 1}")
        for number in range(cpu["sockets"])
    ]
    return [*fields, ("Flags:", cpu["flags"])]
