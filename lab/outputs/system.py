"""Sections of the system, its processors and its firmware (``nodes/collection/machine.sh``)."""

from __future__ import annotations

import re
from typing import Any

from lab import etcfiles, sysfiles
from lab.outputs.tree import Tree
from lab.shims import dmidecode, lscpu

_FLAGS = re.compile(r"^(?:flags|vmx flags|bugs|Features).*\n", re.MULTILINE)


def sections(facts: dict[str, Any], files: Tree, *, dmidecode_there: bool) -> dict[str, str]:
    """Return the sections; without dmidecode only the kernel tells what the firmware says."""
    proc = sysfiles.proc_files(facts, {"disks": [], "zpools": {}})
    found = {
        "uname": f"Linux {facts['kernel']} {facts['arch']}\n",
        "hostname": f"{facts.get('hostname') or 'pek3ar01n01'}\n",
        "os-release": etcfiles.os_release(facts["os"]),
        "lscpu": lscpu.render(facts, []),
        "lscpu-rows": lscpu.render(facts, ["-p"]),
        "cpuinfo": _FLAGS.sub("", proc["cpuinfo"]),
        "meminfo": proc["meminfo"],
        "dmi-id": _firmware(files),
    }
    if dmidecode_there:
        found["dmidecode"] = dmidecode.render(facts, (1,))
    return found


def _firmware(files: Tree) -> str:
    keys = ("sys_vendor", "product_name", "product_serial")
    return "".join(f"{line}\n" for line in files.keyed({key: f"class/dmi/id/{key}" for key in keys}))
