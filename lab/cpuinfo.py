"""/proc/cpuinfo of a simulated machine; every architecture has its own keys (proc_cpuinfo(5), arch/*/kernel of Linux)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lab.shims import lscpu


def render(cpu: dict[str, Any], arch: str) -> str:
    """Return the whole file for the processors of a profile."""
    blocks = _BY_ARCH.get(arch, _x86)(cpu, arch)
    return "\n".join(blocks) + "\n"


def _x86(cpu: dict[str, Any], arch: str) -> Iterator[str]:
    threads = lscpu.cores(cpu)
    sockets = max(cpu["sockets"], 1)
    cores = Counter(socket for _, socket in set(threads))
    for number, (core, socket) in enumerate(threads):
        told = {
            "vendor_id": cpu.get("vendor_id"),
            "cpu family": cpu.get("family"),
            "model": cpu.get("model_number"),
            "model name": cpu["model"],
            "stepping": cpu.get("stepping"),
            "cpu MHz": f"{cpu['mhz']:.3f}" if cpu.get("mhz") else None,
            "cache size": f"{cpu['cache_kib']} KB" if cpu.get("cache_kib") else None,
        }
        if cpu["sockets"]:
            told |= {
                "physical id": socket,
                "siblings": len(threads) // sockets,
                "core id": core % cores[socket],
                "cpu cores": cores[socket],
            }
        told |= {"apicid": number, "fpu": "yes", "flags": cpu.get("flags")}
        told |= {"bogomips": f"{cpu['mhz'] * 2:.2f}"} if cpu.get("mhz") else {}
        yield _lines({"processor": number, **told, "address sizes": "46 bits physical, 48 bits virtual"})


def _lines(values: dict[str, Any]) -> str:
    """Return ``key<tabs>: value`` lines, filled to two tab stops as the kernel does."""
    tabs = {key: "\t" * max(1, 2 - len(key) // 8) for key in values}
    return "".join(f"{key}{tabs[key]}: {value}\n" for key, value in values.items() if value is not None)


def _arm64(cpu: dict[str, Any], arch: str) -> Iterator[str]:
    for number in range(len(lscpu.cores(cpu))):
        yield (
            f"processor\t: {number}\nBogoMIPS\t: 200.00\nFeatures\t: {cpu.get('flags', '')}\n"
            "CPU implementer\t: 0x48\nCPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: 0xd01\n"
            "CPU revision\t: 0\n"
        )


def _arm(cpu: dict[str, Any], arch: str) -> Iterator[str]:
    """Render 32 bits: the model once per core, the board at the end."""
    for number in range(len(lscpu.cores(cpu))):
        yield f"processor\t: {number}\nmodel name\t: {cpu['model']}\nBogoMIPS\t: 38.40\nCPU architecture: 7\n"
    yield f"Hardware\t: {cpu.get('board', 'Generic DT based system')}\nRevision\t: 0000\n"


def _power(cpu: dict[str, Any], arch: str) -> Iterator[str]:
    for number in range(len(lscpu.cores(cpu))):
        yield f"processor\t: {number}\ncpu\t\t: {cpu['model']}\nclock\t\t: 3425.000000MHz\nrevision\t: 2.1\n"
    yield f"timebase\t: 512000000\nplatform\t: pSeries\nmachine\t\t: {cpu.get('board', 'CHRP IBM')}\n"


def _s390(cpu: dict[str, Any], arch: str) -> Iterator[str]:
    """Render the processors in one list; since Linux 4.14 one block with the topology follows for each."""
    threads = lscpu.cores(cpu)
    head = f"vendor_id       : {cpu['model']}\n# processors    : {len(threads)}\nbogomips per cpu: 3033.00\n"
    tail = "version = FF,  identification = 133EBA,  machine = 2964"
    yield head + "".join(f"processor {number}: {tail}\n" for number in range(len(threads)))
    if cpu["sockets"]:
        for number, (core, socket) in enumerate(threads):
            yield f"cpu number      : {number}\nphysical id     : {socket}\ncore id         : {core}\n"


def _sparc(cpu: dict[str, Any], arch: str) -> Iterator[str]:
    count = len(lscpu.cores(cpu))
    state = "".join(f"CPU{number}:\t\tonline\n" for number in range(count))
    yield f"cpu\t\t: {cpu['model']}\nncpus probed\t: {count}\nncpus active\t: {count}\nState:\n{state}"


_BY_ARCH = {
    "aarch64": _arm64, "armv7l": _arm, "ppc64": _power, "ppc64le": _power, "s390x": _s390, "sparc64": _sparc,
}  # fmt: skip
