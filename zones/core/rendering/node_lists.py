"""Node lists: the groups that ``exec_nodes`` and ``update_nodes`` address, one hostname a line."""

from __future__ import annotations

from zones.core.rendering.model import RenderedFile, ZoneAfter
from zones.core.rendering.sinks import list_line


def node_groups(zone: ZoneAfter) -> dict[str, list[str]]:
    """Return hostnames by group: ``all phy ks vg hyper``, each role and sub-role, the same with the zone, each host.

    ``all`` includes the management VMs, ``phy`` does not. The five basic groups exist even when empty.
    """
    groups: dict[str, list[str]] = {name: [] for name in ("all", "phy", "ks", "vg", "hyper")}
    for node in zone.sorted_nodes:
        names = ["all", "phy", *_names(zone, {node.role or "", *node.sub_roles}, hyper=node.is_hyper)]
        for name in [*names, node.hostname]:
            groups.setdefault(name, []).append(node.hostname)
    for vm in zone.vms:
        hostname = zone.vm_hostname(vm)
        roles = {vm.role} if vm.role != "ks" else {"vm-ks"}
        for name in ["all", *_names(zone, roles, hyper=False), hostname]:
            groups.setdefault(name, []).append(hostname)
    return groups


def _names(zone: ZoneAfter, roles: set[str], *, hyper: bool) -> list[str]:
    plain = sorted((roles | {"hyper"} if hyper else roles) - {""})
    return [*plain, *(f"{zone.zone_id}-{name}" for name in plain)]


def render_node_lists(zone: ZoneAfter) -> tuple[RenderedFile, ...]:
    """Render ``nodes/<group>`` for every group."""
    groups = node_groups(zone)
    return tuple(
        RenderedFile(f"nodes/{name}", "".join(map(list_line, groups[name]))) for name in sorted(groups)
    )
