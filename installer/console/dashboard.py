"""The first page: what needs attention now, before anything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from common import disk_space
from installer.console.jobs.admin import job_pill, with_progress
from installer.console.labels import look, pill, words
from installer.console.open_item import FAILED, ROWS
from installer.console.open_items import first_scale_out_done, open_items, open_scale_outs
from installer.console.verbs import may_run
from installer.console.zones.totals import totals
from jobs import liveness
from jobs.eta import time_left
from jobs.models import Job, Worker
from jobs.states import JOB_ACTIVE, JOB_ENDED, JOB_PAUSABLE
from nodes.models import Node
from nodes.states import NodeStatus
from zones.models import Plan, Role, Zone
from zones.states import PLAN_OPEN

# Lines of what needs attention; running jobs whose time left is estimated, which reads their steps.
SHOWN = 12
ESTIMATED = 2
ZONE_ROWS = 20


def context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return what the template of the dashboard needs; the number of queries does not grow with the nodes."""
    allowed = request.user.has_perm
    counts = dict(Node.objects.order_by().values_list("status").annotate(n=Count("pk")))
    alive = liveness.alive()
    running = list(with_progress(Job.objects.filter(status__in=JOB_ACTIVE))[:ROWS])
    scale_outs = open_scale_outs()
    items = open_items(scale_outs)
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
        "active": [
            (job, job_pill(job), _left(job) if place < ESTIMATED else "") for place, job in enumerate(running)
        ],
        "under_way": [item for item in scale_outs if not item.waits],
        "ended": _jobs(Job.objects.filter(finished_at__gte=_midnight(), status__in=JOB_ENDED)),
        "ended_counts": _ended_today(),
        "full": full,
        "workers": alive,
        "dead_workers": dead,
        "items": items[:SHOWN],
        "more_items": max(0, len(items) - SHOWN),
        "item_count": len(items),
        "steps": None
        if begun or scale_outs
        else _first_steps(counts, Plan.objects.filter(status__in=PLAN_OPEN).exists(), bool(running)),
        # Shown only when nothing at all is open.
        "calm": bool(begun and alive and not (full or dead or items or running or scale_outs)),
        "workers_url": reverse("admin:jobs_worker_changelist"),
        "zones": Zone.objects.count(),
        "zone_rows": _zones(),
        "begin_url": reverse("admin:operations_scaleout_begin"),
        "scale_outs_url": reverse("admin:operations_scaleout_changelist"),
        "may_run": may_run(request),
        "may_view": allowed("nodes.view_node"),
    }


def _left(job: Job) -> str:
    """Return how long a running job still takes, as far as earlier ones tell."""
    if job.status not in JOB_PAUSABLE or job.paused_by:
        return ""
    _, left = time_left(job, list(job.steps.order_by("position", "id")))
    return left.text() if left else ""


def _midnight() -> datetime:
    """Return when the day of the reader began."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _ended_today() -> list[SafeString]:
    ended = Job.objects.filter(finished_at__gte=_midnight(), status__in=JOB_ENDED).order_by()
    counts = dict(ended.values_list("status").annotate(n=Count("pk")))
    return [
        pill(status, f"{counts[status]} {words(status)}") for status in sorted(JOB_ENDED) if status in counts
    ]


def _zones() -> list[dict[str, Any]]:
    """Return the zones with the health of their nodes as it is now, those with trouble first, and their last count."""
    numbers: dict[int, dict[str, int]] = {}
    grouped = Role.objects.order_by().values_list("zone_id", "node__status").annotate(n=Count("pk"))
    for pk, status, number in grouped:
        numbers.setdefault(pk, {})[status] = number
    trouble = [pk for pk, found in numbers.items() if any(status in found for status in FAILED)]
    in_order = Case(When(pk__in=trouble, then=Value(0)), default=Value(1))
    rows = Zone.objects.select_related("counts").order_by(in_order, "zone_id")[:ZONE_ROWS]
    return [
        {
            "zone": zone,
            "counts": totals(zone),
            "statuses": [
                pill(status, f"{numbers[zone.pk][status]} {words(status)}")
                for status in NodeStatus.values
                if status in numbers.get(zone.pk, {})
            ],
        }
        for zone in rows
    ]


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
