"""A zone whose id changes: its rows move to the new id, in the transaction of the configuration (R23)."""

from __future__ import annotations

from collections.abc import Sequence

from common import audit
from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import Message, message
from jobs.lookups import busy, holder
from jobs.models import Job
from nodes.states import NodeStatus
from zones.models import EipPool, Plan, Role, VbcAssignment, Zone
from zones.services.config_files import ZoneFiles
from zones.services.lookups import find_zone

RUNNING = frozenset({NodeStatus.ACTIVE, NodeStatus.SCALING})


def rekey(
    *, old_id: str, zones: Sequence[ZoneFiles], force: bool, confirmed: bool, actor: Actor
) -> list[Finding]:
    """Give the zone ``old_id`` the id that the files carry; the caller rolls back when anything is refused.

    Unless confirmed, return what would move: an error that asks for the confirmation, and a line for each row.
    Raises :class:`Refused` when it cannot be done, :class:`Busy` while a job of the region runs.
    """
    zone, new_id = _checked(old_id, zones, force)
    if holder(zone.exclusive_scope):
        raise busy(zone.exclusive_scope)
    rows = [] if confirmed else rows_of(zone, new_id)
    for plan in Plan.objects.filter(zone=zone).only("plan_id", "revision"):
        Plan.objects.filter(pk=plan.pk).update(plan_id=f"{new_id}-{plan.revision}")
    Job.objects.filter(zone_id=old_id).update(zone_id=new_id)
    Zone.objects.filter(pk=zone.pk).update(zone_id=new_id)
    audit.record(actor, "rekey_zone", new_id, former=old_id)
    if confirmed:
        return []
    ask = Finding(message("R23", "confirm_new_id", old=old_id, new=new_id, rows=len(rows)), field="zone_id")
    return [ask, *(Finding(row, level="info", field="zone_id") for row in rows)]


def _checked(old_id: str, zones: Sequence[ZoneFiles], force: bool) -> tuple[Zone, str]:
    files = [item for item in zones if item.documents.kind == "zone"]
    if len(zones) != 1 or not files:
        raise Refused.because(message("R23", "one_zone_only"))
    zone, new_id = find_zone(old_id), files[0].zone_id
    place = {"field": "zone_id", "file": files[0].documents.settings.name}
    if not force:
        raise Refused.because(message("R23", "needs_force", zone=old_id), **place)
    if Zone.objects.filter(zone_id=new_id).exists():
        raise Refused.because(message("R23", "id_taken", zone=new_id), **place)
    running = Role.objects.filter(zone=zone, node__status__in=RUNNING).select_related("node")
    names = [role.node.hostname for role in running[:5]]
    if names:
        raise Refused.because(message("R23", "active_nodes", zone=old_id, names=names, new=new_id), **place)
    return zone, new_id


def rows_of(zone: Zone, new_id: str) -> list[Message]:
    """Return every row that moves, as a sentence."""
    found = [message("R23", "zone_becomes", zone=zone.zone_id, new=new_id)]
    for plan in Plan.objects.filter(zone=zone).order_by("revision").only("plan_id", "revision", "status"):
        found.append(
            message(
                "R23", "plan_becomes", plan=plan.plan_id, status=plan.status, new=f"{new_id}-{plan.revision}"
            )
        )
    found += [
        message("R23", "node_moves", node=role.node, role=role.role)
        for role in Role.objects.filter(zone=zone).select_related("node")
    ]
    found += [message("R23", "vbc_moves", vbc=vbc) for vbc in VbcAssignment.objects.filter(zone=zone)]
    found += [
        message("R23", "segment_moves", segment=pool)
        for pool in EipPool.objects.filter(zone=zone).select_related("vg")
    ]
    found += [
        message("R23", "job_moves", job=job_id)
        for job_id in Job.objects.filter(zone_id=zone.zone_id).values_list("job_id", flat=True)
    ]
    return found
