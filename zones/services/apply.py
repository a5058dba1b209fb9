"""Make a plan the zone's current state."""

from __future__ import annotations

from django.db.models.functions import Now

from zones.models import Plan, Zone, ZoneFile
from zones.services.reserve import BATCH
from zones.services.statistics import store_counts
from zones.states import move_plans


def apply_plan(plan: Plan, event: str) -> bool:
    """Move the plan to applied, take its files over and count the zone, in the caller's transaction; once only."""
    if not move_plans(Plan.objects.filter(pk=plan.pk), event, applied_at=Now()):
        return False
    ZoneFile.objects.bulk_create(
        [ZoneFile(zone=plan.zone, path=file.path, content=file.content) for file in plan.files.all()],
        batch_size=BATCH,
        update_conflicts=True,
        update_fields=["content"],
        unique_fields=["zone", "path"],
    )
    ZoneFile.objects.filter(zone=plan.zone, path__in=list(plan.removed)).delete()
    values = {"variables": plan.variables or plan.zone.variables, "vms": plan.vms or plan.zone.vms}
    if plan.qemu_version and not plan.zone.qemu_version:
        values["qemu_version"] = plan.qemu_version
    Zone.objects.filter(pk=plan.zone.pk).update(**values)
    store_counts(plan.zone)
    return True
