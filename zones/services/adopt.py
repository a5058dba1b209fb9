"""adopt_zone: register a zone that is already running. No machine is touched."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from common import audit
from common.actor import Actor
from common.errors import Outdated, Refused
from common.messages import message
from common.readings import Readings
from nodes.models import Node
from nodes.services.busy_check import refuse_if_busy
from zones.core.plan import make_plan
from zones.describe import plan_json
from zones.load import load_world
from zones.models import Plan, Zone
from zones.services import revisions
from zones.services.apply import apply_plan
from zones.services.approve import give_roles, settle_zone
from zones.services.config_files import ConfigFile, read_files
from zones.services.lookups import find_plan, lock_allocations
from zones.states import PLAN_OPEN


def adopt_zone(*, variables: ConfigFile, settings: ConfigFile, actor: Actor, content_hash: str = "") -> Plan:
    """Take over a running zone as its two files describe it: its collected nodes become active.

    Nothing is allocated: running machines have their networks, and the files list them.

    Args:
        variables: The zone's variables file.
        settings: Its settings file.
        actor: The user who asks for it.
        content_hash: Of the preview that the person reviewed; empty: there was no preview.

    Returns:
        The plan that records it.

    Raises:
        Refused: Every finding.
        Outdated: Z40 what it would record differs from the preview.
        Busy: A job has work to do on one of the nodes.
    """
    with transaction.atomic():
        plan = _adopt(variables, settings, actor)
        if content_hash and plan.content_hash != content_hash:
            raise Outdated.because(message("Z40", zone=plan.zone.zone_id))
    return find_plan(plan_id=plan.plan_id)


def preview_adoption(*, variables: ConfigFile, settings: ConfigFile, actor: Actor) -> dict[str, Any]:
    """Return what :func:`adopt_zone` would record, in the shape of a plan; nothing is kept. Raises the same."""
    with transaction.atomic():
        plan = _adopt(variables, settings, actor)
        shown = plan_json(find_plan(plan_id=plan.plan_id), files=True, diff=False)
        transaction.set_rollback(True)
    return shown


def _adopt(variables: ConfigFile, settings: ConfigFile, actor: Actor) -> Plan:
    loaded = read_files([variables], [settings], adopt=True)
    if loaded.findings:
        raise Refused(
            [*loaded.findings, *(item for zone in loaded.zones for item in zone.documents.findings)]
        )
    files = loaded.zones[0]
    lock_allocations()
    known = Zone.objects.filter(zone_id=files.zone_id).first()
    if known:
        _refuse_in_use(known)
    result = make_plan(files.documents, load_world(files.documents.settings.roles, Readings()))
    if not result.ok:
        raise Refused(result.findings)
    taken = [assignment.node_id for assignment in result.roles]
    refuse_if_busy(list(Node.objects.filter(node_id__in=taken)))
    zone = known or revisions.new_zone(result)
    plan = revisions.create(zone, result, files.sources, actor)
    give_roles(plan, "adopt")
    settle_zone(plan)
    apply_plan(plan, "adopt")
    audit.record(actor, "adopt_zone", zone.zone_id, plan=plan.plan_id)
    return plan


def _refuse_in_use(zone: Zone) -> None:
    """Refuse a zone that is already registered; one with only rejected plans can be adopted. Raises :class:`Refused`."""
    plan = zone.plans.filter(status__in=PLAN_OPEN).first()
    if plan and not zone.roles.exists():
        raise Refused.because(message("Z02", "open_plan", zone=zone.zone_id, plan=plan.plan_id))
    if zone.roles.exists() or zone.vbcs.exists() or zone.eip_pools.exists():
        raise Refused.because(message("Z02", "registered", zone=zone.zone_id))
