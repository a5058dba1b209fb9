"""Plans as other tools read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from common.row_digest import rows_digest
from jobs.queries import stamp
from nodes.models import Disk, DiskCorrection, Node
from zones.core.destruction import DestroyedDisk, odd_first
from zones.core.diff import diff_plan
from zones.core.edits import file_hash
from zones.core.rendering import RenderedFile
from zones.models import Plan, PlanFile, VbcAssignment, VbcMember
from zones.services.destruction import plan_destroys
from zones.states import PLAN_OPEN


def plan_disks(plan: Plan) -> tuple[DestroyedDisk, ...]:
    """Return every disk that installing a plan formats, unusual ones first."""
    return odd_first(plan_destroys(plan))


def plan_json(
    plan: Plan,
    *,
    files: bool = True,
    diff: bool = True,
    vbc_limit: int | None = None,
    disks: Sequence[DestroyedDisk] | None = None,
) -> dict[str, Any]:
    """Return a plan with what it reserves and renders; ``diff`` adds a unified diff per file, ``files`` the files.

    ``vbc_limit`` cuts the list of VBCs; ``vbc_count`` always counts all. ``disks``: :func:`plan_disks`, where the caller
    has them already.
    """
    shape: dict[str, Any] = {
        "plan_id": plan.plan_id,
        "zone_id": plan.zone.zone_id,
        "revision": plan.revision,
        "kind": plan.kind,
        "status": plan.status,
        "content_hash": plan.content_hash,
        "destroys": [disk.as_dict() for disk in (plan_disks(plan) if disks is None else disks)],
        "findings": [item.as_dict() for item in plan.findings],
        "roles": plan.roles,
        "vbcs": _vbcs(plan, vbc_limit),
        "vbc_count": plan.vbcs.count(),
        "summary": plan.summary,
        "eips": list(plan.eip_pools.values("vg__mgmt_address", "network", "gateway", "ha_group")),
        "comment": plan.comment,
        "created_by": plan.created_by,
        "created_at": stamp(plan.created_at),
        "decided_by": plan.decided_by,
        "decided_at": stamp(plan.decided_at),
        "applied_at": stamp(plan.applied_at),
        "job_id": plan.job_id,
    }
    if files:
        shape["files"] = [file_json(file, diff=diff) for file in plan.files.all()]
        shape["files"] += [_removed_json(path, text, diff=diff) for path, text in plan.removed.items()]
    return shape


def plan_version(plan: Plan) -> str:
    """Return a digest of all that :func:`plan_json` is made of, without making it; eight queries at most."""
    nodes = (
        Node.objects.filter(mgmt_address__in=plan.roles) if plan.status in PLAN_OPEN else Node.objects.none()
    )
    disks = Disk.objects.filter(node__in=nodes)
    corrections = DiskCorrection.objects.filter(disk__in=disks)
    vbcs = VbcAssignment.objects.filter(plan=plan).order_by("pk")
    members = VbcMember.objects.filter(vbc__in=vbcs.order_by()).order_by("pk")
    eips = plan.eip_pools.order_by("pk")
    return rows_digest(
        Plan.objects.filter(pk=plan.pk).values_list(),
        plan.files.order_by("pk").values_list(),
        vbcs.values_list(
            *(field.attname for field in VbcAssignment._meta.concrete_fields), "master__mgmt_address"
        ),
        members.values_list("vbc_id", "node__mgmt_address"),
        eips.values_list("pk", "vg__mgmt_address", "network", "gateway", "ha_group"),
        nodes.order_by("pk").values_list(),
        disks.order_by("pk").values_list(),
        corrections.order_by("pk").values_list(),
    )


def file_json(file: PlanFile, *, diff: bool = True) -> dict[str, Any]:
    """Return one rendered file: ``status`` added, changed or same, compared with the zone's current file.

    A file that was edited by hand includes the editor's name, and with ``diff`` what the edit changed in what was rendered.
    """
    shape = {
        "path": file.path,
        "address": file.address,
        "status": "same" if not file.changed else ("changed" if file.base else "added"),
        "content": file.content,
        "content_hash": file_hash(file.content),
        "edited_by": file.edited_by,
        "edited_at": stamp(file.edited_at),
    }
    if diff:
        shape["diff"] = file_diff(file)
        shape["edit_diff"] = unified(file.path, file.rendered, file.content) if file.edited_by else ""
    return shape


def _removed_json(path: str, content: str, *, diff: bool) -> dict[str, Any]:
    """Return a file that the zone has now and will no longer have."""
    shape = {
        "path": path,
        "address": "",
        "status": "removed",
        "content": "",
        "content_hash": "",
        "edited_by": "",
        "edited_at": None,
    }
    if diff:
        shape["diff"], shape["edit_diff"] = removed_diff(path, content), ""
    return shape


def removed_diff(path: str, content: str) -> str:
    """Return the unified diff of a file that the zone will no longer have."""
    gone = diff_plan({path: content}, [], partial=False).files
    return gone[0].unified if gone else ""


def file_diff(file: PlanFile) -> str:
    """Return the unified diff of a file against the zone's current one; empty when nothing changes."""
    return unified(file.path, file.base, file.content)


def unified(path: str, old: str, new: str) -> str:
    """Return the unified diff of two contents of a file (empty ``old``: there was none)."""
    found = diff_plan({path: old} if old else {}, [RenderedFile(path, new)], partial=True).files
    return found[0].unified if found else ""


def _vbcs(plan: Plan, limit: int | None) -> list[dict[str, Any]]:
    rows = (
        VbcAssignment.objects.filter(plan=plan)
        .order_by("pk")
        .select_related("master")
        .prefetch_related("members__node")
    )
    return [
        {
            "ipv4_vbc": row.ipv4_network or "",
            "ipv4_vip": row.ipv4_vip or "",
            "ipv6_vbc": row.ipv6_network or "",
            "ipv6_vip": row.ipv6_vip or "",
            "master": str(row.master.mgmt_address),
            "mgmt_ips": [str(member.node.mgmt_address) for member in row.members.all()],
        }
        for row in rows[:limit]
    ]
