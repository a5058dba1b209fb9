"""leave_out_nodes: an open plan continues without nodes that cannot be installed.

A machine that dies half way would otherwise block its zone forever: the plan could neither be finished nor, once
other nodes of it are in service, be rejected.

======  =================================================================================================
P61     a node that cannot be left out
P62     no node would remain
P63     a file of the plan was changed at the very lines that would follow
P64     what the remaining nodes and the region need (findings of the plan, not a refusal)
======  =================================================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from common import audit
from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import message
from jobs.lookups import busy, holder
from nodes.models import Node
from nodes.services.lookups import nodes_at
from nodes.states import NodeStatus, move_nodes
from zones.core.gc_pause import collector_paused
from zones.core.rebase import Rebased, rebased
from zones.core.rendering import PLACEMENT, read_placement
from zones.core.rules.roles import when_odd
from zones.core.world import HYPER_ROLES, MIRROR_MODES, hostname_key
from zones.models import Plan, PlanFile, Role, Zone
from zones.services import revisions
from zones.services.lookups import find_plan, lock_allocations, locked_plan
from zones.services.release_node import free
from zones.services.reopen import note_installed, take_back
from zones.services.rerender import rendered_now
from zones.services.revisions import open_addresses
from zones.services.seen_version import check_seen
from zones.states import PlanStatus

LEAVING = frozenset({NodeStatus.AVAILABLE, NodeStatus.CONFIGURED, NodeStatus.SCALE_FAILED})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The plan as it is now; hostnames in service that are installed again, and paths of files that changed."""

    plan: Plan
    again: tuple[str, ...]
    files: tuple[str, ...]


def leave_out_nodes(
    *,
    plan_id: str,
    addresses: Sequence[str],
    content_hash: str,
    actor: Actor,
    reason: str = "",
    seen_status: str = "",
) -> LeftOut:
    """Take nodes that are not in service out of an open plan; its files and VBCs follow, and it is a draft again.

    ``content_hash`` and ``seen_status`` (draft or approved, where that is known) name what was reviewed: raises
    :class:`Outdated` with the difference when that is no longer current.

    The nodes are available again, what they held is free; a VBC that loses its Master gets its next hyper.
    Nodes in service stay so: one whose settings change is installed again once the plan is approved. Raises
    :class:`Refused` with every reason (P61 to P63), :class:`Busy` while a job of the region runs (R20).
    """
    with transaction.atomic(), collector_paused():
        lock_allocations()
        plan = locked_plan(plan_id)
        check_seen(plan, content_hash, status=seen_status)
        was = revisions.before(plan)
        leaving = _leaving(plan, addresses)
        if holder(plan.zone.exclusive_scope):
            raise busy(plan.zone.exclusive_scope)
        if plan.status == PlanStatus.APPROVED:
            note_installed(plan)
        before = rendered_now(plan)
        masters = _drop(plan, leaving)
        contents = dict(plan.files.values_list("path", "content"))
        files = _take_files(plan, rebased(before, rendered_now(plan), contents))
        again = _changed_in_service(plan)
        take_back(plan)
        plan.findings = [*plan.findings, *_told(plan, leaving, masters, again, actor, reason)]
        plan.save(update_fields=["findings", "roles", "host_keys", "removed"])
        texts = {path: contents.get(path) for path in files}
        revisions.rehash(plan, was, texts, actor=actor, verb="leave_out_nodes", reason=reason)
        audit.record(
            actor,
            "leave_out_nodes",
            plan.plan_id,
            reason=reason,
            nodes=[str(node.mgmt_address) for node in leaving],
            hash=plan.content_hash,
        )
    return LeftOut(find_plan(plan_id=plan_id), tuple(again), files)


def candidates(plan: Plan) -> list[Node]:
    """Return nodes of an open plan that could be left out, in hostname order."""
    rows = Node.objects.filter(mgmt_address__in=plan.roles, status__in=LEAVING).only(
        "node_id", "mgmt_address", "hostname", "status", "error"
    )
    return sorted(rows, key=lambda node: hostname_key(node.hostname))


def _leaving(plan: Plan, addresses: Sequence[str]) -> list[Node]:
    """Lock and return the nodes until the transaction ends. Raises :class:`Refused` for every unfit one."""
    named = nodes_at(addresses)
    nodes = list(Node.objects.select_for_update().filter(pk__in=[node.pk for node in named]))
    hosts = _vm_hosts(plan)
    findings = []
    for node in nodes:
        address = str(node.mgmt_address)
        if address not in plan.roles:
            said = message("P61", "not_in_plan", node=node, plan=plan.plan_id)
        elif node.status not in LEAVING:
            said = message("P61", "not_leaving", node=node, status=node.status)
        elif address in hosts and revisions.begun(plan):
            said = message("P61", "carries_vms", node=node, job=plan.job_id)
        elif address in hosts:
            said = message("P61", "shall_carry_vms", node=node, plan=plan.plan_id)
        else:
            continue
        findings.append(Finding(said, node=address))
    if not findings and len(nodes) == len(plan.roles):
        findings.append(Finding(message("P62", plan=plan.plan_id)))
    if findings:
        raise Refused(findings)
    return nodes


def _vm_hosts(plan: Plan) -> frozenset[str]:
    text = plan.files.filter(path=PLACEMENT).values_list("content", flat=True).first()
    if text is None or plan.kind == Plan.Kind.SCALE:
        return frozenset()
    try:
        return frozenset(read_placement(text).values())
    except ValueError:
        return frozenset(plan.roles)  # edited beyond reading: then any node may be a host


def _drop(plan: Plan, nodes: Collection[Node]) -> dict[str, str]:
    """Free what the nodes held; return, by their new Master's hostname, the networks that lost their Master."""
    gone = {str(node.mgmt_address): node.node_id for node in nodes}
    freed = free(plan.zone, nodes)
    move_nodes(Node.objects.filter(pk__in=[node.pk for node in nodes]), "unconfigure", error="")
    plan.roles = {
        address: {**given, "pair": "" if given["pair"] in gone else given["pair"]}
        for address, given in plan.roles.items()
        if address not in gone
    }
    for node_id in gone.values():
        plan.disk_identities.pop(node_id, None)
        plan.host_keys.pop(node_id, None)
    return freed.masters


def _take_files(plan: Plan, new: Rebased) -> tuple[str, ...]:
    """Write the files and return the paths written or removed. Raises :class:`Refused` where edited lines conflict."""
    rows = {row.path: row for row in plan.files.filter(path__in=[*new.changed, *new.gone, *new.conflicts])}
    if new.conflicts:
        raise Refused(_in_the_way(plan, path, rows.get(path)) for path in new.conflicts)
    addresses = {f"settings/{given['hostname']}": address for address, given in plan.roles.items()}
    for path, content in new.changed.items():
        row = rows.get(path) or PlanFile(plan=plan, path=path, address=addresses.get(path, ""))
        row.content = content
        row.save()
    for path in new.gone:
        if rows[path].base:
            plan.removed[path] = rows[path].base
    plan.files.filter(path__in=new.gone).delete()
    return (*new.changed, *new.gone)


def _in_the_way(plan: Plan, path: str, row: PlanFile | None) -> Finding:
    """Return the finding about lines that conflict: an edit, or facts of a node when the plan was made."""
    if row is not None and row.edited_by:
        said = message("P63", "edited", path=path, editor=row.edited_by, plan=plan.plan_id)
    elif revisions.begun(plan):
        said = message("P63", "other_facts_begun", path=path)
    else:
        said = message("P63", "other_facts", path=path, plan=plan.plan_id)
    return Finding(said, file=path)


def _changed_in_service(plan: Plan) -> list[str]:
    """Return hostnames of nodes in service whose settings differ from those that were installed on them."""
    active = Node.objects.filter(role__plan=plan, status=NodeStatus.ACTIVE)
    return [node.hostname for node in revisions.differently_set(plan, active)]


def _told(
    plan: Plan,
    left: Collection[Node],
    masters: Mapping[str, str],
    again: Sequence[str],
    actor: Actor,
    reason: str,
) -> list[Finding]:
    """Return what a reviewer must know, as findings of the plan."""
    found = [
        Finding(
            message("P64", "left_out_for", node=node, by=actor.name, reason=reason)
            if reason
            else message("P64", "left_out", node=node, by=actor.name),
            level="warning",
            node=str(node.mgmt_address),
        )
        for node in left
    ]
    for network, hostname in masters.items():
        found.append(
            Finding(message("P64", "becomes_master", hostname=hostname, network=network), level="warning")
        )
    if again:
        found.append(Finding(message("P64", "other_settings", nodes=again), level="warning"))
    others = Role.objects.filter(zone=plan.zone).exclude(node__mgmt_address__in=plan.roles)
    roles = [*others.values_list("role", flat=True), *(given["role"] for given in plan.roles.values())]
    hypers = [role for role in roles if role in HYPER_ROLES]
    if plan.zone.deploy_mode == "standard" and len(hypers) % 2:
        said = message("R02", "odd_then", hypers=len(hypers), then=when_odd(hypers))
        found.append(Finding(said, level="warning"))
    steps = _steps_left(plan)
    if steps:
        found.append(Finding(message("P64", "later_steps", steps=steps), level="warning"))
    return found


def _steps_left(plan: Plan) -> list[str]:
    """Return what a job does after the nodes, as commands to type; none while nodes of a known zone wait."""
    zone = plan.zone
    steps = []
    if plan.kind == Plan.Kind.ZONE and not zone.is_global:
        steps.append(f"clear_zone_cache -z {zone.zone_id}")
        at = Zone.objects.filter(region_id=zone.region_id, is_global=True).first()
        steps += [f"restart_services -z {at.zone_id}"] if at else []
        steps.append(f"render_haproxy -z {zone.zone_id}")
    elif open_addresses(plan):
        return []
    if zone.deploy_mode in MIRROR_MODES:
        steps.append(f"update_hyper_mirror -z {zone.zone_id}")
    if zone.network_mode == Zone.NetworkMode.SDN:
        steps.append(f"dump_vbc_route -z {zone.zone_id} (for the gateway)")
    return [*steps, f"rebuild_cache -z {zone.zone_id}"]
