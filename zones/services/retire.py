"""retire_nodes: machines leave service permanently. Nothing runs on any machine.

A broken hypervisor that stays a member of its zone is contacted by every later job and holds its networks. Steps on
the platform itself are listed, not performed: they cannot be tested beforehand.

======  =================================================================================================
Z20     a node that is not in service
Z21     nodes of several zones
Z22     an open plan was made with these nodes
Z23     what is left to be done by hand (findings of the answer, not a refusal)
======  =================================================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass

from django.db import transaction

from common import audit
from common.actor import Actor
from common.confirmation import check_confirmed
from common.errors import Finding, Refused
from common.messages import Message, message, phrase
from common.wording import _
from jobs.lookups import busy, holder
from nodes.models import Node
from nodes.services.busy_check import refuse_if_busy
from nodes.services.lookups import nodes_at
from nodes.states import NodeStatus, move_nodes
from zones.core.diff import SETTINGS
from zones.core.gc_pause import collector_paused
from zones.core.merge import merge
from zones.core.rendering import PLACEMENT, read_placement
from zones.core.rules.roles import when_odd
from zones.core.world import HYPER_ROLES, MIRROR_MODES
from zones.describe import unified
from zones.models import Plan, Role, Zone, ZoneFile
from zones.services.lookups import lock_allocations
from zones.services.release_node import Freed, free
from zones.services.rerender import settings_in_service
from zones.services.statistics import store_counts
from zones.states import PLAN_OPEN

# Where component os puts the settings of a node.
ON_NODE = "/pitrix/conf/settings"


@dataclass(frozen=True, slots=True)
class Retired:
    """The retired nodes and their zone, what is left to do (Z23), and unified diffs of settings that change, by path."""

    zone_id: str
    nodes: tuple[Node, ...]
    findings: tuple[Finding, ...]
    settings: Mapping[str, str]


def retire_nodes(
    *, addresses: Sequence[str], actor: Actor, reason: str = "", confirm: str = "", dry_run: bool = False
) -> Retired:
    """Take nodes that are in service out of their zone: what they carried is free or goes to the next hyper.

    It cannot be undone: ``confirm`` holds the host names (of many nodes: their number), ``reason`` says why.
    ``dry_run`` changes nothing and returns what would follow. Raises :class:`Refused` with every reason (Z20 to Z22),
    :class:`Busy` while a job of the region runs (R20) or a job has work to do on one of them.
    """
    with transaction.atomic(), collector_paused():
        lock_allocations()
        nodes = nodes_at(addresses)
        zone = _zone_of(nodes)
        if holder(zone.exclusive_scope):
            raise busy(zone.exclusive_scope)
        refuse_if_busy(nodes)
        if not dry_run:
            check_confirmed(
                [node.label for node in nodes],
                confirm=confirm,
                what=phrase(_("leaving service")),
                reason=reason,
            )
        before = settings_in_service(zone)
        lost = set(Role.objects.filter(node__in=[node.pk for node in nodes]).values_list("role", flat=True))
        told = _of_placement(zone, nodes)
        freed = free(zone, nodes)
        moved = move_nodes(Node.objects.filter(pk__in=[node.pk for node in nodes]), "retire", error="")
        if moved != len(nodes):
            raise Refused.because(message("Z20", "changed_meanwhile"))
        settings, more = _keep_files(zone, nodes, before, settings_in_service(zone))
        told += [*_of_networks(freed), *more, *_of_zone(zone, lost)]
        store_counts(zone)
        audit.record(
            actor,
            "retire_nodes",
            zone.zone_id,
            reason=reason,
            nodes=[
                {"node_id": node.node_id, "address": str(node.mgmt_address), "hostname": node.hostname}
                for node in nodes
            ],
            left_to_do=told,
            settings=settings,
        )
        if dry_run:
            transaction.set_rollback(True)
    return Retired(zone.zone_id, tuple(nodes), tuple(told), settings)


def _zone_of(nodes: Sequence[Node]) -> Zone:
    """Return the zone that all of them serve, and lock the nodes. Raises :class:`Refused` for every unfit one."""
    rows = Role.objects.filter(node__in=[node.pk for node in nodes]).select_related("zone")
    zones = {role.node_id: role.zone for role in rows}
    states = dict(
        Node.objects.select_for_update()
        .filter(pk__in=[node.pk for node in nodes])
        .values_list("pk", "status")
    )
    findings = [_unfit(node, states.get(node.pk, "gone"), zones.get(node.pk)) for node in nodes]
    found = [item for item in findings if item]
    names = sorted({zone.zone_id for zone in zones.values()})
    if not found and len(names) > 1:
        found.append(Finding(message("Z21", zones=names)))
    if not found:
        zone = next(iter(zones.values()))
        plan = Plan.objects.filter(zone=zone, status__in=PLAN_OPEN).first()
        if plan is None:
            return zone
        found.append(Finding(message("Z22", plan=plan.plan_id, status=plan.status)))
    raise Refused(found)


def _unfit(node: Node, status: str, zone: Zone | None) -> Finding | None:
    if status == NodeStatus.ACTIVE and zone:
        return None
    return Finding(_not_in_service(node, status, zone), node=str(node.mgmt_address))


def _not_in_service(node: Node, status: str, zone: Zone | None) -> Message:
    if status == NodeStatus.RETIRED:
        return message("Z20", "retired", node=node, status=status)
    if status == NodeStatus.SCALING:
        return message("Z20", "in_a_job", node=node, status=status)
    if status in (NodeStatus.SCALE_FAILED, NodeStatus.CONFIGURED):
        where = ["-z", zone.zone_id] if zone else ["PLAN"]
        return message("Z20", "in_a_plan", node=node, status=status, where=where, address=node.mgmt_address)
    return message("Z20", "in_no_zone", node=node, status=status)


def _keep_files(
    zone: Zone, nodes: Collection[Node], before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[dict[str, str], list[Finding]]:
    """Update the zone's settings files; return the diffs by path, and what could not be determined.

    Files of the whole zone follow with its next plan, whose review shows them.
    """
    gone = [f"{SETTINGS}{node.hostname}" for node in nodes]
    ZoneFile.objects.filter(zone=zone, path__in=gone).delete()
    changed = {path for path in after if after[path] != before.get(path)}
    diffs, told = {}, []
    for row in ZoneFile.objects.filter(zone=zone, path__in=changed):
        wanted = merge(before[row.path], row.content, after[row.path])
        host = row.path.removeprefix(SETTINGS)
        if wanted is None:
            told.append(
                Finding(message("Z23", "edited_settings", hostname=host, path=ON_NODE), level="warning")
            )
            diffs[row.path] = unified(row.path, before[row.path], after[row.path])
        elif wanted != row.content:
            told.append(
                Finding(message("Z23", "other_settings", hostname=host, path=ON_NODE), level="warning")
            )
            diffs[row.path] = unified(row.path, row.content, wanted)
            row.content = wanted
            row.save(update_fields=["content"])
    return diffs, told


def _of_networks(freed: Freed) -> list[Finding]:
    found = [
        Finding(message("Z23", "becomes_master", hostname=hostname, network=network), level="warning")
        for network, hostname in freed.masters.items()
    ]
    for vbc in freed.networks:
        routes = [
            (vbc.ipv4_network, vbc.ipv4_vip, "ip route del"),
            (vbc.ipv6_network, vbc.ipv6_vip, "ip -6 route del"),
        ]
        for network, vip, verb in routes:
            if network:
                found.append(
                    Finding(
                        message("Z23", "free_network", network=network, verb=verb, vip=vip),
                        level="warning",
                    )
                )
    return found + [Finding(message("Z23", "segment", segment=pool), level="warning") for pool in freed.pools]


def _of_placement(zone: Zone, nodes: Collection[Node]) -> list[Finding]:
    """Return what else ran on these machines, while they are still members."""
    names = {str(node.mgmt_address): node.hostname for node in nodes}
    text = ZoneFile.objects.filter(zone=zone, path=PLACEMENT).values_list("content", flat=True).first()
    try:
        placed = read_placement(text) if text else {}
    except ValueError as error:
        said = message("Z23", "placement_unreadable", reason=error)
        placed, found = {}, [Finding(said, level="warning")]
    else:
        found = []
    found += [
        Finding(message("Z23", "carries_vm", vm=vm, hostname=names[host]), level="warning")
        for vm, host in placed.items()
        if host in names
    ]
    pairs = Role.objects.filter(zone=zone, pair__in=[node.pk for node in nodes]).exclude(
        node__in=[node.pk for node in nodes]
    )
    return found + [
        Finding(
            message("Z23", "drbd_peer", hostname=role.node.hostname, peer=role.pair.hostname),
            level="warning",
        )
        for role in pairs.select_related("node", "pair")
        if role.pair
    ]


def _of_zone(zone: Zone, lost: Set[str]) -> list[Finding]:
    """Return what the remaining zone requires; ``lost``: roles of the nodes that left."""
    roles = Role.objects.filter(zone=zone)
    hypers = list(roles.filter(role__in=HYPER_ROLES).values_list("role", flat=True))
    found = []
    if zone.deploy_mode == Zone.DeployMode.STANDARD and len(hypers) % 2:
        said = message("R02", "odd_remain", hypers=len(hypers), then=when_odd(hypers))
        found.append(Finding(said, level="warning"))
    found += [
        Finding(message("Z23", "last_of_role", role=role, zone=zone.zone_id), level="warning")
        for role in ("ks", "vg")
        if role in lost and not roles.filter(role=role).exists()
    ]
    if zone.deploy_mode in MIRROR_MODES and hypers and not lost.isdisjoint(HYPER_ROLES):
        found.append(Finding(message("Z23", "mirror_list", zone=zone.zone_id), level="warning"))
    return [*found, Finding(message("Z23", "machine_runs"), level="info")]
