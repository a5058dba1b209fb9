"""The first page: what needs attention now, before anything else."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from common import disk_space
from installer.console.jobs.admin import job_pill, with_progress
from installer.console.labels import look, pill, words
from installer.console.open_items import FAILED, ROWS, first_scale_out_done, open_items
from installer.console.verbs import may_run
from installer.console.zones.totals import totals
from jobs import liveness
from jobs.models import Job, Worker
from jobs.states import JOB_ACTIVE, JOB_ENDED
from nodes.models import DiskCorrection, Node
from nodes.states import NodeStatus
from zones.models import Plan, Zone
from zones.states import PLAN_OPEN

ZONE_ROWS = 20


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return what the template of the dashboard needs; the number of queries does not grow with the nodes."""
    allowed = request.user.has_perm
    counts = dict(Node.objects.order_by().values_list("status").annotate(n=Count("pk")))
    alive = liveness.alive()
    active = _jobs(with_progress(Job.objects.filter(status__in=JOB_ACTIVE)))
    items = open_items()
    failed_total = sum(counts.get(status, 0) for status in FAILED)
    conflicts = _conflicts()
    plans = [
        (plan, pill(plan.status))
        for plan in Plan.objects.filter(status__in=PLAN_OPEN)
        .select_related("zone")
        .defer("sources", "variables")[:ROWS]
    ]
    dead = Worker.objects.count() - alive
    begun = first_scale_out_done()
    full = disk_space.sentence()
    return {
        **context,
        "title": gettext("Dashboard"),
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
        "failed_total": failed_total,
        "conflicts": conflicts,
        "plans": plans,
        "full": full,
        "workers": alive,
        "dead_workers": dead,
        "items": items,
        "steps": None if begun else _first_steps(counts, bool(plans), bool(active)),
        # Shown only when nothing at all is open.
        "calm": bool(
            begun and alive and not (full or dead or items or active or plans or failed_total or conflicts)
        ),
        "workers_url": reverse("admin:jobs_worker_changelist"),
        "zones": Zone.objects.count(),
        "zone_rows": [(zone, totals(zone)) for zone in Zone.objects.select_related("counts")[:ZONE_ROWS]],
        "may_run": may_run(request),
        "may_view": allowed("nodes.view_node"),
    }


def _first_steps(counts: dict[str, int], planned: bool, running: bool) -> list[dict[str, Any]]:
    """Return the steps of the runbook until the first successful scale-out: those done, and the next one."""
    total = sum(counts.values())
    bare = Node.objects.filter(status=NodeStatus.NEW, host_key="").exists()
    raw = sum(
        counts.get(status, 0) for status in (NodeStatus.NEW, NodeStatus.COLLECTING, NodeStatus.COLLECT_FAILED)
    )
    nodes_url, zones_url = reverse("admin:nodes_node_changelist"), reverse("admin:zones_zone_changelist")
    done = (total > 0, total > 0 and not bare, total > 0 and not raw, planned, False)
    steps = (
        (
            gettext("Add nodes"),
            gettext("by management address: servers with an operating system and SSH access"),
            reverse("admin:nodes_node_add"),
        ),
        (
            gettext("Establish SSH"),
            gettext("log in once with the password and install the installer's key"),
            nodes_url,
        ),
        (gettext("Collect hardware"), gettext("then correct wrong values"), nodes_url),
        (
            gettext("Configure a zone"),
            gettext("or register a running zone; then review and approve the plan"),
            zones_url,
        ),
        (gettext("Scale"), gettext("then watch the job"), zones_url),
    )
    following = done.index(False)
    return [
        {
            "name": name,
            "about": about,
            "url": url,
            "done": done[number],
            "next": number == following and not running,
        }
        for number, (name, about, url) in enumerate(steps)
    ]


def _jobs(jobs: Any) -> list[tuple[Job, str]]:
    return [(job, job_pill(job)) for job in jobs[:ROWS]]


def _conflicts() -> list[tuple[Node, list[DiskCorrection]]]:
    """Return conflicting corrections by node: changed observations, and "not to be used" for missing disks.

    There are few corrections: people make them one by one.
    """
    found: dict[int, tuple[Node, list[DiskCorrection]]] = {}
    for item in DiskCorrection.objects.select_related("disk__node"):
        waits = not item.disk.present and item.field == "status" and item.value == 0
        if waits or (item.disk.present and item.conflict):
            node = item.disk.node
            found.setdefault(node.pk, (node, []))[1].append(item)
    return list(found.values())
