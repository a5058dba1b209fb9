"""update_hyper_mirror: each hyper of a zone gets the list of all of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from common.actor import Actor
from common.errors import Refused
from common.messages import message
from jobs.models import Job
from jobs.services.submit import submit
from nodes.models import Node
from nodes.services.lookups import targets
from operations.mirror.core import mirror_script
from zones.core.world import MIRROR_MODES
from zones.models import Plan, Zone
from zones.services.groups import read_group_in_service
from zones.services.zone_vms import hypers_of


def update_hyper_mirror(*, group: str = "hyper", actor: Actor, zone_id: str = "") -> Job:
    """Start writing the list of all hypers of a zone to the hypers of a group.

    Raises :class:`Busy`; :class:`Refused` for nodes of several zones, in standard mode, or for nodes that are not hypers.
    """
    found = read_group_in_service(group, zone_id=zone_id)
    nodes = [node for node in found if node.role.role.startswith("hyper-")]
    zones = {node.role.zone for node in nodes}
    if len(zones) != 1:
        raise Refused.because(
            message(
                "I02",
                "several_zones",
                group=group[:60],
                count=len(zones),
                zones=sorted(zone.zone_id for zone in zones),
            )
            if zones
            else message("I02", "no_hypers", group=group[:60])
        )
    zone = zones.pop()
    if zone.deploy_mode not in MIRROR_MODES:
        raise Refused.because(message("I03", zone=zone.zone_id, mode=zone.deploy_mode))
    return submit(
        action="update_hyper_mirror",
        targets=targets(nodes),
        actor=actor,
        zone_id=zone.zone_id,
        exclusive_scope=zone.exclusive_scope,
    )


def mirror_targets(zone: Zone, plan: Plan) -> list[Node]:
    """Return the hypers that get the new list: all of them in fusion and devops, none in standard."""
    return hypers_of(zone, joining=plan.roles) if zone.deploy_mode in MIRROR_MODES else []


def mirror_text(hypers: Sequence[Node]) -> str:
    """Return the script that gives a hyper the list of these hypers."""
    listed = [(node.hostname, str(node.mgmt_address)) for node in hypers]
    return mirror_script(listed, steady_s=settings.INSTALLER_STEADY_S)
