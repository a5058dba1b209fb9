"""exec_nodes: a command on a group of nodes, and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from common import audit
from common.actor import Actor
from common.characters import sentences
from common.errors import Denied, Finding, Refused
from common.messages import message
from common.wording import _, worded
from jobs.lookups import find_job
from jobs.models import Event, Job, Step
from jobs.services.submit import submit
from jobs.states import StepStatus
from nodes.models import Node
from nodes.services.busy_check import refuse_if_busy
from nodes.services.lookups import targets
from operations.commands.core import MAX_COMMAND, looking_commands, only_looks, out_of_place_in
from operations.commands.grouped_output import GroupedOutput, fold
from zones.services.groups import read_machines
from zones.services.zone_vms import zones_of

ACTION = "exec_nodes"
# Jobs whose nodes answer with one text each.
ANSWERING = frozenset({ACTION, "update_nodes"})
MAX_TIMEOUT_S = 3600
# Per answer: a thousand nodes that write without end still fit into memory.
MAX_CHARS = 60_000
_REST = _("… the rest is in the log: get_log {job}")


def exec_nodes(
    *,
    group: str,
    command: str,
    actor: Actor,
    zone_id: str = "",
    timeout_s: int = 60,
    concurrency: int = 0,
    anything: bool = False,
) -> Job:
    """Run a command as root on every node of the group.

    Without ``anything`` only commands that read are run; any other one excludes scaling and maintenance of
    the region (R20), and on a node that is not yet in a zone every other job that involves that node.
    Raises :class:`Busy`, :class:`Denied`, :class:`Refused`.
    """
    line = _checked(command, timeout_s)
    looks = only_looks(line)
    if not looks and not anything:
        raise Denied(message("X03", "start", commands=looking_commands()))
    with transaction.atomic():
        nodes = read_machines(group, zone_id=zone_id)
        if not looks and not zones_of(nodes):
            list(Node.objects.select_for_update().filter(pk__in=[node.pk for node in nodes]))
            refuse_if_busy(nodes)
        job = submit(
            action=ACTION,
            targets=targets(nodes),
            actor=actor,
            zone_id=common_zone(nodes),
            exclusive_scope="" if looks else common_scope(nodes, group),
            params={"group": group, "command": line, "timeout_s": timeout_s, "concurrency": concurrency},
        )
        audit.record(actor, "exec_command", job.job_id, group=group, command=line, nodes=len(nodes))
    return job


def refuse_resume(job: Job, actor: Actor) -> None:
    """Refuse to resume a command that changes something unless the user may start it. Raises :class:`Denied`."""
    if not actor.decides and not only_looks(str(job.params.get("command", ""))):
        raise Denied(message("X03", "resume", job=job.job_id))


def _checked(command: str, timeout_s: int) -> str:
    line = command.strip()
    if not line or len(line) > MAX_COMMAND or "\0" in line:
        raise Refused.because(message("X01", limit=MAX_COMMAND), field="command")
    odd = [
        Finding(message("D16", "found", what=what, instead=instead), field="command")
        for _, what, instead in sentences(out_of_place_in(line), word="" if "\n" in line else line[:80])
    ]
    if odd:
        raise Refused(odd)
    if not 1 <= timeout_s <= MAX_TIMEOUT_S:
        raise Refused.because(message("X02", timeout_s=timeout_s, limit_s=MAX_TIMEOUT_S), field="timeout")
    return line


def common_zone(nodes: Sequence[Node]) -> str:
    """Return the zone of all these nodes; empty when they belong to several."""
    zones = {zone.zone_id for zone in zones_of(nodes).values()}
    return zones.pop() if len(zones) == 1 else ""


def common_scope(nodes: Sequence[Node], group: str) -> str:
    """Return the scope that a job on these nodes holds: empty where they are not in a zone yet.

    Raises :class:`Refused` when they belong to several regions.
    """
    scopes = {zone.exclusive_scope for zone in zones_of(nodes).values()}
    if len(scopes) > 1:
        raise Refused.because(message("X04", group=group[:60], scopes=len(scopes)), field="group")
    return scopes.pop() if scopes else ""


def read_answers(job_id: str) -> list[GroupedOutput]:
    """Read what the nodes of such a job have answered, folded; nodes that have not finished are left out.

    Raises :class:`NotFound`, and :class:`Refused` for another kind of job.
    """
    job = find_job(job_id)
    if job.action not in ANSWERING:
        raise Refused.because(message("X05", job=job.job_id, action=job.action, actions=sorted(ANSWERING)))
    ended = job.steps.filter(status__in=(StepStatus.SUCCEEDED, StepStatus.FAILED)).order_by("id")
    steps = {step.address: step for step in ended}
    texts = _texts(job, steps)
    names = dict(Node.objects.filter(mgmt_address__in=list(steps)).values_list("mgmt_address", "hostname"))
    return fold(
        {
            names.get(address) or address: (
                texts[address] or step.error,
                step.status == StepStatus.FAILED,
            )
            for address, step in steps.items()
        }
    )


def _texts(job: Job, steps: Mapping[str, Step]) -> dict[str, str]:
    """Return what each node wrote in its last attempt, by address: only the beginning, where it is endless."""
    lines: dict[str, list[str]] = {address: [] for address in steps}
    left = dict.fromkeys(steps, MAX_CHARS)
    rows = Event.objects.filter(job=job, stream__in=("out", "err")).order_by("seq")
    for node, ts, line in rows.values_list("node", "ts", "line").iterator():
        step = steps.get(node)
        # Lines of an earlier attempt do not count.
        if step is None or not step.started_at or ts < step.started_at or left[node] < 0:
            continue
        left[node] -= len(line) + 1
        lines[node].append(line if left[node] >= 0 else worded(_REST, {"job": job.job_id}))
    return {address: "\n".join(found) for address, found in lines.items()}
