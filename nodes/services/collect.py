"""collect_nodes: read the hardware of nodes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from jobs.actor import Actor
from jobs.errors import Busy, Finding, Refused
from jobs.models import Job, Step
from jobs.services import submit
from jobs.states import JOB_ACTIVE
from nodes.models import Node
from nodes.services.exclusion import ERASE, refuse_if_busy
from nodes.services.find import nodes_at, targets
from nodes.states import COLLECTABLE, NodeStatus, move_nodes


def collect_nodes(*, addresses: Sequence[str], actor: Actor, force: bool = False) -> Job:
    """Begin the job. Nodes in service keep their state and need ``force``.

    Raises :class:`Refused` for those without it, :class:`Busy` when one is being collected already.
    """
    with transaction.atomic():
        pks = [node.pk for node in nodes_at(addresses)]
        order = {pk: number for number, pk in enumerate(pks)}
        nodes = sorted(Node.objects.select_for_update().filter(pk__in=pks), key=lambda node: order[node.pk])
        _not_collected_now(nodes)
        check_states(nodes, force)
        # The erase itself looks at the node at its end, and goes by the state that it has now.
        refuse_if_busy(nodes, actions=[ERASE])
        move_nodes(Node.objects.filter(pk__in=pks), "collect", error="")
        return submit(action="collect_nodes", targets=targets(nodes), actor=actor, params={"force": force})


def _not_collected_now(nodes: Sequence[Node]) -> None:
    running = (
        Step.objects.filter(
            target__in=[node.node_id for node in nodes],
            job__action="collect_nodes",
            job__status__in=JOB_ACTIVE,
        )
        .select_related("job")
        .first()
    )
    if running:
        raise Busy(
            f"{running.address} is being collected by {running.job.job_id} since "
            f"{running.job.created_at:%Y-%m-%d %H:%M} UTC, begun by {running.job.created_by}: wait for it",
            job_id=running.job.job_id,
        )


def check_states(nodes: Sequence[Node], force: bool) -> None:
    """Facts of nodes in service change only with ``force``. Raises :class:`Refused`."""
    if force:
        return
    in_service = [node for node in nodes if node.status not in COLLECTABLE | {NodeStatus.COLLECTING}]
    if in_service:
        raise Refused(
            Finding(
                "N21",
                f"{node} is {node.status}: its hardware is in use by a plan or by the platform",
                "add --force if it is to be read again all the same",
                node=str(node.mgmt_address),
            )
            for node in in_service
        )
