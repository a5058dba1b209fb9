"""Plans as other tools read them."""

from __future__ import annotations

from typing import Any

from jobs.queries import stamp
from zones.core.diff import diff_plan
from zones.core.rendering import RenderedFile
from zones.models import Plan, PlanFile, VbcAssignment


def plan_json(plan: Plan, *, files: bool = True, diff: bool = True) -> dict[str, Any]:
    """A plan with what it reserves and renders; ``diff`` adds a unified diff per file, ``files`` the files."""
    shape: dict[str, Any] = {
        "plan_id": plan.plan_id,
        "zone_id": plan.zone.zone_id,
        "revision": plan.revision,
        "kind": plan.kind,
        "status": plan.status,
        "content_hash": plan.content_hash,
        "findings": plan.findings,
        "roles": plan.roles,
        "vbcs": _vbcs(plan),
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
    return shape


def file_json(file: PlanFile, *, diff: bool = True) -> dict[str, Any]:
    """One rendered file: ``status`` added, changed or same, against what the zone has now."""
    shape = {
        "path": file.path,
        "address": file.address,
        "status": "same" if not file.changed else ("changed" if file.base else "added"),
        "content": file.content,
    }
    if diff:
        shape["diff"] = file_diff(file)
    return shape


def file_diff(file: PlanFile) -> str:
    """Unified diff of a file against what the zone has now; empty when nothing changes."""
    base = {file.path: file.base} if file.base else {}
    found = diff_plan(base, [RenderedFile(file.path, file.content)], partial=True).files
    return found[0].unified if found else ""


def _vbcs(plan: Plan) -> list[dict[str, Any]]:
    rows = VbcAssignment.objects.filter(plan=plan).select_related("master").prefetch_related("members__node")
    return [
        {
            "ipv4_vbc": row.ipv4_network or "",
            "ipv4_vip": row.ipv4_vip or "",
            "ipv6_vbc": row.ipv6_network or "",
            "ipv6_vip": row.ipv6_vip or "",
            "master": str(row.master.mgmt_address),
            "mgmt_ips": [str(member.node.mgmt_address) for member in row.members.all()],
        }
        for row in rows
    ]
