"""lscpu(1) of util-linux, as text and JSON, in the layout of the profile's version."""

from __future__ import annotations

import json

from . import node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(name: str, args: list[str]) -> int:
    """Print the processors of the profile."""
    print(render(node.profile(), args), end="")
    return 0


def render(facts: dict[str, Any], args: list[str]) -> str:
    """Return what lscpu prints on the machine of a profile."""
    cpu = facts["cpu"]
    if "-p" in args or "--parse" in args:
        return _parsable(cpu)
    known = [(key, value) for key, value in _fields(cpu, facts["arch"]) if value is not None]
    if "-J" in args or "--json" in args:
        told = [{"field": key, "data": str(value)} for key, value in known]
        return json.dumps({"lscpu": told}, indent=3) + "\n"
    version = tuple(int(part) for part in facts["util_linux"].split("."))
    if version < (2, 38):
        width = 32 if version >= (2, 33) else 22
        return "".join(f"{key:<{width}} {value}\n" for key, value in known)
    return "".join(f"{'  ' * DEPTH.get(key, 0) + key:<36} {value}\n" for key, value in known)


def cores(cpu: dict[str, Any]) -> list[tuple[int, int]]:
    """Return core and socket of each thread; ``core_types`` lists (number of cores, threads of each) of a socket."""
    told = cpu["cores_per_socket"]
    found: list[tuple[int, int]] = []
    number = 0
    for socket in range(max(cpu["sockets"], 1)):
        same = [[told[socket] if isinstance(told, list) else told, cpu.get("threads_per_core", 1)]]
        for count, threads in cpu.get("core_types") or same:
            for _ in range(count):
                found += [(number, socket)] * threads
                number += 1
    return found


def _per_socket(cpu: dict[str, Any]) -> list[int]:
    told = cpu["cores_per_socket"]
    return told if isinstance(told, list) else [told]


def _parsable(cpu: dict[str, Any]) -> str:
    lines = ["# The following is the parsable format.", "# CPU,Core,Socket,Node,,L1d,L1i,L2,L3"]
    for number, (core, socket) in enumerate(cores(cpu)):
        lines.append(f"{number},{core},{socket},{socket},,{core},{core},{core},0")
    return "\n".join(lines) + "\n"


# How far 2.38 and later indent a line.
DEPTH = {
    "CPU op-mode(s):": 1, "Byte Order:": 1, "On-line CPU(s) list:": 1, "Model name:": 1, "CPU family:": 2,
    "Model:": 2, "Thread(s) per core:": 2, "Core(s) per socket:": 2, "Socket(s):": 2, "Stepping:": 2,
    "CPU MHz:": 2, "BogoMIPS:": 2, "Flags:": 2,
}  # fmt: skip


def _fields(cpu: dict[str, Any], machine: str) -> list[tuple[str, Any]]:
    """Return label and value of each line; None where the machine has no such line."""
    total = len(cores(cpu))
    sockets, mhz = cpu["sockets"] or None, cpu.get("mhz")
    per_socket = total // max(cpu["sockets"], 1)
    fields = [
        ("Architecture:", machine),
        ("CPU op-mode(s):", "32-bit, 64-bit"),
        ("Byte Order:", "Little Endian"),
        ("CPU(s):", cpu.get("cpus_told", total)),
        ("On-line CPU(s) list:", f"0-{total - 1}"),
        (
            "Thread(s) per core:",
            cpu.get("threads_per_core") or max(threads for _, threads in cpu["core_types"]),
        ),
        ("Core(s) per socket:", max(_per_socket(cpu)) if sockets else None),
        ("Socket(s):", sockets),
        ("NUMA node(s):", sockets),
        ("Vendor ID:", cpu.get("vendor_id")),
        ("CPU family:", cpu.get("family")),
        ("Model:", cpu.get("model_number")),
        ("Model name:", cpu["model"]),
        ("Stepping:", cpu.get("stepping")),
        ("CPU MHz:", mhz and f"{mhz:.3f}"),
        ("BogoMIPS:", mhz and f"{mhz * 2:.2f}"),
        ("Virtualization:", "VT-x" if cpu.get("vendor_id") == "GenuineIntel" else None),
        ("L3 cache:", f"{cpu['cache_kib']}K" if cpu.get("cache_kib") else None),
    ]
    fields += [
        (f"NUMA node{number} CPU(s):", f"{number * per_socket}-{(number + 1) * per_socket - 1}")
        for number in range(cpu["sockets"])
    ]
    return [*fields, ("Flags:", cpu.get("flags"))]
