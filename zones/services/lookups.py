"""Look-up of zones and plans by name, and their locks."""

from __future__ import annotations

from django.db import connection

from common.errors import NotFound
from common.messages import message
from common.pasted import refuse_pasted
from zones.models import Plan, PlanFile, VbcAssignment, Zone
from zones.states import PLAN_OPEN


def find_zone(zone_id: str) -> Zone:
    """Look up the zone with this id. Raises :class:`NotFound`."""
    zone = Zone.objects.filter(zone_id=zone_id).first()
    if zone is None:
        refuse_pasted([zone_id], field="zone_id")
        known = ", ".join(Zone.objects.values_list("zone_id", flat=True)[:20]) or "none yet"
        raise NotFound.because(message("Z01", "", zone=zone_id[:40], known=known))
    return zone


def find_plan(*, plan_id: str = "", zone_id: str = "") -> Plan:
    """Look up the plan with this id, or of a zone: the open one, else the newest. Raises :class:`NotFound`."""
    if plan_id:
        plan = Plan.objects.select_related("zone").filter(plan_id=plan_id).first()
        if plan is None:
            refuse_pasted([plan_id], field="plan_id")
            raise NotFound.because(message("P10", "unknown", plan=plan_id[:80]))
        return plan
    zone = find_zone(zone_id)
    plans = Plan.objects.select_related("zone").filter(zone=zone)
    plan = plans.filter(status__in=PLAN_OPEN).first() or plans.order_by("-revision").first()
    if plan is None:
        raise NotFound.because(message("P11", zone=zone_id, files=files_to_configure(zone)))
    return plan


def files_to_configure(zone: Zone) -> list[str]:
    """Return the options of config_qingcloud that make a plan of this zone: only a zone that has nodes is scaled."""
    if zone.roles.exists():
        return ["-s", f"scale_settings.{zone.zone_id}.yaml"]
    variables, settings = configuration_names(zone)
    return ["-v", variables, "-s", settings]


def configuration_names(zone: Zone) -> tuple[str, str]:
    """Return the names of the zone's variables file and of its settings file."""
    return f"variables.{zone.zone_id}.yaml", f"settings.{zone.zone_id}.yaml"


def find_file(plan: Plan, path: str) -> PlanFile:
    """Look up the file with this path. Raises :class:`NotFound`."""
    file = plan.files.filter(path=path[:255]).first()
    if file is None:
        refuse_pasted([path], field="path")
        raise NotFound.because(message("E01", "no_file", plan=plan.plan_id, path=path[:80]))
    return file


def locked_plan(plan_id: str) -> Plan:
    """Lock and return the plan until the transaction ends. Raises :class:`NotFound`."""
    plan = find_plan(plan_id=plan_id)
    return Plan.objects.select_for_update(of=("self",)).select_related("zone").get(pk=plan.pk)


def locked_zone(zone_id: str) -> Zone:
    """Lock and return the zone until the transaction ends. Raises :class:`NotFound`."""
    zone = find_zone(zone_id)
    return Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)


# Of PostgreSQL: serialization failure, deadlock, lock not available; the server ended the session (idle in a
# transaction, an administrator, a crash, a shutdown).
_PASSING = frozenset({"40001", "40P01", "55P03", "25P03", "57P01", "57P02", "57P03"})


def is_passing(error: Exception) -> bool:
    """Return whether a transaction that failed so may succeed when it is repeated.

    False inside another transaction, which is lost with it.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return False
    # An error without a code is one of the connection.
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or code in _PASSING


def lock_allocations() -> None:
    """Lock allocations until the transaction ends, so that two configurations never assign the same address.

    SQLite has one writer at a time anyway (immediate transactions).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(VbcAssignment._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
