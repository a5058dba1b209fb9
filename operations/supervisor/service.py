"""restart_services and verify_services: programs of the supervisor on machines of a zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from common import ssh
from common.actor import Actor
from common.errors import NotFound, Refused
from common.failure_reason import reason_of
from common.messages import message
from common.pasted import refuse_pasted
from common.ssh import SshError
from common.text import plain
from jobs.models import Job
from jobs.queries import stamp
from jobs.services.submit import submit
from nodes.endpoints import endpoint_of
from nodes.models import Node
from nodes.services.lookups import targets
from nodes.states import NodeStatus
from operations.packages.core import programs_of
from operations.supervisor.core import (
    GLOBAL_SERVICES,
    Process,
    group_of_program,
    is_program,
    read_status,
)
from zones.models import Zone
from zones.services.groups import not_in_service, read_group, read_machines
from zones.services.lookups import find_zone

ACTION = "restart_services"
MAX_PROGRAMS = 10
# For all machines together: who looks waits for it.
ASK_S = 45.0
_NODE_S = 20.0
_MOST_BYTES = 1_000_000


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
    refuse_pasted(programs, field="services")
    wrong = [name for name in programs if not is_program(name)]
    if wrong or len(programs) > MAX_PROGRAMS:
        raise Refused.because(
            message("X06", "no_program", name=wrong[0][:60], limit=MAX_PROGRAMS)
            if wrong
            else message("X06", "too_many", count=len(programs), limit=MAX_PROGRAMS),
            field="services",
        )
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
    raise Refused.because(message("X07", "no_machine", zone=zone.zone_id, group=group), field="group")


def _group_of(programs: Sequence[str]) -> str:
    groups = {group_of_program(name) for name in programs}
    if len(groups) == 1 and (group := groups.pop()):
        return group
    raise Refused.because(message("X07", "unknown_place", programs=", ".join(programs)[:200]), field="group")


def _serves(node: Node) -> bool:
    """Return whether it is a management VM, or a node that is past its installation."""
    return getattr(node, "role", None) is None or node.status != NodeStatus.CONFIGURED


def verify_services(*, zone_id: str, group: str = "") -> dict[str, Any]:
    """Ask the supervisor of each machine how its programs stand. Changes nothing, and needs no worker.

    ``INSTALLER_SSH_CONCURRENCY`` machines at once. A program that is not RUNNING is ``wrong``, unless the console does
    not know it and it has exited or was never started: such a one may run once, or only by hand. So is a machine that
    cannot be asked, or did not answer within :data:`ASK_S` for all of them: it is a row with an ``error``.

    Args:
        zone_id: The zone whose machines are asked: nodes past their installation, then management VMs.
        group: Only those, as exec_nodes takes it; empty: all of them.

    Returns:
        ``zone_id``, ``running`` (no row is wrong), and ``rows``: one for each program, machine by machine.

    Raises:
        NotFound: G01 the group has no machine.
        Refused: G02 a VM of that group to which the console cannot log in; G05 no machine is in service.
    """
    zone = find_zone(zone_id)
    found, strangers = (read_machines(group, zone_id=zone_id), []) if group else _all_machines(zone)
    machines = [node for node in found if _serves(node)]
    if not machines and not strangers:
        raise Refused([not_in_service(group or "all", found)])
    groups = {address: role for role, addresses in zone.vms.items() for address in addresses}
    rows = []
    for node, said in zip(machines, _ask_all(machines), strict=True):
        rows += _rows(_place(node, groups), said, _must_have(node))
    for address in strangers:
        place = {"node_id": "", "address": address, "hostname": "", "group": groups[address]}
        stranger = gettext("not registered: run add_nodes --ip %(address)s, then establish_ssh for it")
        rows += _rows(place, stranger % {"address": address})
    return {"zone_id": zone.zone_id, "running": not any(row["wrong"] for row in rows), "rows": rows}


def _all_machines(zone: Zone) -> tuple[list[Node], list[str]]:
    """Return the zone's nodes and management VMs, and addresses of VMs that are not registered."""
    addresses = list(dict.fromkeys(address for given in zone.vms.values() for address in given))
    rows = Node.objects.filter(mgmt_address__in=addresses).select_related("role__zone")
    known = {str(node.mgmt_address): node for node in rows}
    try:
        nodes = read_group("all", zone_id=zone.zone_id)
    except NotFound:
        if not addresses:
            raise
        nodes = []
    vms = [known[address] for address in addresses if address in known]
    return list(dict.fromkeys([*nodes, *vms])), [address for address in addresses if address not in known]


def _ask_all(machines: Sequence[Node]) -> list[list[Process] | str]:
    """Return the programs of each machine, in order, or why they are not known."""
    at_once = max(1, min(settings.INSTALLER_SSH_CONCURRENCY, len(machines)))
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="verify_services")
    # Each with the language of the one who looks.
    asked = [pool.submit(copy_context().run, _ask, node) for node in machines]
    wait(asked, timeout=ASK_S)
    # Whoever hangs ends by the limits of its connection; nobody waits for that.
    pool.shutdown(wait=False, cancel_futures=True)
    return [_answer(future) for future in asked]


def _answer(future: Future[list[Process] | str]) -> list[Process] | str:
    try:
        return future.result(timeout=0)
    except SshError as error:
        return str(error)
    except (TimeoutError, CancelledError):
        text = gettext(
            "no answer within %(seconds)s s for all machines: check one group at a time, or try again"
        )
        return text % {"seconds": round(ASK_S)}


def _ask(node: Node) -> list[Process] | str:
    with ssh.connect(endpoint_of(node)) as connection:
        answer = connection.run(["supervisorctl", "status"], timeout_s=_NODE_S)
    if len(answer.stdout) + len(answer.stderr) > _MOST_BYTES:
        return gettext("supervisorctl status prints more than 1 MB there")
    out, err = (plain(data.decode("utf-8", "replace")) for data in (answer.stdout, answer.stderr))
    found = read_status(f"{out}\n{err}", timezone.now())
    if found or not (answer.exit_code or out.strip()):
        return found
    reason = reason_of([err], [out]) or gettext("exit code %(code)s") % {"code": answer.exit_code}
    return gettext("the supervisor does not answer: %(reason)s") % {"reason": reason}


def _place(node: Node, groups: Mapping[str, str]) -> dict[str, str]:
    role, address = getattr(node, "role", None), str(node.mgmt_address)
    group = role.role if role else groups.get(address, "")
    return {"node_id": node.node_id, "address": address, "hostname": node.hostname, "group": group}


def _must_have(node: Node) -> Sequence[str]:
    """Return the programs that packages of the console bring to such a node."""
    role = getattr(node, "role", None)
    return programs_of(role.role, role.sub_roles) if role else ()


def _rows(
    place: Mapping[str, str], said: list[Process] | str, expected: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the rows of one machine: one for each program, or the one that says why there is none."""
    row = {**place, "service": "", "state": "", "since": None, "pid": None, "detail": "", "error": ""}
    if isinstance(said, str):
        return [{**row, "error": said, "wrong": True}]
    if not said:
        detail = gettext("the supervisor has no programs")
        if expected:
            text = gettext("the supervisor has no programs, but %(programs)s must run here")
            detail = text % {"programs": ", ".join(expected)}
        return [{**row, "detail": detail, "wrong": bool(expected)}]
    return [
        {
            **row,
            "service": item.name,
            "state": item.state,
            "since": stamp(item.since),
            "pid": item.pid,
            "detail": item.detail,
            "wrong": not item.is_right(),
        }
        for item in said
    ]
