"""What the tools of a described machine print, section by section as a collection asks for it.

The tools are those of the simulated nodes (``lab/shims``, ``lab/sysfiles.py``); here they answer without a node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from lab import machine_facts, sysfiles
from lab.outputs import network, storage, system
from lab.outputs.tree import Tree


@dataclass(frozen=True, slots=True)
class Form:
    """In which versions and options the tools answer: lsblk as JSON, pairs or a table, ip as text or JSON.

    ``kinds``: ``ip -d`` tells what an interface is; busybox has no such option.
    """

    util_linux: str
    lsblk: Literal["json", "pairs", "tree"] = "json"
    ip: Literal["text", "json"] = "text"
    kinds: bool = True
    dmidecode: bool = True


# Named after a system that has these versions.
FORMS = {
    "centos-6": Form("2.17.2", "tree"),
    "centos-7": Form("2.23.2", "pairs"),
    "ubuntu-16.04": Form("2.27.1"),
    "ubuntu-18.04": Form("2.31.1", ip="json"),
    "busybox": Form("2.33.1", ip="text", kinds=False, dmidecode=False),
    "ubuntu-20.04": Form("2.34"),
    "debian-12": Form("2.38.1", ip="json"),
}


def sections(facts: dict[str, Any], form: Form, seed: str = "127.1.0.11") -> dict[str, str]:
    """Return the output of each tool on the machine of a complete description, by the name of its section."""
    told = {**facts, "util_linux": form.util_linux}
    state = machine_facts.first_state(told, seed)
    files = Tree(sysfiles.sys_files(told, state))
    return {
        **system.sections(told, files, dmidecode_there=form.dmidecode),
        **storage.sections(told, state, files, form.lsblk),
        **network.sections(state, files, as_json=form.ip == "json", kinds=form.kinds),
    }
