"""Load the snapshot of a scale-out: a fixed number of queries, however many nodes it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q

from common.errors import VerbError
from jobs.lookups import holder
from jobs.models import Job, Step
from jobs.states import JOB_ACTIVE, StepStatus
from nodes.models import Disk, DiskCorrection, Node
from operations.models import Change, ScaleOut
from operations.region.service import zone_checklist
from operations.scale_out.snapshot import (
    Holder,
    JobState,
    NodeState,
    PlanState,
    RunningJob,
    Snapshot,
    Task,
)
from zones.models import Plan, Zone
from zones.services import revisions
from zones.states import PLAN_OPEN, PlanStatus

# The newest plans of the zone that are looked at.
_PLANS = 5
# Of larger plans the page of the plan, and the start of the job, find what voids an approval: comparing takes seconds.
VOID_NODES = 100
# Failed steps that are read; further ones are only counted by the job's own page.
_FAILURES = 2000


def load(scale_out: ScaleOut) -> Snapshot:
    """Return the scale-out as it is now."""
    zone = Zone.objects.filter(zone_id=scale_out.zone_id).first()
    nodes = tuple(_nodes(scale_out))
    own, other = _plans(zone, {node.node_id for node in nodes})
    joins = bool(zone and scale_out.kind == ScaleOut.Kind.ZONE and not zone.is_global)
    job = Job.objects.filter(job_id=own.job_id).first() if own and own.job_id else None
    return Snapshot(
        zone_id=scale_out.zone_id,
        kind=scale_out.kind,
        nodes=nodes,
        registered=zone is not None,
        plan=_plan_state(own) if own else None,
        other_plan=_plan_state(other) if other else None,
        job=_job_state(job) if job else None,
        running=tuple(_running(scale_out)),
        holder=_holder(zone, job),
        haproxy=_haproxy(zone) if zone and joins else None,
        tasks=_tasks(zone) if zone and joins else None,
        has_routes=zone is None or zone.network_mode == Zone.NetworkMode.SDN,
        routes_confirmed_by=scale_out.routes_confirmed_by,
        closed_by=scale_out.closed_by,
    )


def _nodes(scale_out: ScaleOut) -> Iterator[NodeState]:
    rows = Node.objects.filter(scale_out_members__scale_out=scale_out).order_by("address_order")
    with_key = rows.annotate(has_key=ExpressionWrapper(~Q(host_key=""), output_field=BooleanField()))
    disks = _disks(scale_out)
    names = ("node_id", "mgmt_address", "hostname", "status", "has_key", "error", "role__zone__zone_id")
    for pk, node_id, address, hostname, status, has_key, error, zone_id in with_key.values_list("pk", *names):
        yield NodeState(
            node_id, str(address), hostname, status, has_key, error, zone_id or "", **disks.get(pk, {})
        )


def _disks(scale_out: ScaleOut) -> Mapping[int, dict[str, tuple[str, ...]]]:
    """Return by node the names of disks that need a look; disks that are not to be used need none."""
    corrections = DiskCorrection.objects.filter(disk=OuterRef("pk"))
    of_status = corrections.filter(field="status")
    unused = Exists(of_status.filter(value=0)) | (Q(observed_status=0) & ~Exists(of_status))
    disks = Disk.objects.filter(
        node__scale_out_members__scale_out=scale_out, present=True, is_os=False
    ).filter(Q(rotational_guess=True) | Q(dirty=True) | Exists(corrections))
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    seen = disks.annotate(unused=unused, typed=Exists(corrections.filter(field="type")))
    for disk in seen.prefetch_related("corrections").order_by("node_id", "order"):
        mine = found[disk.node_id]
        for item in disk.corrections.all():
            # The correction knows its disk only by its key.
            item.disk = disk
        if any(item.conflict for item in disk.corrections.all()):
            mine["conflicts"].append(disk.name)
        if disk.unused:
            continue
        if disk.rotational_guess and not disk.typed:
            mine["guesses"].append(disk.name)
        if disk.dirty:
            mine["dirty"].append(disk.name)
    return {pk: {name: tuple(names) for name, names in kinds.items()} for pk, kinds in found.items()}


def _plans(zone: Zone | None, node_ids: set[str]) -> tuple[Plan | None, Plan | None]:
    """Return the newest plan that has some of the nodes, and the open one if it has none of them."""
    if zone is None:
        return None, None
    newest = zone.plans.exclude(status=PlanStatus.SUPERSEDED).defer("sources", "variables", "removed")
    other = None
    for plan in newest.select_related("zone")[:_PLANS]:
        if node_ids & {role.get("node_id", "") for role in plan.roles.values()}:
            return plan, None
        if plan.status in PLAN_OPEN:
            other = plan
    return None, other


def _plan_state(plan: Plan) -> PlanState:
    levels = [finding.level for finding in plan.findings]
    return PlanState(
        plan_id=plan.plan_id,
        status=plan.status,
        node_ids=frozenset(role.get("node_id", "") for role in plan.roles.values()),
        created_by=plan.created_by,
        decided_by=plan.decided_by,
        comment=plan.comment,
        errors=levels.count("error"),
        warnings=levels.count("warning"),
        void=_void(plan),
        job_id=plan.job_id,
        routes=plan.vbcs.count(),
    )


def _void(plan: Plan) -> tuple[Any, ...]:
    if plan.status != PlanStatus.APPROVED or len(plan.roles) > VOID_NODES:
        return ()
    return tuple(revisions.hash_now(plan)[1])


def _job_state(job: Job) -> JobState:
    counts = dict(job.steps.order_by().values_list("status").annotate(n=Count("pk")))
    failed = job.steps.filter(status=StepStatus.FAILED).values_list("address", "error")
    return JobState(
        job_id=job.job_id,
        status=job.status,
        done=counts.get(StepStatus.SUCCEEDED, 0),
        total=sum(counts.values()),
        paused_by=job.paused_by if job.status in JOB_ACTIVE else "",
        cancelled_by=job.cancelled_by,
        error=job.error,
        failures=tuple(failed[:_FAILURES]),
    )


def _running(scale_out: ScaleOut) -> Iterator[RunningJob]:
    ids = Node.objects.filter(scale_out_members__scale_out=scale_out).values("node_id")
    steps = Step.objects.filter(job__status__in=JOB_ACTIVE, target__in=ids).order_by("-job_id")
    rows = steps.values_list("job__job_id", "job__action", "job__paused_by")
    for job_id, action, paused_by, nodes in rows.annotate(n=Count("target", distinct=True)):
        yield RunningJob(job_id, action, nodes, paused_by)


def _holder(zone: Zone | None, own: Job | None) -> Holder | None:
    job = holder(zone.exclusive_scope) if zone else None
    if job is None or (own and job.pk == own.pk):
        return None
    return Holder(job.job_id, job.action, job.zone_id, job.created_by)


def _haproxy(zone: Zone) -> str:
    newest = Change.objects.filter(zone=zone, kind=Change.Kind.HAPROXY).first()
    return newest.state if newest else "none"


def _tasks(zone: Zone) -> tuple[Task, ...] | None:
    try:
        items = zone_checklist(zone_id=zone.zone_id)
    except VerbError:
        # Its own page says why there is none.
        return ()
    return tuple(
        Task(
            item["item"],
            item["title"],
            item["how"],
            bool(item["ticked_by"]) and not item["changed"],
            item["ticked_by"],
        )
        for item in items
    )
