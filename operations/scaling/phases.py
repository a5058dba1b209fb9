"""The job scale_qingcloud: an approved plan installed on its nodes, phase by phase."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from common import audit
from common.actor import Actor
from common.errors import Refused
from common.messages import Message, message
from jobs import registry
from jobs.context import StepContext
from jobs.models import Job, Step
from jobs.remote import run_component
from jobs.states import JobStatus, StepStatus
from nodes.erasing.checks import Target
from nodes.handlers.erase import erase_first
from nodes.models import Node
from nodes.services.busy_check import refuse_if_busy
from nodes.states import NodeStatus, move_nodes
from operations.copy_files import put_files, write_file
from operations.mirror.handler import mirror_phase
from operations.packages.core import Package
from operations.scaling.node_work import NodeWork, content_of, work_of
from operations.scripts import INSTALL_COMPONENTS
from operations.statistics.handler import boss_phase
from zones.models import Plan
from zones.services import revisions
from zones.services.apply import apply_plan
from zones.services.statistics import store_counts
from zones.services.vbc_routes import vbc_routes
from zones.states import PlanStatus


def phases() -> tuple[registry.Phase, ...]:
    """Return the phases, from packages to return routes: what nodes that join a zone need."""
    return (
        registry.Phase("build_pkgs", build_pkgs, prepare=prepare_build, per_node=False),
        registry.Phase(
            "install_nodes", install_nodes, prepare=prepare_nodes, finish=installed, timeout_s=3600
        ),
        registry.Phase("update_nodes", update_nodes, prepare=prepare_nodes, timeout_s=1800),
        registry.Phase("verify", verify, prepare=prepare_nodes, finish=node_done, timeout_s=300),
        mirror_phase(own_targets=True),
        boss_phase(),
        registry.Phase("vbc_route", vbc_route, prepare=prepare_routes, per_node=False),
    )


def register_actions() -> None:
    """Register the job with the engine."""
    registry.register(registry.Action("scale_qingcloud", phases(), started=started, ended=ended))


def plan_of(job: Job) -> Plan:
    """Return the plan that the job installs. Raises :class:`Refused` when it was deleted."""
    plan = Plan.objects.select_related("zone").filter(plan_id=job.params["plan_id"]).first()
    if plan is None:
        raise Refused.because(message("P10", "gone", plan=job.params["plan_id"]))
    return plan


def started(job: Job) -> None:
    """Check everything once more before anything is touched, and again when the job is resumed."""
    plan = plan_of(job)
    if plan.content_hash != job.params["content_hash"] or plan.status not in ("approved", "applied"):
        raise Refused.because(
            message("P30", "since_job_began", plan=plan.plan_id, status=plan.status, instead=_instead(plan))
        )
    revisions.check_unchanged(plan)
    left = job.steps.exclude(status=StepStatus.SUCCEEDED).exclude(target="").values("target")
    refuse_if_busy(list(Node.objects.filter(node_id__in=left)), actions=("erase_data_disks",))
    move_nodes(Node.objects.filter(node_id__in=left), "scale", error="")


def _instead(plan: Plan) -> Message:
    """Return what to do where a job cannot continue because its plan has changed."""
    new = plan.kind == Plan.Kind.ZONE and not plan.zone.is_global
    plan_id, zone_id = plan.plan_id, plan.zone.zone_id
    if plan.status == PlanStatus.DRAFT and new:
        return message("P30", "review_then_scale_zone", plan=plan_id, zone=zone_id)
    if plan.status == PlanStatus.DRAFT:
        return message("P30", "review_then_scale", plan=plan_id, zone=zone_id)
    if plan.status == PlanStatus.APPROVED and new:
        return message("P30", "scale_zone_again", zone=zone_id)
    if plan.status == PlanStatus.APPROVED:
        return message("P30", "scale_again", zone=zone_id)
    return message("P30", "nothing_left")


def ended(job: Job) -> None:
    """Move nodes that did not finish to scale_failed, whatever the reason; if all finished, apply the plan."""
    nodes = Node.objects.filter(node_id__in=job.steps.exclude(target="").values("target"))
    reasons = dict(
        job.steps.filter(status=StepStatus.FAILED).exclude(target="").values_list("target", "error")
    )
    for node in nodes.filter(status=NodeStatus.SCALING):
        error = reasons.get(
            node.node_id, f"job {job.job_id} ended ({job.status}) before this node was done: resume it"
        )
        move_nodes(Node.objects.filter(pk=node.pk), "scale_failed", error=error)
    plan = Plan.objects.select_related("zone").filter(plan_id=job.params.get("plan_id")).first()
    if plan and not (job.status == JobStatus.SUCCEEDED and apply_plan(plan, "apply")):
        # Nodes that finished are in service, others are scale_failed: the zone must say so.
        store_counts(plan.zone)


def prepare_build(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the packages of every role in the plan, for the installer itself."""
    content = content_of(job.params["plan_id"])
    packages: dict[str, Package] = {}
    for role in content.plan.roles.values():
        packages.update({item.file_name: item for item in content.packages(role)})
    folder = settings.DATA_DIR / "build" / content.plan.plan_id
    return {"": (folder, list(packages.values()))}


def build_pkgs(context: StepContext, payload: tuple[Path, list[Package]]) -> None:
    """Write the packages where people can inspect them; the same plan gives the same bytes."""
    folder, packages = payload
    context.begin_component("build")
    for package in packages:
        write_file(context, folder / package.file_name, package.data)
        context.log(f"{package.file_name}: {len(package.data)} bytes, sha256 {package.sha256}")


def prepare_nodes(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return :class:`NodeWork` by node id, with the scripts of the phase that these steps are of.

    The plan itself is read once in each worker, however often steps are claimed.
    """
    nodes = list(Node.objects.filter(node_id__in=[step.target for step in steps]))
    phase = steps[0].phase
    components = INSTALL_COMPONENTS if phase == "install_nodes" else (phase,)
    return dict(work_of(content_of(job.params["plan_id"]), nodes, components))


def install_nodes(context: StepContext, work: NodeWork) -> tuple[Target, ...]:
    """Return the components os, network, disk, post, one after another; each runs once in the life of the job.

    The disks that the plan erases first are erased before component disk.
    """
    for component in INSTALL_COMPONENTS:
        if component == "disk" and work.erase:
            erase_first(context, work.endpoint, work.erase_mark, work.erase)
        run_component(context, work.endpoint, component, work.scripts[component])
    return work.erase


def installed(job: Job, step: Step, erased: tuple[Target, ...]) -> None:
    """Record with the node who had its disks erased by a plan."""
    if erased:
        audit.record(
            Actor(job.created_by, job.created_via),
            "erase_data_disks",
            step.target,
            job_id=job.job_id,
            plan_id=job.params["plan_id"],
            disks=[target.label for target in erased],
        )


def update_nodes(context: StepContext, work: NodeWork) -> None:
    """Copy the packages over, then install them."""
    context.begin_component("update_nodes")
    vendor = [(path.name, path) for path in work.vendor_packages]
    put_files(context, work.endpoint, [*vendor, *((item.file_name, item.data) for item in work.packages)])
    run_component(context, work.endpoint, "update_nodes", work.scripts["update_nodes"])


def verify(context: StepContext, work: NodeWork) -> None:
    """Verify that every program of the node is RUNNING."""
    run_component(context, work.endpoint, "verify", work.scripts["verify"])


def node_done(job: Job, step: Step, result: Any) -> None:
    """Move the node into service."""
    move_nodes(Node.objects.filter(node_id=step.target), "scaled", error="")


def prepare_routes(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the routes of the VBCs that this plan added."""
    text = vbc_routes(job_id=job.job_id) if plan_of(job).zone.network_mode == "sdn" else ""
    return {"": (settings.DATA_DIR / "log" / "deploy" / f"vbc_route_{job.job_id}", text)}


def vbc_route(context: StepContext, payload: tuple[Path, str]) -> None:
    """Write ``log/deploy/vbc_route_JOB_ID`` and show it: these lines go onto the management gateway."""
    path, text = payload
    context.begin_component("vbc_route")
    if not text:
        context.log("no return route is needed")
        return
    write_file(context, path, text.encode())
    for line in text.splitlines():
        context.log(line)
