"""restart_services: programs of the supervisor on machines of a zone, one machine after another."""

from __future__ import annotations

from collections.abc import Sequence

from common.actor import Actor
from common.errors import NotFound, Refused
from jobs.models import Job
from jobs.services import submit
from nodes.models import Node
from nodes.services.lookups import targets
from nodes.states import NodeStatus
from operations.supervisor.core import GLOBAL_SERVICES, group_of_program, is_program
from zones.models import Zone
from zones.services.groups import not_in_service, read_machines
from zones.services.lookups import find_zone

ACTION = "restart_services"
MAX_PROGRAMS = 10


def restart_services(*, zone_id: str, actor: Actor, names: Sequence[str] = (), group: str = "") -> Job:
    """Begin restarting programs, the next machine when all of them stay RUNNING on the one before.

    Args:
        zone_id: The zone of the machines.
        actor: The user who asks for it.
        names: Programs of the supervisor, in this order; none: the services that know which zones there are.
        group: Where they run, as exec_nodes takes it; empty: what the console knows of these programs.

    Raises:
        Busy: R20 something else scales or maintains the region.
        NotFound: G01 the group has no machine in service.
        Refused: X06 no name of a program, or too many; X07 the console does not know where they run.
    """
    zone = find_zone(zone_id)
    programs = list(dict.fromkeys(names)) or list(GLOBAL_SERVICES)
    wrong = [name for name in programs if not is_program(name)]
    if wrong or len(programs) > MAX_PROGRAMS:
        detail = f"{wrong[0][:60]!r} is not the name of a program" if wrong else f"{len(programs)} programs"
        remedy = f"give up to {MAX_PROGRAMS} names as supervisorctl status prints them"
        raise Refused.because("X06", detail, remedy, field="services")
    where = group or _group_of(programs)
    found = _machines(zone, where, named=bool(group))
    machines = [node for node in found if _serves(node)]
    if not machines:
        raise Refused([not_in_service(where, found)])
    return submit(
        action=ACTION,
        targets=(),
        phase_targets={ACTION: targets(machines)},
        actor=actor,
        zone_id=zone.zone_id,
        exclusive_scope=zone.exclusive_scope,
        params={"group": where, "services": programs},
    )


def _machines(zone: Zone, group: str, *, named: bool) -> list[Node]:
    try:
        return read_machines(group, zone_id=zone.zone_id)
    except NotFound:
        if named:
            raise
    raise Refused.because(
        "X07",
        f"zone {zone.zone_id} has no machine in group {group}, where these programs usually run",
        "name the machines: -r GROUP, such as hyper or a host name",
        field="group",
    )


def _group_of(programs: Sequence[str]) -> str:
    groups = {group_of_program(name) for name in programs}
    if len(groups) == 1 and (group := groups.pop()):
        return group
    raise Refused.because(
        "X07",
        f"it is not known where {', '.join(programs)[:200]} run together",
        "name the machines: -r GROUP, such as webservice, hyper or a host name",
        field="group",
    )


def _serves(node: Node) -> bool:
    """Return whether it is a management VM, or a node that is past its installation."""
    return getattr(node, "role", None) is None or node.status != NodeStatus.CONFIGURED
