"""Which zone and role each node has, for the modules that describe nodes."""

from __future__ import annotations

from typing import Any

from common.keyed_rows import KeyedRows
from zones.models import Role


def places(node_pks: list[int]) -> dict[int, dict[str, Any]]:
    """Return ``{node primary key: {"zone_id", "role", "sub_roles"}}``; one query."""
    return {
        pk: {"zone_id": zone_id, "role": role, "sub_roles": sub}
        for pk, zone_id, role, sub in _ROLES.of(node_pks)
    }


_ROLES = KeyedRows(
    lambda pks: (
        Role.objects.filter(node__pk__among=pks)
        .order_by()
        .values_list("node_id", "zone__zone_id", "role", "sub_roles")
    )
)
