"""adopt_zone: register a zone that runs already. No machine is touched."""

from __future__ import annotations

from django.db import transaction

from jobs import audit
from jobs.actor import Actor
from jobs.errors import Refused
from nodes.models import Node
from nodes.services.exclusion import refuse_if_busy
from zones.core.plan import make_plan
from zones.load import load_world
from zones.models import Plan, Zone
from zones.services import revisions
from zones.services.apply import apply_plan
from zones.services.decide import give_roles, settle_zone
from zones.services.files import ConfigFile, read_files
from zones.services.find import find_plan, lock_allocations


def adopt_zone(*, variables: ConfigFile, settings: ConfigFile, actor: Actor) -> Plan:
    """Take over a running zone as its two files describe it: its collected nodes become active.

    Gives the plan that records it. Raises :class:`Refused` with every finding, :class:`Busy` while a job has
    work to do on one of them.
    """
    loaded = read_files([variables], [settings], adopt=True)
    if loaded.findings:
        raise Refused(
            [*loaded.findings, *(item for zone in loaded.zones for item in zone.documents.findings)]
        )
    files = loaded.zones[0]
    with transaction.atomic():
        lock_allocations()
        if Zone.objects.filter(zone_id=files.zone_id).exists():
            raise Refused.because(
                "Z02",
                f"zone {files.zone_id} is registered already",
                "to add nodes give a scale_settings file",
            )
        result = make_plan(files.documents, load_world())
        if not result.ok:
            raise Refused(result.findings)
        taken = [assignment.node_id for assignment in result.roles]
        refuse_if_busy(list(Node.objects.filter(node_id__in=taken)))
        zone = revisions.new_zone(result)
        plan = revisions.create(zone, result, files.sources, actor)
        give_roles(plan, "adopt")
        settle_zone(plan)
        apply_plan(plan, "adopt")
        audit.record(actor, "adopt_zone", zone.zone_id, plan=plan.plan_id)
    return find_plan(plan_id=plan.plan_id)
