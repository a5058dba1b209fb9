"""update_nodes, update_hyper_mirror and build_global_conf: maintenance of nodes in service."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobs.actor import Actor
from jobs.errors import Finding, Refused
from jobs.models import Job
from jobs.services import submit
from nodes.models import Node
from nodes.services.find import targets
from zones.core.install.regional import MIRROR_MODES
from zones.models import Zone
from zones.services.exec import common_scope, common_zone
from zones.services.find import find_zone
from zones.services.groups import read_group_in_service
from zones.services.packages import GLOBAL_CONF, vendor_package

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]{1,99}", re.ASCII)


def update_nodes(*, group: str, packages: Sequence[str], actor: Actor, zone_id: str = "") -> Job:
    """Begin installing packages on every node of the group. Raises :class:`Busy`, :class:`Refused`."""
    names = list(dict.fromkeys(packages))
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
    return Finding(
        "U01",
        f"there is no package {name[:60]!r}",
        f"put NAME_VERSION_ARCH.deb into packages/ of the data folder; {GLOBAL_CONF} is always there",
        field="packages",
    )


def update_hyper_mirror(*, group: str = "hyper", actor: Actor, zone_id: str = "") -> Job:
    """Begin writing the list of all hypers of a zone on the hypers of a group.

    Raises :class:`Busy`; :class:`Refused` for nodes of several zones, in standard mode, or for other nodes.
    """
    found = read_group_in_service(group, zone_id=zone_id)
    nodes = [node for node in found if node.role.role.startswith("hyper-")]
    zones = {node.role.zone for node in nodes}
    if len(zones) != 1:
        raise Refused.because(
            "U02",
            f"group {group[:60]} has hypers of {len(zones)} zones",
            f"name one zone: -z {' or '.join(sorted(zone.zone_id for zone in zones))}"
            if zones
            else "name a group that has hypers, such as hyper",
        )
    zone = zones.pop()
    if zone.deploy_mode not in MIRROR_MODES:
        raise Refused.because(
            "U03",
            f"zone {zone.zone_id} is {zone.deploy_mode}: it has no mirror list",
            "nothing is to be done for it",
        )
    return _in_zone("update_hyper_mirror", zone, nodes, actor)


def build_global_conf(*, zone_id: str, actor: Actor) -> Job:
    """Begin building ``pitrix-global-conf`` from what the zone has now. Raises :class:`Busy`."""
    return _in_zone("build_global_conf", find_zone(zone_id), [], actor)


def _in_zone(action: str, zone: Zone, nodes: Sequence[Node], actor: Actor) -> Job:
    return submit(
        action=action,
        targets=targets(nodes),
        actor=actor,
        zone_id=zone.zone_id,
        exclusive_scope=zone.exclusive_scope,
    )
