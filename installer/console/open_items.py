"""Open items: everything that keeps the first page from saying that nothing needs attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from common.errors import Refused
from common.messages import code_of
from installer.console.open_item import FAILED, ROWS, OpenItem
from installer.console.open_nodes import conflicts, failed_nodes, new_nodes, outdated_nodes
from installer.console.operations.scale_out_page import StageMark, page_url, stage_line, url_of
from installer.console.verbs import job_url
from jobs.models import Job, Step
from jobs.states import JOB_ACTIVE, STEP_ENDED, JobStatus, StepStatus
from nodes.models import Node
from nodes.states import NodeStatus
from operations.models import Change, ScaleOut, ScaleOutNode
from operations.scale_out.service import of_snapshot
from operations.scale_out.snapshot import KEY_CHANGED
from operations.scale_out.stages import Action, Stage, current_stage, next_action
from zones.models import Plan
from zones.services import revisions
from zones.states import PLAN_OPEN, PlanStatus

# Open scale-outs on the first page; each has its queries.
SCALE_OUTS = 5
# Failed steps read; further ones are ignored.
_STEPS = 2000


@dataclass(frozen=True, slots=True)
class OpenScaleOut:
    """An open scale-out: where it is, and what comes next; ``waits``: for a person, not for a job."""

    scale_out: ScaleOut
    stages: Sequence[StageMark]
    current: Stage | None
    next: Action | None
    waits: bool

    @property
    def cause(self) -> str:
        """Return what its current stage says."""
        if self.current is None:
            return gettext("All stages are done.")
        said = [str(note.message) for note in self.current.notes if note.level != "info"]
        if not said:
            return self.current.title
        return gettext("%(stage)s: %(reasons)s") % {
            "stage": self.current.title,
            "reasons": "; ".join(said[:3]),
        }


def open_items(begun: Sequence[OpenScaleOut] = ()) -> list[OpenItem]:
    """Return all open items, most severe first, then the latest; a fixed number of queries, and some for each open plan.

    ``begun``: the open scale-outs. What one of them asks for is not listed a second time.
    """
    covered = {item.next.subject for item in begun if item.next and item.next.subject}
    found = [
        *_scale_outs(begun),
        *_failed_jobs(),
        *failed_nodes(covered),
        *_left_running(),
        *_plans(covered),
        *_changes(),
        *conflicts(),
        *new_nodes(),
        *outdated_nodes(),
    ]
    long_ago = datetime.min.replace(tzinfo=UTC)
    found.sort(key=lambda item: item.since or long_ago, reverse=True)
    return sorted(found, key=lambda item: ("bad", "warn", "info").index(item.tone))


def open_scale_outs() -> list[OpenScaleOut]:
    """Return the open scale-outs with their stages, newest first, as many as the first page shows."""
    rows = ScaleOut.objects.filter(closed_at=None)[:SCALE_OUTS]
    return [_open_scale_out(scale_out) for scale_out in rows]


def _open_scale_out(scale_out: ScaleOut) -> OpenScaleOut:
    _, found = of_snapshot(scale_out)
    current, following = current_stage(found), next_action(found)
    state = current.state if current else "open"
    return OpenScaleOut(scale_out, stage_line(found), current, following, waits=state in ("open", "failed"))


def _scale_outs(begun: Sequence[OpenScaleOut]) -> Iterator[OpenItem]:
    for item in begun:
        if not item.waits:
            continue
        values = {"zone": item.scale_out.zone_id}
        title = (
            gettext("Zone %(zone)s into its region")
            if item.scale_out.kind == ScaleOut.Kind.ZONE
            else gettext("Scale-out of %(zone)s")
        )
        url = url_of(item.next, item.scale_out) if item.next else page_url(item.scale_out)
        yield OpenItem(
            "bad" if item.current and item.current.state == "failed" else "info",
            title % values,
            item.cause,
            url,
            str(item.next.label) if item.next else gettext("Open"),
            item.scale_out.created_at,
            item.stages,
        )


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
    changed: dict[int, list[str]] = {}
    rows = _failed_steps().values_list("job_id", "target", "address", "error")
    for pk, target, address, error in rows[:_STEPS]:
        if code_of(error) == KEY_CHANGED:
            changed.setdefault(pk, []).append(address)
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
        url, button = _way_out(job, changed.get(job.pk, ()))
        yield OpenItem("bad", title, "; ".join(said) or job.error, url, button, job.finished_at)


def _way_out(job: Job, changed: Sequence[str]) -> tuple[str, str]:
    """Return where the failure is mended: a login is tried anew, as its password was not kept; else in its job."""
    if job.action == "establish_ssh":
        url = f"{reverse('admin:nodes_node_ssh_form')}?{urlencode({'job': job.job_id})}"
        return url, gettext("Compare the keys…") if changed else gettext("Try again…")
    return job_url(job.job_id), gettext("Open the job")


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
    # A scale-out says itself which of its nodes have no SSH or no hardware data, and why.
    told = ScaleOutNode.objects.filter(scale_out__closed_at=None, node__node_id=OuterRef("target"))
    return (
        failed.filter(~Exists(later))
        .exclude(Exists(told), job__action__in=("establish_ssh", "collect_nodes"))
        .order_by("-job_id", "pk")
    )


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


def _plans(covered: Collection[str]) -> Iterator[OpenItem]:
    """Yield open plans: drafts to be decided, approvals that became void, and approved plans to be installed."""
    plans = Plan.objects.filter(status__in=PLAN_OPEN).exclude(plan_id__in=covered).select_related("zone")
    for plan in plans.defer("sources", "variables").order_by("-pk")[:ROWS]:
        url = reverse("admin:zones_plan_change", args=[plan.plan_id])
        values = {"plan": plan.plan_id, "n": len(plan.roles), "zone": plan.zone.zone_id}
        nodes = ngettext("%(n)s node for %(zone)s", "%(n)s nodes for %(zone)s", len(plan.roles)) % values
        if plan.status == PlanStatus.DRAFT:
            title = gettext("Plan %(plan)s waits for approval") % values
            said = gettext("%(nodes)s, created by %(name)s") % {"nodes": nodes, "name": plan.created_by}
            yield OpenItem("info", title, said, url, gettext("Review"), plan.created_at)
            continue
        try:
            revisions.check_unchanged(plan)
        except Refused as refusal:
            yield _void(plan, refusal, url)
            continue
        if not Job.objects.filter(job_id=plan.job_id, status__in=JOB_ACTIVE).exists():
            title = gettext("Plan %(plan)s is approved, but not applied") % values
            said = gettext("%(nodes)s, approved by %(name)s") % {"nodes": nodes, "name": plan.decided_by}
            url = reverse("admin:zones_zone_scale", args=[plan.zone.zone_id])
            yield OpenItem("info", title, said, url, gettext("Scale…"), plan.decided_at)


def _void(plan: Plan, refusal: Refused, url: str) -> OpenItem:
    first, *rest = refusal.findings
    detail = first.detail
    if rest:
        more = ngettext("%(n)s more change", "%(n)s more changes", len(rest)) % {"n": len(rest)}
        detail = f"{detail}; {more}"
    title = gettext("The approval of %(plan)s is void") % {"plan": plan.plan_id}
    return OpenItem("bad", title, detail, url, gettext("Open the plan"), plan.decided_at)


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
        since = change.approved_at or change.created_at
        yield OpenItem("info", title, who, url, gettext("Open the change"), since)
