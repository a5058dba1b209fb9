"""What the page of a zone shows: of a large zone counts, what is not in service, and what came last."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Count, F, Func, IntegerField, Prefetch, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.http import urlencode

from installer.console.labels import pill, words
from jobs.models import Job
from nodes.states import NodeStatus
from zones.models import VbcMember, Zone

# Nodes of one role, VBC networks and segments; return routes of more networks load when they are opened.
SHOWN_MEMBERS = 24
SHOWN_NETWORKS = 50
PLAN_ROWS = 10
JOB_ROWS = 10
_NODE = ("node_id", "mgmt_address", "hostname", "status")


class _Keys(Func):
    """The number of keys of a JSON object."""

    output_field = IntegerField()
    template = "(SELECT count(*) FROM jsonb_object_keys(%(expressions)s))"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(SELECT count(*) FROM json_each(%(expressions)s))"
        return super().as_sqlite(compiler, connection, template=template, **context)


def describe(zone: Zone) -> dict[str, Any]:
    """Return nodes, networks, plans and jobs, each limited to what fits on a page."""
    vbc_count, eip_count = zone.vbcs.count(), zone.eip_pools.count()
    return {
        "roles": _by_role(zone),
        "vbcs": _vbcs(zone),
        "more_vbcs": max(0, vbc_count - SHOWN_NETWORKS),
        "many_routes": vbc_count > SHOWN_NETWORKS,
        "eips": list(_last(zone.eip_pools.select_related("vg").only("zone_id", *_EIP, *_of("vg")))),
        "more_eips": max(0, eip_count - SHOWN_NETWORKS),
        "plans": [(plan, pill(plan.status)) for plan in _plans(zone)],
        "jobs": [(job, pill(job.status)) for job in Job.objects.filter(zone_id=zone.zone_id)[:JOB_ROWS]],
    }


_EIP = ("network", "gateway", "ha_group")


def _of(relation: str) -> list[str]:
    return [f"{relation}__{name}" for name in _NODE]


def _by_role(zone: Zone) -> list[dict[str, Any]]:
    """Return each role with its number of nodes by status, and some or all of them.

    Of more than :data:`SHOWN_MEMBERS`: first those that are not in service, then those that joined last.
    """
    counted: dict[str, dict[str, int]] = {}
    numbers = zone.roles.order_by("role").values_list("role", "node__status").annotate(n=Count("pk"))
    for role, status, number in numbers:
        counted.setdefault(role, {})[status] = number
    listed = f"{reverse('admin:nodes_node_changelist')}?"
    found: dict[str, dict[str, Any]] = {
        role: {
            "role": role,
            "count": sum(by_status.values()),
            "statuses": [
                pill(status, f"{by_status[status]} {words(status)}")
                for status in NodeStatus.values
                if status in by_status
            ],
            "more": max(0, sum(by_status.values()) - SHOWN_MEMBERS),
            "url": listed + urlencode({"role__zone__id__exact": str(zone.pk), "role__role": role}),
            "members": [],
        }
        for role, by_status in sorted(counted.items())
    }
    for member in _members(zone):
        member.shown_status = pill(member.node.status)
        found[member.role]["members"].append(member)
    for shown in found.values():
        if not shown["more"]:
            shown["members"].sort(key=lambda member: member.node.hostname)
    return list(found.values())


def _members(zone: Zone) -> QuerySet[Any]:
    in_service = Case(When(node__status=NodeStatus.ACTIVE, then=Value(1)), default=Value(0))
    place = Window(RowNumber(), partition_by=F("role"), order_by=[in_service.asc(), F("pk").desc()])
    rows = zone.roles.annotate(place=place).filter(place__lte=SHOWN_MEMBERS).order_by("role", "place")
    names = (*_of("node"), "pair__hostname", "pair__mgmt_address")
    return rows.select_related("node", "pair").only("zone_id", "role", "sub_roles", *names)


def _vbcs(zone: Zone) -> list[Any]:
    members = VbcMember.objects.select_related("node").only("vbc_id", *_of("node"))
    names = ("ipv4_network", "ipv4_vip", "ipv6_network", "ipv6_vip", *_of("master"))
    rows = zone.vbcs.select_related("master", "plan").only("zone_id", *names, "plan__plan_id")
    return _last(rows.prefetch_related(Prefetch("members", members)))


def _last(rows: QuerySet[Any]) -> list[Any]:
    """Return the rows that came last, in the order in which they came."""
    return list(rows.order_by("-pk")[:SHOWN_NETWORKS])[::-1]


def _plans(zone: Zone) -> list[Any]:
    rows = zone.plans.only("zone_id", "plan_id", "status", "created_by", "created_at")
    return list(rows.annotate(nodes=_Keys("roles"))[:PLAN_ROWS])
