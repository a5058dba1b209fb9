"""add_nodes: register bare servers by address."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from common import audit
from common.actor import Actor
from common.errors import Finding, Refused
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
        raise Refused.because(
            "N05",
            "somebody else added one of these nodes a moment ago",
            "look at describe_nodes -s new, then repeat",
        ) from None
    return nodes


def _known(address: str, status: str) -> Finding:
    if status == NodeStatus.RETIRED:
        detail = f"{address} is registered as a machine that has retired"
        remedy = "if another one has its address now, delete_nodes first"
        return Finding("N05", detail, remedy, node=address)
    remedy = "leave it out; describe_nodes shows it"
    return Finding("N05", f"{address} is registered already", remedy, node=address)


def check_login(port: int, user: str) -> None:
    """Raise :class:`Refused` for an impossible port or user name."""
    if not 1 <= port <= 65535:
        raise Refused.because("N06", f"port {port} does not exist", "use 1 to 65535", field="port")
    if not _USER.fullmatch(user):
        refuse_pasted([user], field="user")
        raise Refused.because(
            "N07", f"{user[:40]!r} is no login name", "use the name of the account", field="user"
        )
