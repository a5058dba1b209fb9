"""Load what the map of a zone shows: a fixed number of queries, whatever its size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from installer.console.pictures.zone_map import MAX_VBCS, Joins, MapNode, MapPool, MapVbc, ZoneMap, draw_zone
from nodes.models import Node
from zones.models import VbcMember, Zone
from zones.states import PLAN_OPEN, PlanStatus


def zone_map(zone: Zone) -> ZoneMap:
    """Draw the zone as it is, with what its open plan adds; at most seven queries."""
    plan = zone.plans.filter(status__in=PLAN_OPEN).only("zone_id", "status", "roles").first()
    joins: Joins = "" if plan is None else "approved" if plan.status == PlanStatus.APPROVED else "draft"
    masters = set(zone.vbcs.values_list("master__node_id", flat=True))
    nodes = _nodes(zone, plan.roles if plan else {}, joins, masters)
    plan_pk = plan.pk if plan else 0
    return draw_zone(
        nodes, _vbcs(zone, plan_pk, joins), _pools(zone, plan_pk, joins), vbc_count=zone.vbcs.count()
    )


def _nodes(
    zone: Zone, planned: Mapping[str, Mapping[str, Any]], joins: Joins, masters: set[str]
) -> list[MapNode]:
    fields = ("role", "node__node_id", "node__hostname", "node__mgmt_address", "node__status")
    found: dict[str, MapNode] = {}
    rows = zone.roles.order_by("pk").values_list(*fields, "pair__hostname", "pair__mgmt_address")
    for role, node_id, hostname, address, status, pair, pair_address in rows:
        adds: Joins = joins if address in planned and status != "active" else ""
        found[address] = MapNode(
            node_id, hostname or address, role, status, adds, pair or pair_address or "", node_id in masters
        )
    missing = [address for address in planned if address not in found]
    statuses = dict(Node.objects.filter(mgmt_address__in=missing).values_list("mgmt_address", "status"))
    for address in missing:
        given = planned[address]
        pair = planned.get(given.get("pair", ""), {}).get("hostname", given.get("pair", ""))
        node_id = given.get("node_id", "")
        found[address] = MapNode(
            *(node_id, given.get("hostname") or address, given["role"], statuses.get(address, "new")),
            *(joins, pair, node_id in masters),
        )
    return list(found.values())


def _vbcs(zone: Zone, plan_pk: int, joins: Joins) -> list[MapVbc]:
    """Return VBC networks: those of the open plan first, then of the others the last ones, in their order."""
    mine = Case(When(plan=plan_pk, then=Value(0)), default=Value(1), output_field=IntegerField())
    fields = ("pk", "plan_id", "ipv4_network", "ipv6_network", "ipv4_vip", "ipv6_vip")
    rows = zone.vbcs.order_by(mine, "-pk").values_list(*fields, "master__hostname", "master__mgmt_address")[
        :MAX_VBCS
    ]
    vbcs = sorted(rows, key=lambda row: (not plan_pk or row[1] != plan_pk, row[0]))
    members: dict[int, list[str]] = {}
    of_them = VbcMember.objects.filter(vbc__in=[row[0] for row in vbcs]).order_by("node__hostname", "pk")
    for pk, hostname, address in of_them.values_list("vbc_id", "node__hostname", "node__mgmt_address"):
        members.setdefault(pk, []).append(hostname or address)
    return [
        MapVbc(
            networks=tuple(filter(None, networks_and_vips[:2])),
            vips=tuple(filter(None, networks_and_vips[2:])),
            master=hostname or address,
            members=tuple(members.get(pk, ())),
            joins=joins if plan == plan_pk else "",
        )
        for pk, plan, *networks_and_vips, hostname, address in vbcs
    ]


def _pools(zone: Zone, plan_pk: int, joins: Joins) -> list[MapPool]:
    fields = ("plan_id", "network", "gateway", "ha_group", "vg__hostname", "vg__mgmt_address")
    rows = zone.eip_pools.order_by("vg", "network").values_list(*fields)
    return [
        MapPool(hostname or address, network, gateway, group, joins if plan == plan_pk else "")
        for plan, network, gateway, group, hostname, address in rows
    ]
