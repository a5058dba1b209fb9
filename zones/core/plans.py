"""Plans for several zones in one call: each sees the world as changed by the previous ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.errors import Finding
from common.messages import message
from zones.core.plan import PlanResult, RoleAssignment, make_plan
from zones.core.plan_input import Documents, Options
from zones.core.rendering import SERVER_YAML
from zones.core.world import KnownNode, NodeView, World, ZoneView, whole


def make_plans(
    requests: Sequence[Documents], world: World, options: Mapping[str, Options] | None = None
) -> tuple[PlanResult, ...]:
    """Make one plan per zone, in the given order; ``options`` by zone id. A zone given twice is refused (R15)."""
    plans: list[PlanResult] = []
    seen: dict[str, str] = {}
    for documents in requests:
        zone_id = documents.settings.zone_id
        if zone_id in seen:
            again = Finding(
                message("R15", "settings_twice", zone=zone_id, other=seen[zone_id]),
                field="zone_id",
                file=documents.settings.name,
            )
            documents = replace(documents, findings=(*documents.findings, again))
        seen.setdefault(zone_id, documents.settings.name)
        plan = make_plan(documents, world, (options or {}).get(zone_id))
        plans.append(plan)
        if plan.ok and len(plans) < len(requests):
            world = world_after(world, plan)
    return tuple(plans)


def world_after(world: World, plan: PlanResult) -> World:
    """Return the world once ``plan`` is approved: its nodes belong to the zone, its networks are in use."""
    roles = {item.node_id: item for item in plan.roles}
    nodes = tuple(
        _placed(whole(node), plan.zone_id, roles[node.node_id]) if node.node_id in roles else node
        for node in world.nodes
    )
    old = world.zone_by_id.get(plan.zone_id)
    kept = old.nodes if old and plan.kind == "scale" else ()
    members = tuple(node for node in kept if node.node_id not in roles)
    zone = _zone(plan, old, members + tuple(node for node in nodes if node.node_id in roles))
    others = tuple(item for item in world.zones if old is None or item.zone_id != old.zone_id)
    return World((*others, zone), nodes)


def _placed(node: NodeView, zone_id: str, role: RoleAssignment) -> NodeView:
    status = "configured" if node.status == "available" else node.status
    return replace(node, status=status, zone_id=zone_id, role=role.role, sub_roles=role.sub_roles)


def _zone(plan: PlanResult, old: ZoneView | None, nodes: tuple[KnownNode, ...]) -> ZoneView:
    base = plan.variables.get("base", {})
    vms: dict[str, tuple[str, ...]] = {}
    for vm in plan.vms:
        vms[vm.role] = (*vms.get(vm.role, ()), vm.address)
    return ZoneView(
        zone_id=plan.zone_id,
        region_id=plan.region_id,
        deploy_mode=str(base.get("deploy_mode", "")),
        network_mode=str(base.get("network_mode", "")),
        is_global=base.get("is_global_zone") == 1,
        variables=plan.variables,
        qemu_version=old.qemu_version if old else "",
        has_active_nodes=any(node.status == "active" for node in nodes),
        nodes=nodes,
        vbcs=plan.vbcs,
        eips=plan.eips,
        vms=vms,
        emulators=old.emulators if old else {},
        server_yaml=next((file.content for file in plan.files if file.path == SERVER_YAML), ""),
    )
