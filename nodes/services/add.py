"""add_nodes: register bare servers by address."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from common import audit
from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import message
from common.pasted import refuse_pasted
from nodes.addresses import read_addresses
from nodes.models import Node
from nodes.states import NodeStatus

_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")


def add_nodes(*, addresses: Sequence[str], actor: Actor, port: int = 22, user: str = "root") -> list[Node]:
    """Add all of them or none. Raises :class:`Refused` with a finding for each that is bad or known."""
    wanted = read_addresses(addresses)
    check_login(port, user)
    known = dict(Node.objects.filter(mgmt_address__in=wanted).values_list("mgmt_address", "status"))
    if known:
        raise Refused(_known(address, known[address]) for address in wanted if address in known)
    try:
        with transaction.atomic():
            nodes = Node.objects.bulk_create(
                [Node(mgmt_address=address, ssh_port=port, ssh_user=user) for address in wanted],
                batch_size=500,
            )
            audit.record(actor, "add_nodes", f"{len(nodes)} nodes", nodes=wanted, port=port, user=user)
    except IntegrityError:
        raise Refused.because(message("N05", "added_meanwhile")) from None
    return nodes


def _known(address: str, status: str) -> Finding:
    if status == NodeStatus.RETIRED:
        return Finding(message("N05", "retired", address=address), node=address)
    return Finding(message("N05", "registered", address=address), node=address)


def check_login(port: int, user: str) -> None:
    """Raise :class:`Refused` for an impossible port or user name."""
    if not 1 <= port <= 65535:
        raise Refused.because(message("N06", port=port), field="port")
    if not _USER.fullmatch(user):
        refuse_pasted([user], field="user")
        raise Refused.because(message("N07", user=user[:40]), field="user")
