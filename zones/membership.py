"""Which zone and role each node has, for the modules that describe nodes."""

from __future__ import annotations

from typing import Any

from zones.models import Role


def places(node_pks: list[int]) -> dict[int, dict[str, Any]]:
    """Return ``{node primary key: {"zone_id", "role", "sub_roles"}}``; one query."""
    rows = Role.objects.filter(node__in=node_pks).values_list("node_id", "zone__zone_id", "role", "sub_roles")
    return {pk: {"zone_id": zone_id, "role": role, "sub_roles": sub} for pk, zone_id, role, sub in rows}
