"""delete_nodes: forget servers that are not in use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import ProtectedError

from jobs import audit
from jobs.actor import Actor
from jobs.confirm import check_confirmed
from jobs.errors import Finding, Refused
from nodes.models import DiskCorrection, Node
from nodes.services.exclusion import refuse_if_busy
from nodes.services.find import nodes_at
from nodes.states import DELETABLE, NodeStatus


def delete_nodes(*, addresses: Sequence[str], actor: Actor, confirm: str = "") -> int:
    """Delete all of them or none; gives their number.

    What a person said of a machine, or that it served, is found by no collection again: for such nodes ``confirm``
    holds the host names (of many: their number). Raises :class:`Refused` for nodes in use, :class:`Busy` for those
    on which a job has work to do.
    """
    with transaction.atomic():
        nodes = nodes_at(addresses)
        pks = [node.pk for node in nodes]
        locked = list(Node.objects.select_for_update().filter(pk__in=pks))
        in_use = [node for node in locked if node.status not in DELETABLE]
        if in_use:
            raise Refused(
                Finding(
                    "N08",
                    f"{node} is {node.status}",
                    f"only nodes that are {', '.join(sorted(DELETABLE))} are deleted",
                    node=str(node.mgmt_address),
                )
                for node in in_use
            )
        refuse_if_busy(locked)
        lasting = irreplaceable(locked)
        if lasting:
            check_confirmed(
                [node.label for node in lasting],
                confirm=confirm,
                what="deleting nodes with corrections or a past",
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
    """Those of the nodes that adding and collecting again would not bring back: corrected by a person, or retired."""
    chosen = list(nodes)
    pks = [node.pk for node in chosen]
    corrected = set(DiskCorrection.objects.filter(disk__node__in=pks).values_list("disk__node_id", flat=True))
    return [node for node in chosen if node.pk in corrected or node.status == NodeStatus.RETIRED]


def _held(error: ProtectedError) -> list[Finding]:
    """Who still needs the node: rows of other apps, such as the networks that a draft plan reserves for it."""
    return [
        Finding(
            "N09",
            f"in use: {row._meta.verbose_name} {row}",
            "reject the plan that it belongs to, then delete",
        )
        for row in list(error.protected_objects)[:20]
    ]
