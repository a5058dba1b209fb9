"""What nodes in service get after a scaling: which hypers there are, and the scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from nodes.models import Node
from operations.mirror.core import mirror_script
from operations.statistics.core import boss_script
from zones.core.world import MIRROR_MODES
from zones.models import Plan, Zone
from zones.services.zone_vms import boss_nodes, hypers_of


def mirror_targets(zone: Zone, plan: Plan) -> list[Node]:
    """Return the hypers that get the new list: all of them in fusion and devops, none in standard."""
    return hypers_of(zone, joining=plan.roles) if zone.deploy_mode in MIRROR_MODES else []


def describe_upkeep(zone: Zone, plan: Plan) -> list[dict[str, Any]]:
    """Describe these phases for a dry run; the list has every hyper that is installed by then."""
    hypers = mirror_targets(zone, plan)
    text = mirror_text(hypers)
    rows = [("update_hyper_mirror", node, "hyper_mirror", text) for node in hypers]
    rows += [("rebuild_cache", node, "boss_cache", boss_script()) for node in boss_nodes(zone)]
    return [
        {"node": str(node.mgmt_address), "phase": phase, "component": component, "command": command}
        for phase, node, component, command in rows
    ]


def mirror_text(hypers: Sequence[Node]) -> str:
    """Return the script that gives a hyper the list of these hypers."""
    listed = [(node.hostname, str(node.mgmt_address)) for node in hypers]
    return mirror_script(listed, steady_s=settings.INSTALLER_STEADY_S)
