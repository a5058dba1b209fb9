"""The first page: what needs somebody now, before anything else."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse

from installer.admin.jobs import job_pill, with_progress
from installer.admin.labels import look, pill, words
from installer.admin.totals import totals
from installer.admin.verbs import may_run
from jobs.engine import watchdog
from jobs.models import Job, Worker
from jobs.states import JOB_ACTIVE, JOB_ENDED
from nodes.models import DiskCorrection, Node
from nodes.states import NodeStatus
from zones.models import Plan, Zone
from zones.states import PLAN_OPEN

ROWS = 8
ZONE_ROWS = 20
FAILED = (NodeStatus.COLLECT_FAILED, NodeStatus.SCALE_FAILED)


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the template of the dashboard needs; as many queries with a thousand nodes as with none."""
    allowed = request.user.has_perm
    counts = dict(Node.objects.order_by().values_list("status").annotate(n=Count("pk")))
    alive = watchdog.alive()
    active = _jobs(with_progress(Job.objects.filter(status__in=JOB_ACTIVE)))
    return {
        **context,
        "title": "Dashboard",
        "counts": [
            (status, *look(status), words(status), counts[status])
            for status in NodeStatus.values
            if status in counts
        ],
        "nodes_total": sum(counts.values()),
        "nodes_url": reverse("admin:nodes_node_changelist"),
        "active": active,
        "ended": _jobs(with_progress(Job.objects.filter(status__in=JOB_ENDED))),
        "failed": [(node, pill(node.status)) for node in Node.objects.filter(status__in=FAILED)[:ROWS]],
        "failed_total": sum(counts.get(status, 0) for status in FAILED),
        "conflicts": _conflicts(),
        "plans": [
            (plan, pill(plan.status))
            for plan in Plan.objects.filter(status__in=PLAN_OPEN)
            .select_related("zone")
            .defer("sources", "variables")[:ROWS]
        ],
        "workers": alive,
        "dead_workers": Worker.objects.count() - alive,
        "workers_url": reverse("admin:jobs_worker_changelist"),
        "zones": Zone.objects.count(),
        "zone_rows": [(zone, totals(zone)) for zone in Zone.objects.select_related("counts")[:ZONE_ROWS]],
        "may_run": may_run(request),
        "may_view": allowed("nodes.view_node"),
    }


def _jobs(jobs: Any) -> list[tuple[Job, str]]:
    return [(job, job_pill(job)) for job in jobs[:ROWS]]


def _conflicts() -> list[tuple[Node, list[DiskCorrection]]]:
    """Corrections whose observation changed, and "not to be used" of disks that are not seen any more, by node.

    Corrections are few: people make them one by one.
    """
    found: dict[int, tuple[Node, list[DiskCorrection]]] = {}
    for item in DiskCorrection.objects.select_related("disk__node"):
        waits = not item.disk.present and item.field == "status" and item.value == 0
        if waits or (item.disk.present and item.conflict):
            node = item.disk.node
            found.setdefault(node.pk, (node, []))[1].append(item)
    return list(found.values())
