"""establish_ssh: from a password to key login, with the host key pinned."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from jobs.actor import Actor
from jobs.errors import Refused
from jobs.models import Job
from jobs.secrets import Secret
from jobs.services import submit
from nodes.models import Node
from nodes.services.add import check_login
from nodes.services.exclusion import refuse_second
from nodes.services.find import nodes_at, targets


def establish_ssh(
    *,
    addresses: Sequence[str],
    actor: Actor,
    port: int | None = None,
    user: str | None = None,
    password: Secret | None = None,
    accept_new: bool = True,
    replace_host_keys: Sequence[str] = (),
) -> Job:
    """Begin the job; the password is stored encrypted until the job ends.

    Raises :class:`Refused`, and :class:`Busy` when another one has one of the nodes.

    ``replace_host_keys`` are addresses whose changed host key a person has compared and accepts.
    """
    nodes = nodes_at(addresses)
    check_login(port or 22, user or "root")
    stray = set(replace_host_keys) - {str(node.mgmt_address) for node in nodes}
    if stray:
        raise Refused.because(
            "N20",
            f"{', '.join(sorted(stray))} is not among the nodes of this call",
            "name it in both",
            field="replace_host_keys",
        )
    with transaction.atomic():
        locked = list(Node.objects.select_for_update().filter(pk__in=[node.pk for node in nodes]))
        # Two at once would each write authorized_keys and pin what they saw.
        refuse_second(locked, "establish_ssh")
        return submit(
            action="establish_ssh",
            targets=targets(nodes),
            actor=actor,
            params={
                "port": port,
                "user": user,
                "accept_new": accept_new,
                "replace_host_keys": list(replace_host_keys),
            },
            secrets={"password": password} if password else None,
        )
