"""Programs of the supervisor: their names, where they run, and the script that restarts them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from operations.scripts import component_script
from zones.core.documents.settings import SUB_ROLES

_PROGRAM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}(?::\*)?", re.ASCII)
GLOBAL_SERVICES = ("ws_server", "billing_resource")


def restart_script(programs: Sequence[str], *, steady_s: int) -> str:
    """Return ``supervisorctl restart`` of each program, the next one once it stays RUNNING (supervisorctl of supervisor 4).

    Raises:
        ValueError: no program, or an invalid name.
    """
    wrong = [name for name in programs if not is_program(name)]
    if wrong or not programs:
        raise ValueError(f"not the name of a program: {', '.join(wrong)[:100] or 'none is given'}")
    words = " ".join(programs)
    return component_script("restart_services", programs=words, steady_s=str(steady_s))


def is_program(name: str) -> bool:
    """Return whether the supervisor may have a program of that name, alone or in a group (``pitrix:compute_server``)."""
    return bool(_PROGRAM.fullmatch(name))


def group_of_program(name: str) -> str:
    """Return the group of machines on which a program runs; empty where the console does not know it.

    A program in a group of the supervisor (``pitrix:compute_server_00``) is known by its own name.
    """
    own = re.sub(r"_[0-9]+\Z", "", name.rpartition(":")[2])
    if own in GLOBAL_SERVICES:
        return "webservice"
    if own == "compute_server":
        return "hyper"
    sub_role = own.removesuffix("_server")
    return sub_role if own.endswith("_server") and sub_role in SUB_ROLES else ""
