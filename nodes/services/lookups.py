"""Look up named nodes; refuse with a list of every unknown one."""

from __future__ import annotations

from collections.abc import Sequence

from common.errors import Finding, NotFound, Refused
from common.messages import message
from jobs.services.submit import Target
from nodes.models import Node


def nodes_at(addresses: Sequence[str]) -> list[Node]:
    """Return the nodes with these management addresses, in the order given. Raises :class:`NotFound`."""
    wanted = list(dict.fromkeys(addresses))
    if not wanted:
        raise Refused.because(message("N03", "no_node"))
    found = {node.mgmt_address: node for node in Node.objects.filter(mgmt_address__in=wanted)}
    unknown = [address for address in wanted if address not in found]
    if unknown:
        raise NotFound(Finding(message("N04", address=address), node=address) for address in unknown)
    return [found[address] for address in wanted]


def targets(nodes: Sequence[Node]) -> list[Target]:
    """Return the nodes as the job engine knows them."""
    return [Target(id=node.node_id, address=str(node.mgmt_address)) for node in nodes]
