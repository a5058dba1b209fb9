"""From a zone after the plan to the files that are reviewed and installed; the same zone gives the same bytes."""

from __future__ import annotations

from zones.core.rendering.haproxy import render_front_gate, render_haproxy
from zones.core.rendering.model import RenderedFile, ZoneAfter
from zones.core.rendering.node_lists import node_groups, render_node_lists
from zones.core.rendering.node_settings import render_settings
from zones.core.rendering.routes import SYNTAXES, render_routes
from zones.core.rendering.vpool import VpoolAdvice, advise_vpool
from zones.core.rendering.zone_files import (
    PLACEMENT,
    SERVER_YAML,
    emulator_bins,
    read_placement,
    render_hosts,
    render_placement,
    render_server_yaml,
    render_variables,
)

__all__ = [
    "PLACEMENT",
    "SERVER_YAML",
    "SYNTAXES",
    "RenderedFile",
    "VpoolAdvice",
    "ZoneAfter",
    "advise_vpool",
    "emulator_bins",
    "node_groups",
    "read_placement",
    "render_front_gate",
    "render_haproxy",
    "render_hosts",
    "render_node_lists",
    "render_placement",
    "render_routes",
    "render_server_yaml",
    "render_settings",
    "render_variables",
    "render_zone",
]


def render_zone(zone: ZoneAfter) -> tuple[RenderedFile, ...]:
    """Render the settings of the new nodes and all files of the zone, sorted by path."""
    files = [render_settings(zone, node) for node in zone.new_nodes]
    files += [render_variables(zone), render_hosts(zone), *render_node_lists(zone)]
    if any(vm.host for vm in zone.vms):
        files.append(render_placement(zone))
    if zone.server_yaml:
        files.append(RenderedFile(SERVER_YAML, zone.server_yaml))
    if zone.network_mode == "sdn":
        files += [RenderedFile(f"routes/{syntax}", render_routes(zone.vbcs, syntax)) for syntax in SYNTAXES]
    return tuple(sorted(files, key=lambda item: item.path))
