"""Return a partly installed plan to review: the remaining nodes wait for a new approval."""

from __future__ import annotations

from jobs.lookups import busy, holder
from nodes.models import Node
from nodes.states import NodeStatus, move_nodes
from zones.models import Plan, PlanFile, Role, ZoneFile
from zones.services import revisions
from zones.services.reserve import BATCH
from zones.states import PlanStatus


def note_installed(plan: Plan) -> None:
    """Record what the job installed on nodes in service as the zone's current files: the review compares with them."""
    done = Node.objects.filter(role__plan=plan, status=NodeStatus.ACTIVE).values_list(
        "mgmt_address", flat=True
    )
    rows = list(plan.files.filter(address__in=[str(address) for address in done]))
    for row in rows:
        row.base = row.content
    PlanFile.objects.bulk_update(rows, ["base"], batch_size=500)
    ZoneFile.objects.bulk_create(
        [ZoneFile(zone=plan.zone, path=row.path, content=row.content) for row in rows],
        batch_size=BATCH,
        update_conflicts=True,
        update_fields=["content"],
        unique_fields=["zone", "path"],
    )


def take_back(plan: Plan) -> None:
    """Make the plan a draft: its nodes that wait to be installed are available until it is approved again."""
    if plan.status != PlanStatus.APPROVED:
        return
    waiting = list(
        Node.objects.filter(role__plan=plan).exclude(status=NodeStatus.ACTIVE).values_list("pk", flat=True)
    )
    Role.objects.filter(node__in=waiting).delete()
    move_nodes(Node.objects.filter(pk__in=waiting), "unconfigure")
    revisions.unapprove(plan)


def review_again(plan: Plan) -> None:
    """Make an approved plan a draft again, after its job ended before all of it was installed.

    The caller has locked the plan, and changes it afterwards. Raises :class:`Busy` while a job of the region runs (R20).
    """
    if holder(plan.zone.exclusive_scope):
        raise busy(plan.zone.exclusive_scope)
    note_installed(plan)
    take_back(plan)
