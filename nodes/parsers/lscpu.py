"""``LC_ALL=C lscpu`` (man lscpu(1)), from util-linux 2.27 to the indented layout of 2.38."""

from __future__ import annotations

from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import colon_fields, whole_number


@dataclass(frozen=True, slots=True)
class CpuCounts:
    """Counts of the whole machine; 0 where the source does not give them. ``threads`` is never 0.

    ``agreed``: the cores were counted in two ways that agree, one by one and as the kernel sums them up.
    """

    arch: str
    model: str
    sockets: int
    cores: int
    threads: int
    agreed: bool = False


def parse(text: str) -> CpuCounts:
    """Parse the CPU of the machine. Raises: ParseError when ``CPU(s)`` is missing or a count is absurd."""
    fields: dict[str, str] = {}
    for key, value in colon_fields(text):
        fields.setdefault(key, value)  # heterogeneous ARM repeats a block per core type
    told = whole_number(fields.get("CPU(s)", ""))
    # Some containers count themselves under CPU(s); the list then has more.
    threads = max(told, _listed(fields.get("On-line CPU(s) list", ""))) if told else 0
    if not 0 < threads <= 65536:
        raise ParseError("lscpu", _("has no plausible 'CPU(s)' line"), text)
    per_type = _cores_of_types(text)
    sockets = _count(fields, "Socket(s)") or _count(fields, "Cluster(s)") or _count(fields, "Drawer(s)")
    per_socket = _count(fields, "Core(s) per socket") or _count(fields, "Core(s) per cluster")
    model = fields.get("Model name", "")
    if model in ("", "-"):
        # ARM servers whose cores lscpu does not know; their firmware names them.
        model = fields.get("BIOS Model name", "")
        if fields.get("Vendor ID", "").startswith("IBM"):
            model = fields.get("Machine type", "")
    return CpuCounts(
        fields.get("Architecture", ""),
        " ".join(model.split()),
        sockets,
        _cores(sockets, per_socket, threads) if len(per_type) < 2 else _whole(sum(per_type), threads),
        threads,
    )


def _count(fields: dict[str, str], key: str) -> int:
    value = whole_number(fields.get(key, ""))
    return value if value is not None and value <= 65536 else 0


def parse_rows(text: str) -> tuple[int, int]:
    """Count ``(threads, cores)`` that ``lscpu -p`` lists, each on a row ``CPU,Core,Socket,…``; processors of any type.

    0 cores where a row names none. Raises: ParseError without any row.
    """
    threads: set[int] = set()
    cores: set[tuple[str, str]] = set()
    untold = False
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        cpu, core, socket, *_rest = [*line.split(","), "", ""]
        number = whole_number(cpu)
        if number is None or number > 65536:
            raise ParseError("lscpu", _("a row does not start with a CPU number"), line)
        threads.add(number)
        cores.add((socket.strip(), core.strip()))
        untold = untold or whole_number(core) is None
    if not threads:
        raise ParseError("lscpu", _("lists no CPU"), text)
    return len(threads), 0 if untold else len(cores)


def _cores_of_types(text: str) -> list[int]:
    """Return the cores of each block of a processor with several core types (ARM): sockets or clusters times cores."""
    found = []
    per = None
    for key, value in colon_fields(text):
        number = whole_number(value)
        if key in ("Core(s) per socket", "Core(s) per cluster"):
            per = number
        elif key in ("Socket(s)", "Cluster(s)") and number and per:
            found.append(per * number)
            per = None
    return found


def _cores(sockets: int, per_socket: int, threads: int) -> int:
    return _whole(sockets * per_socket, threads)


def _whole(cores: int, threads: int) -> int:
    """Return the number, 0 when it is more than there are threads."""
    return cores if cores <= threads else 0


def _listed(text: str) -> int:
    """Count the CPUs that ``0-3,8`` names; 0 when it is not such a list."""
    total = 0
    for part in text.split(",")[:4096]:
        first, dash, last = part.partition("-")
        low, high = whole_number(first), whole_number(last if dash else first)
        if low is None or high is None or not low <= high <= 65536:
            return 0
        total += high - low + 1
    return total
