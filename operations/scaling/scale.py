"""scale_qingcloud: install an approved plan on its nodes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import message
from jobs.lookups import busy, holder
from jobs.models import Job
from jobs.services.submit import Pace, Target, submit
from nodes.models import Node
from nodes.services.busy_check import refuse_if_busy
from nodes.services.lookups import nodes_at, targets
from nodes.states import NodeStatus, move_nodes
from operations.mirror.service import mirror_targets, mirror_text
from operations.scaling.node_work import describe_work
from operations.statistics.core import boss_script
from zones.models import Plan, Zone
from zones.services import revisions
from zones.services.lookups import files_to_configure, find_zone
from zones.services.revisions import open_addresses
from zones.services.zone_vms import boss_nodes
from zones.states import PLAN_OPEN, PlanStatus

ACTION = "scale_qingcloud"
READY = frozenset({NodeStatus.CONFIGURED, NodeStatus.SCALE_FAILED})


def scale_qingcloud(*, zone_id: str, addresses: Sequence[str], actor: Actor, pace: Pace | None = None) -> Job:
    """Start installing these nodes according to the zone's approved plan.

    Raises :class:`Busy` while another job of the region runs (R20) or disks of a node are being erased,
    :class:`Refused` without an approved plan, when something the approval depends on has changed, when a node is
    not part of it, or when the plan belongs to a zone that is new in its region.
    """
    zone = find_zone(zone_id)
    return begin(ACTION, zone, addresses, actor, pace, no_region)


class Regional(NamedTuple):
    """What a job does besides installing: parameters, and targets of the phases that have their own."""

    params: Mapping[str, Any]
    phase_targets: Mapping[str, Sequence[Target]]


def no_region(plan: Plan) -> Regional:
    """Return no regional work, for nodes that join a zone. Raises :class:`Refused` for a zone new in its region."""
    if plan.kind == Plan.Kind.ZONE and not plan.zone.is_global:
        zone_id = plan.zone.zone_id
        raise Refused.because(message("Z07", plan=plan.plan_id, zone=zone_id, region=plan.zone.region_id))
    return Regional({}, {})


def begin(
    action: str,
    zone: Zone,
    addresses: Sequence[str],
    actor: Actor,
    pace: Pace | None,
    regional: Callable[[Plan], Regional],
) -> Job:
    """Check everything, then submit the job that installs the approved plan of the zone."""
    if holder(zone.exclusive_scope):
        raise busy(zone.exclusive_scope)
    try:
        return _begin(action, zone, addresses, actor, pace, regional)
    except Refused:
        # Another call was faster by a moment: that its job runs is the reason, not what it has changed by now.
        if holder(zone.exclusive_scope):
            raise busy(zone.exclusive_scope) from None
        raise


def _begin(
    action: str,
    zone: Zone,
    addresses: Sequence[str],
    actor: Actor,
    pace: Pace | None,
    regional: Callable[[Plan], Regional],
) -> Job:
    with transaction.atomic():
        plan, nodes = checked(zone, addresses)
        refuse_if_busy(nodes, actions=("erase_data_disks",))
        more = regional(plan)
        chosen = Node.objects.filter(pk__in=[node.pk for node in nodes])
        move_nodes(chosen, "scale", error="")
        move_nodes(chosen, "scale_again", error="")
        job = submit(
            action=action,
            targets=targets(nodes),
            actor=actor,
            zone_id=zone.zone_id,
            exclusive_scope=zone.exclusive_scope,
            params={"plan_id": plan.plan_id, "content_hash": plan.content_hash, **more.params},
            pace=pace,
            phase_targets={**in_service_targets(zone, plan), **more.phase_targets},
        )
        Plan.objects.filter(pk=plan.pk).update(job_id=job.job_id)
    return job


def describe_in_service(zone: Zone, plan: Plan) -> list[dict[str, Any]]:
    """Describe these phases for a dry run; the list has every hyper that is installed by then."""
    hypers = mirror_targets(zone, plan)
    text = mirror_text(hypers)
    rows = [("update_hyper_mirror", node, "hyper_mirror", text) for node in hypers]
    rows += [("rebuild_cache", node, "boss_cache", boss_script()) for node in boss_nodes(zone)]
    return [
        {"node": str(node.mgmt_address), "phase": phase, "component": component, "command": command}
        for phase, node, component, command in rows
    ]


def in_service_targets(zone: Zone, plan: Plan) -> dict[str, list[Target]]:
    """Return the nodes in service to update for new nodes: all hypers in fusion and devops, and BOSS V2 if the zone has it."""
    return {
        "update_hyper_mirror": targets(mirror_targets(zone, plan)),
        "rebuild_cache": targets(boss_nodes(zone)),
    }


def dry_run(*, zone_id: str, addresses: Sequence[str]) -> list[dict[str, Any]]:
    """List every command for every node, in order: ``{"node", "phase", "component", "command"}``. Touches nothing."""
    zone = find_zone(zone_id)
    plan, nodes = checked(zone, addresses)
    no_region(plan)
    *rows, last = describe_work(plan, nodes)
    return [*rows, *describe_in_service(zone, plan), last]


def checked(zone: Zone, addresses: Sequence[str]) -> tuple[Plan, list[Node]]:
    """Return the approved plan and its nodes. Raises :class:`Refused` with every reason why they cannot be scaled."""
    plan = approved_plan(zone)
    revisions.check_unchanged(plan)
    nodes = nodes_at(addresses)
    findings = [
        Finding(
            message("P41", "not_in_plan", node=node, plan=plan.plan_id, count=len(plan.roles)),
            node=str(node.mgmt_address),
        )
        for node in nodes
        if str(node.mgmt_address) not in plan.roles
    ]
    given = {str(node.mgmt_address) for node in nodes}
    waiting = open_addresses(plan)
    findings += [
        Finding(message("P43", plan=plan.plan_id, address=address), node=address)
        for address in waiting
        if address not in given
    ]
    findings += [
        Finding(
            message("P42", node=node, status=node.status, plan=plan.plan_id, waiting=_some(waiting)),
            node=str(node.mgmt_address),
        )
        for node in nodes
        if not _ready(node, waiting) and str(node.mgmt_address) in plan.roles
    ]
    if findings:
        raise Refused(findings)
    return plan, nodes


def _some(addresses: Sequence[str]) -> str:
    return ", ".join(addresses[:20]) + (", …" if len(addresses) > 20 else "") or "nothing"


def _ready(node: Node, waiting: Collection[str]) -> bool:
    again = node.status == NodeStatus.ACTIVE and str(node.mgmt_address) in waiting
    return node.status in READY or again


def approved_plan(zone: Zone) -> Plan:
    """Return the zone's approved plan. Raises :class:`Refused` with what to do instead."""
    plan = Plan.objects.select_related("zone").filter(zone=zone, status__in=PLAN_OPEN).first()
    if plan is None:
        raise Refused.because(message("P40", "no_plan", zone=zone.zone_id, files=files_to_configure(zone)))
    if plan.status != PlanStatus.APPROVED:
        raise Refused.because(message("P40", "not_approved", plan=plan.plan_id))
    return plan
