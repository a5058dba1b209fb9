"""delete_nodes: remove servers that are not in use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import ProtectedError

from common import audit
from common.actor import Actor
from common.confirmation import check_confirmed
from common.errors import Finding, Refused
from common.messages import Message, message, phrase
from common.wording import _
from jobs.models import Step
from jobs.states import JOB_ACTIVE
from nodes.describe import places_of
from nodes.models import DiskCorrection, Node
from nodes.services.busy_check import refuse_if_busy
from nodes.services.lookups import nodes_at
from nodes.states import DELETABLE, NodeStatus


def delete_nodes(*, addresses: Sequence[str], actor: Actor, confirm: str = "") -> int:
    """Delete all of them or none; return their number.

    Corrections of a machine, or that it was in service, are not found again by a collection: for such nodes ``confirm``
    holds the host names (of many: their number). Raises :class:`Refused` for nodes in use, :class:`Busy` for those
    on which a job has work to do.
    """
    with transaction.atomic():
        nodes = nodes_at(addresses)
        pks = [node.pk for node in nodes]
        locked = list(Node.objects.select_for_update().filter(pk__in=pks))
        in_use = [node for node in locked if node.status not in DELETABLE]
        if in_use:
            raise Refused(Finding(_in_use(node), node=str(node.mgmt_address)) for node in in_use)
        refuse_if_busy(locked)
        lasting = irreplaceable(locked)
        if lasting:
            check_confirmed(
                [node.label for node in lasting],
                confirm=confirm,
                what=phrase(_("deleting nodes with corrections or history")),
            )
        try:
            Node.objects.filter(pk__in=pks).delete()
        except ProtectedError as error:
            raise Refused(_held(error)) from None
        audit.record(
            actor,
            "delete_nodes",
            f"{len(nodes)} nodes",
            nodes=[
                {"node_id": node.node_id, "address": node.mgmt_address, "serial": node.product_serial}
                for node in nodes
            ],
        )
    return len(nodes)


def irreplaceable(nodes: Iterable[Node]) -> list[Node]:
    """Return the nodes that adding and collecting again would not restore: corrected by a person, or retired."""
    chosen = list(nodes)
    pks = [node.pk for node in chosen]
    corrected = set(DiskCorrection.objects.filter(disk__node__in=pks).values_list("disk__node_id", flat=True))
    return [node for node in chosen if node.pk in corrected or node.status == NodeStatus.RETIRED]


def _in_use(node: Node) -> Message:
    """Return why it cannot be deleted, and what moves it to a state in which it can."""
    address = node.mgmt_address
    if node.status == NodeStatus.ACTIVE:
        return message("N08", "in_service", node=node, status=node.status, address=address)
    if node.status in (NodeStatus.COLLECTING, NodeStatus.SCALING):
        steps = Step.objects.filter(target=node.node_id, job__status__in=JOB_ACTIVE)
        job_id = steps.order_by("-job_id").values_list("job__job_id", flat=True).first() or "JOB"
        return message("N08", "in_a_job", node=node, status=node.status, job=job_id)
    zone_id = places_of([node.pk]).get(node.pk, {}).get("zone_id") or "ZONE"
    return message("N08", "in_a_plan", node=node, status=node.status, zone=zone_id, address=address)


def _held(error: ProtectedError) -> list[Finding]:
    """Return what still needs the node: rows of other apps, such as the networks that a draft plan reserves for it."""
    found = []
    for row in list(error.protected_objects)[:20]:
        plan = getattr(getattr(row, "vbc", row), "plan", None)
        found.append(
            Finding(
                message("N09", kind=row._meta.verbose_name, name=row, plan=getattr(plan, "plan_id", "PLAN"))
            )
        )
    return found
