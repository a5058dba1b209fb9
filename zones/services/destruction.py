"""What a stored plan destroys: see :mod:`zones.core.destruction`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from zones.core.destruction import DestroyedDisk, destroyed
from zones.core.rendering.settings_reader import read_settings
from zones.load import planned_nodes
from zones.models import Plan, Role, ZoneFile
from zones.states import PLAN_OPEN


def plan_destroys(plan: Plan, address: str = "") -> tuple[DestroyedDisk, ...]:
    """Return every disk that installing ``plan`` formats, from its files and its nodes' current data.

    ``address``: of this node only. Four queries. A plan that adopts a running zone, or that is closed, formats nothing.
    """
    if plan.kind == Plan.Kind.ADOPT or plan.status not in PLAN_OPEN:
        return ()
    roles = {key: role for key, role in plan.roles.items() if not address or key == address}
    files = plan.files.filter(path__startswith="settings/").exclude(address="")
    if address:
        files = files.filter(address=address)
    settings = {}
    for key, content in files.values_list("address", "content"):
        with suppress(ValueError):
            settings[key] = read_settings(content)
    return destroyed(planned_nodes(roles, drives=False), settings)


def open_plan_of(address: str) -> Plan | None:
    """Return the draft or approved plan that installs the node with this management address; one query."""
    return Plan.objects.filter(status__in=PLAN_OPEN, roles__has_key=address).order_by("-pk").first()


def disks_in_service(role: Role, address: str) -> tuple[DestroyedDisk, ...]:
    """Return the disks that a node in service uses, by the settings file that its zone has; four queries.

    In the shape of what installing it anew would format, for what each disk became.
    """
    path = f"settings/{role.node.hostname}"
    content = ZoneFile.objects.filter(zone=role.zone_id, path=path).values_list("content", flat=True).first()
    if content is None:
        return ()
    try:
        settings = {address: read_settings(content)}
    except ValueError:
        return ()
    nodes = planned_nodes({address: {"role": role.role, "sub_roles": role.sub_roles}}, drives=False)
    return destroyed([replace(node, status="configured") for node in nodes], settings)
