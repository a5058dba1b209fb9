"""``/proc/cpuinfo`` (man proc_cpuinfo(5)); every architecture has its own keys."""

from __future__ import annotations

import re

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.lscpu import CpuCounts
from nodes.parsers.text import colon_fields, whole_number

# Most telling first: x86 and ARM, POWER and SPARC, old ARM, MIPS.
_MODEL_KEYS = ("model name", "cpu", "Processor", "cpu model", "Hardware", "Model")
_S390_CPU = re.compile(r"processor ([0-9]+): version")
_MAX_CPUS = 65536


def parse(text: str) -> CpuCounts:
    """Parse the CPU of the machine; ``arch`` stays empty. Raises: ParseError when no processor is listed."""
    threads, totals = 0, 0
    models: dict[str, str] = {}
    cores: set[tuple[str, str]] = set()
    physical = ""
    summed: dict[str, int] = {}
    for key, value in colon_fields(text):
        if key == "processor" and whole_number(value) is not None:
            threads, physical = threads + 1, ""
        elif _S390_CPU.match(f"{key}: {value}"):
            threads += 1
        elif key in ("# processors", "ncpus active"):
            totals = whole_number(value) or 0
        elif key == "physical id":
            physical = value
        elif key == "core id" and physical:
            cores.add((physical, value))
        elif key == "cpu cores" and physical:
            summed[physical] = whole_number(value) or 0
        elif key in _MODEL_KEYS or key == "vendor_id":
            models.setdefault(key, value)
    threads = max(threads, totals)
    if not 0 < threads <= _MAX_CPUS:
        raise ParseError("cpuinfo", _("lists no processor"), text)
    model = next((models[key] for key in _MODEL_KEYS if models.get(key)), "")
    if not model and models.get("vendor_id", "").startswith("IBM/S390"):
        model = models["vendor_id"]
    sockets = len({socket for socket, _ in cores})
    agreed = 0 < len(cores) == sum(summed.values())
    return CpuCounts("", " ".join(model.split()), sockets, len(cores), threads, agreed)
