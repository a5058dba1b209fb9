"""Scripts that go to nodes in service: the mirror list of hypers, services, BOSS V2. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from zones.core.documents.settings import SUB_ROLES
from zones.core.install import component_script
from zones.core.rendering.sinks import mirror_line

_PROGRAM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}(?::\*)?", re.ASCII)
MIRROR_MODES = frozenset({"fusion", "devops"})
GLOBAL_SERVICES = ("ws_server", "billing_resource")


def mirror_script(hypers: Iterable[tuple[str, str]], *, steady_s: int) -> str:
    """Writes ``/pitrix/conf/hyper_mirror_nodes`` (``HOSTNAME ADDRESS`` a line) and restarts ``compute_server``.

    A hyper that has the list already is left alone. ``hypers``: host names and addresses of the zone's hypers.
    """
    lines = "\n".join(mirror_line(hostname, address) for hostname, address in hypers)
    return component_script("hyper_mirror", mirror_nodes=lines, steady_s=str(steady_s))


def restart_script(programs: Sequence[str], *, steady_s: int) -> str:
    """``supervisorctl restart`` of each program, the next one when it stays RUNNING (supervisorctl of supervisor 4).

    Raises:
        ValueError: no program, or a name that is none.
    """
    wrong = [name for name in programs if not is_program(name)]
    if wrong or not programs:
        raise ValueError(f"not the name of a program: {', '.join(wrong)[:100] or 'none is given'}")
    words = " ".join(programs)
    return component_script("restart_services", programs=words, steady_s=str(steady_s))


def is_program(name: str) -> bool:
    """Whether the supervisor may have a program of that name, alone or in a group (``pitrix:compute_server``)."""
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


def boss_script() -> str:
    """``django_manage.sh rebuild_cache`` of BOSS V2, as the platform's runbook has it."""
    return component_script("boss_cache")
