"""Open items: everything that keeps the first page from saying that nothing needs attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from common.errors import Refused
from installer.console.verbs import job_url
from jobs.models import Job, Step
from jobs.states import STEP_ENDED, JobStatus, StepStatus
from nodes.models import Node
from nodes.states import NodeStatus
from operations.models import Change
from zones.models import Plan
from zones.services import revisions
from zones.states import PlanStatus

ROWS = 8
# Nodes with these statuses are listed separately, with the reason.
FAILED = (NodeStatus.COLLECT_FAILED, NodeStatus.SCALE_FAILED)
# Failed steps read; further ones are ignored.
_STEPS = 2000


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One line of the list: severity (``bad``, ``warn``, ``info``), what, why, and the page that resolves it."""

    tone: str
    title: str
    detail: str
    url: str
    button: str

    @property
    def symbol(self) -> str:
        """Return the symbol of the tone, for readers who cannot distinguish colours."""
        return {"bad": "✕", "warn": "!"}.get(self.tone, "i")


def open_items() -> list[OpenItem]:
    """Return all open items, most severe first; a fixed number of queries, and some for each open plan."""
    found = [*_failed_jobs(), *_left_running(), *_void_approvals(), *_changes(), *_new_nodes()]
    return sorted(found, key=lambda item: ("bad", "warn", "info").index(item.tone))


def first_scale_out_done() -> bool:
    """Decide whether nodes were ever installed from here, which adopting a zone does not do."""
    return Plan.objects.filter(
        Q(status=PlanStatus.APPLIED), Q(kind=Plan.Kind.SCALE) | Q(kind=Plan.Kind.ZONE, job_id__gt="")
    ).exists()


def _failed_jobs() -> Iterator[OpenItem]:
    """Yield unresolved failures: no later job of the same action has ended on that node, or in that zone.

    A job may fail on nodes that stay ``new`` or ``active``; then no node status shows it.
    """
    by_node: dict[int, dict[str, str]] = {}
    for pk, target, address, error in _failed_steps().values_list("job_id", "target", "address", "error")[
        :_STEPS
    ]:
        # Nodes with the same error are grouped in one sentence: their own addresses are replaced.
        by_node.setdefault(pk, {})[target] = error.replace(address, gettext("the node")) if address else error
    by_job = {pk: Counter(errors.values()) for pk, errors in by_node.items()}
    jobs = Job.objects.filter(Q(pk__in=by_job) | Q(pk__in=_failed_elsewhere().values("pk")))
    for job in jobs.order_by("-pk"):
        errors = by_job.get(job.pk, Counter())
        said = [f"{number} × {text}" if number > 1 else text for text, number in errors.most_common(3)]
        more = len(errors) - len(said)
        if more > 0:
            said.append(ngettext("%(n)s more reason", "%(n)s more reasons", more) % {"n": more})
        title = _failure(job, sum(errors.values()))
        yield OpenItem(
            "bad", title, "; ".join(said) or job.error, job_url(job.job_id), gettext("Open the job")
        )


def _failure(job: Job, nodes: int) -> str:
    values = {"action": job.action, "zone": job.zone_id, "n": nodes}
    if nodes and job.zone_id:
        text = ngettext(
            "%(action)s in %(zone)s failed on %(n)s node",
            "%(action)s in %(zone)s failed on %(n)s nodes",
            nodes,
        )
    elif nodes:
        text = ngettext("%(action)s failed on %(n)s node", "%(action)s failed on %(n)s nodes", nodes)
    else:
        text = gettext("%(action)s in %(zone)s failed") if job.zone_id else gettext("%(action)s failed")
    return text % values


def _failed_steps() -> QuerySet[Step]:
    later = Step.objects.filter(
        target=OuterRef("target"),
        job__action=OuterRef("job__action"),
        job_id__gt=OuterRef("job_id"),
        status__in=(StepStatus.SUCCEEDED, StepStatus.FAILED),
    )
    there = Node.objects.exclude(status__in=(*FAILED, NodeStatus.RETIRED)).values("node_id")
    failed = Step.objects.filter(job__status=JobStatus.FAILED, status=StepStatus.FAILED, target__in=there)
    return failed.filter(~Exists(later)).order_by("-job_id", "pk")


def _failed_elsewhere() -> QuerySet[Job]:
    """Select jobs that failed in a step of the installer itself, or without any step."""
    later = Job.objects.filter(
        action=OuterRef("action"), zone_id=OuterRef("zone_id"), pk__gt=OuterRef("pk"), status__in=_DONE
    )
    failed = Step.objects.filter(job=OuterRef("pk"), status=StepStatus.FAILED)
    return Job.objects.filter(
        Q(Exists(failed.filter(target=""))) | ~Q(Exists(failed)), ~Exists(later), status=JobStatus.FAILED
    )


_DONE = (JobStatus.SUCCEEDED, JobStatus.FAILED)


def _left_running() -> Iterator[OpenItem]:
    """Yield finished jobs that may have left a process on a node: the node is held until the process has ended."""
    left = Step.objects.filter(status__in=STEP_ENDED).exclude(remote={}).exclude(target="")
    rows = left.values("job__job_id").annotate(nodes=Count("target", distinct=True)).order_by("-job_id")
    for row in rows[:ROWS]:
        title = ngettext(
            "Job %(job)s may still be running on %(n)s node",
            "Job %(job)s may still be running on %(n)s nodes",
            row["nodes"],
        ) % {"job": row["job__job_id"], "n": row["nodes"]}
        detail = gettext(
            "The job was abandoned there. If a machine is gone, confirm that the job has stopped on it."
        )
        yield OpenItem("warn", title, detail, job_url(row["job__job_id"]), gettext("Open the job"))


def _void_approvals() -> Iterator[OpenItem]:
    approved = Plan.objects.filter(status=PlanStatus.APPROVED).select_related("zone")
    for plan in approved.order_by("-pk")[:ROWS]:
        try:
            revisions.check_unchanged(plan)
        except Refused as refusal:
            first, *rest = refusal.findings
            detail = first.detail
            if rest:
                more = ngettext("%(n)s more change", "%(n)s more changes", len(rest)) % {"n": len(rest)}
                detail = f"{detail}; {more}"
            url = reverse("admin:zones_plan_change", args=[plan.plan_id])
            title = gettext("The approval of %(plan)s is void") % {"plan": plan.plan_id}
            yield OpenItem("bad", title, detail, url, gettext("Open the plan"))


def _changes() -> Iterator[OpenItem]:
    """Yield changes of files in service that were previewed but not decided, or approved but not written."""
    newest = Change.objects.filter(zone=OuterRef("zone"), kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    waiting = Change.objects.filter(~Exists(newest), applied_at=None).select_related("zone")
    for change in waiting.order_by("-pk")[:ROWS]:
        approved = bool(change.approved_by)
        values = {"kind": Change.Kind(change.kind).label, "zone": change.zone.zone_id}
        if approved:
            title = gettext("The change of %(kind)s in %(zone)s is approved but not written yet") % values
            who = gettext("approved by %(name)s") % {"name": change.approved_by}
        else:
            title = gettext("The change of %(kind)s in %(zone)s waits for approval") % values
            who = gettext("created by %(name)s") % {"name": change.created_by}
        url = reverse(f"admin:zones_zone_{change.kind}", args=[change.zone.zone_id])
        yield OpenItem("info", title, who, url, gettext("Open the change"))


def _new_nodes() -> Iterator[OpenItem]:
    new = Node.objects.filter(status=NodeStatus.NEW)
    found = new.aggregate(ssh=Count("pk", filter=Q(host_key="")), due=Count("pk", filter=~Q(host_key="")))
    url = f"{reverse('admin:nodes_node_changelist')}?status__exact={NodeStatus.NEW}"
    if found["ssh"]:
        title = ngettext("%(n)s new node without SSH", "%(n)s new nodes without SSH", found["ssh"])
        detail = gettext("Select the nodes in the list, then choose Establish SSH.")
        yield OpenItem("warn", title % {"n": found["ssh"]}, detail, url, gettext("Show nodes"))
    if found["due"]:
        title = ngettext(
            "%(n)s new node without hardware data", "%(n)s new nodes without hardware data", found["due"]
        )
        detail = gettext("Select the nodes in the list, then choose Collect hardware.")
        yield OpenItem("warn", title % {"n": found["due"]}, detail, url, gettext("Show nodes"))
