"""A zone's totals, as last counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from nodes.models import Node
from zones.models import Zone, ZoneCounts
from zones.services.lookups import find_zone


def count_zone(zone: Zone) -> dict[str, Any]:
    """Count nodes by status and role, cores, memory in bytes, networks: the database does the counting."""
    nodes = Node.objects.filter(role__zone=zone)
    sums = nodes.aggregate(cores=Sum("cpu_cores"), memory_bytes=Sum("memory_bytes"), nodes=Count("pk"))
    return {
        **{name: value or 0 for name, value in sums.items()},
        "by_status": dict(nodes.order_by().values_list("status").annotate(n=Count("pk"))),
        "by_role": dict(nodes.order_by().values_list("role__role").annotate(n=Count("pk"))),
        "vbcs": zone.vbcs.count(),
        "eip_pools": zone.eip_pools.count(),
    }


EMPTY: dict[str, Any] = {
    "nodes": 0,
    "cores": 0,
    "memory_bytes": 0,
    "by_status": {},
    "by_role": {},
    "vbcs": 0,
    "eip_pools": 0,
}


def kept_counts(*, zone_id: str) -> tuple[dict[str, Any], datetime | None]:
    """Return the last totals and when they were counted; empty totals and None without a count. Raises :class:`NotFound`."""
    row = ZoneCounts.objects.filter(zone=find_zone(zone_id)).first()
    return {**EMPTY, **(row.values if row else {})}, row.counted_at if row else None


def store_counts(zone: Zone) -> dict[str, Any]:
    """Count and store. Concurrent counts wait for one another, so that the later count stays."""
    with transaction.atomic():
        ZoneCounts.objects.get_or_create(zone=zone, defaults={"values": EMPTY})
        row = ZoneCounts.objects.select_for_update().get(zone=zone)
        row.values = count_zone(zone)
        row.save(update_fields=["values", "counted_at"])
    return dict(row.values)
