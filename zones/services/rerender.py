"""Render the files of a zone again: of its open plan, or of the zone in service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from common.readings import Readings
from zones.core.allocation import vms_of
from zones.core.documents import VariablesDocument, variables_from_mapping
from zones.core.rendering import ZoneAfter, render_settings, render_zone
from zones.core.rendering.vpool import VpoolChoice, can_be_laid_out, kept_vpool
from zones.core.world import NodeView, ZoneView, whole
from zones.load import load_world, with_pools
from zones.models import Plan, Role, Zone


def rendered_now(plan: Plan) -> dict[str, str]:
    """Render those files of the zone that depend on its members, as they would be now; return them by path."""
    world = load_world(plan.roles, Readings(), plan.zone)
    zone = world.zone_by_id[plan.zone.zone_id]
    variables = _variables(plan.variables or plan.zone.variables)
    old = zone.nodes if plan.kind == Plan.Kind.SCALE else ()
    stay = [node for node in old if node.address not in plan.roles and node.status != "retired"]
    named = [
        _with_role(whole(world.node_by_address[address]), given) for address, given in plan.roles.items()
    ]
    after = ZoneAfter(
        zone_id=zone.zone_id,
        region_id=zone.region_id,
        deploy_mode=variables.deploy_mode or zone.deploy_mode,
        network_mode=variables.network_mode or zone.network_mode,
        variables=variables,
        nodes=(*stay, *named),
        new_node_ids=frozenset(node.node_id for node in named),
        vbcs=zone.vbcs,
        eips=zone.eips,
        vms=vms_of(zone.vms),
        pairs={address: given["pair"] for address, given in plan.roles.items() if given["pair"]},
        vpool={node.address: choice for node in named if (choice := _chosen(node, plan.roles[node.address]))},
    )
    return {file.path: file.content for file in render_zone(after)}


def settings_in_service(zone: Zone) -> dict[str, str]:
    """Render the settings of every node of the zone as they would be now, by path; empty for a zone without nodes."""
    rows = Role.objects.filter(zone=zone).values_list("node__mgmt_address", flat=True)
    members, readings = {str(address) for address in rows}, Readings()
    world = with_pools(load_world(members, readings, zone), members, readings)
    seen = world.zone_by_id.get(zone.zone_id)
    if seen is None:
        return {}
    after = _as_it_is(zone, seen)
    files = [render_settings(after, whole(node)) for node in after.nodes]
    return {file.path: file.content for file in files}


def _as_it_is(zone: Zone, seen: ZoneView) -> ZoneAfter:
    pairs = Role.objects.filter(zone=zone, pair__isnull=False)
    return ZoneAfter(
        zone_id=seen.zone_id,
        region_id=seen.region_id,
        deploy_mode=seen.deploy_mode,
        network_mode=seen.network_mode,
        variables=_variables(zone.variables),
        nodes=seen.nodes,
        vbcs=seen.vbcs,
        eips=seen.eips,
        pairs=dict(pairs.values_list("node__mgmt_address", "pair__mgmt_address")),
        vpool={node.address: choice for node in seen.nodes if (choice := kept_vpool(whole(node)))},
    )


def _chosen(node: NodeView, given: Mapping[str, Any]) -> VpoolChoice | None:
    """Return the layout that the plan has for the node's pool, while its disks allow it."""
    choice = VpoolChoice(**given["vpool"]) if given.get("vpool") else None
    return choice if choice and can_be_laid_out(node, choice.layout) else None


def _variables(values: Mapping[str, object]) -> VariablesDocument:
    return variables_from_mapping(values)[0] or VariablesDocument("", {})


def _with_role(node: NodeView, given: Mapping[str, object]) -> NodeView:
    return replace(node, role=str(given["role"]), sub_roles=tuple(given["sub_roles"]))  # type: ignore[arg-type]
