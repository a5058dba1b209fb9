"""update_nodes and build_global_conf: packages on nodes in service."""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import message
from common.pasted import refuse_pasted
from jobs.models import Job
from jobs.services.submit import submit
from nodes.services.lookups import targets
from operations.commands.service import common_scope, common_zone
from operations.packages.vendor import GLOBAL_CONF, vendor_package
from zones.services.groups import read_group_in_service
from zones.services.lookups import find_zone

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]{1,99}", re.ASCII)


def update_nodes(*, group: str, packages: Sequence[str], actor: Actor, zone_id: str = "") -> Job:
    """Start installing packages on every node of the group. Raises :class:`Busy`, :class:`Refused`."""
    names = list(dict.fromkeys(packages))
    refuse_pasted(names, field="packages")
    findings = [_no_package(name) for name in names if not _known(name)]
    if findings or not names:
        raise Refused(findings or [_no_package("")])
    nodes = read_group_in_service(group, zone_id=zone_id)
    return submit(
        action="update_nodes",
        targets=targets(nodes),
        actor=actor,
        zone_id=common_zone(nodes),
        exclusive_scope=common_scope(nodes, group),
        params={"group": group, "packages": names},
    )


def _known(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and (name == GLOBAL_CONF or vendor_package(name) is not None)


def _no_package(name: str) -> Finding:
    return Finding(message("I01", "unknown", name=name[:60], global_conf=GLOBAL_CONF), field="packages")


def build_global_conf(*, zone_id: str, actor: Actor) -> Job:
    """Start building ``pitrix-global-conf`` from the zone's current files. Raises :class:`Busy`."""
    zone = find_zone(zone_id)
    return submit(
        action="build_global_conf",
        targets=[],
        actor=actor,
        zone_id=zone.zone_id,
        exclusive_scope=zone.exclusive_scope,
    )
