"""collect_nodes: read the hardware of nodes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import message
from jobs.models import Job
from jobs.services.submit import submit
from nodes.models import Node
from nodes.services.busy_check import ERASE, refuse_if_busy, refuse_second
from nodes.services.lookups import nodes_at, targets
from nodes.states import COLLECTABLE, NodeStatus, move_nodes


def collect_nodes(*, addresses: Sequence[str], actor: Actor, force: bool = False) -> Job:
    """Submit the job. Nodes in service keep their state and need ``force``.

    Raises :class:`Refused` for those without it and for nodes without an established key, :class:`Busy` when
    one is already being collected.
    """
    with transaction.atomic():
        pks = [node.pk for node in nodes_at(addresses)]
        order = {pk: number for number, pk in enumerate(pks)}
        nodes = sorted(Node.objects.select_for_update().filter(pk__in=pks), key=lambda node: order[node.pk])
        refuse_second(nodes, "collect_nodes")
        check_states(nodes, force)
        _refuse_unpinned(nodes)
        # The erase itself collects the node at its end, and relies on the state that it has now.
        refuse_if_busy(nodes, actions=[ERASE])
        move_nodes(Node.objects.filter(pk__in=pks), "collect", error="")
        return submit(action="collect_nodes", targets=targets(nodes), actor=actor, params={"force": force})


def force_words(node: Node) -> list[str]:
    """Return the options with which collect_nodes takes the node in its current state."""
    return [] if node.status in COLLECTABLE | {NodeStatus.COLLECTING} else ["--force"]


def _refuse_unpinned(nodes: Sequence[Node]) -> None:
    """Refuse what can only fail: nodes without a pinned host key. Raises :class:`Refused`."""
    unknown = [node for node in nodes if not node.host_key]
    if unknown:
        raise Refused(
            Finding(
                message("N80", node=node, user=node.ssh_user, port=node.ssh_port),
                node=str(node.mgmt_address),
            )
            for node in unknown
        )


def check_states(nodes: Sequence[Node], force: bool) -> None:
    """Check that nodes in service are collected only with ``force``. Raises :class:`Refused`."""
    if force:
        return
    in_service = [node for node in nodes if node.status not in COLLECTABLE | {NodeStatus.COLLECTING}]
    if in_service:
        raise Refused(
            Finding(message("N21", node=node, status=node.status), node=str(node.mgmt_address))
            for node in in_service
        )
