"""establish_ssh: from a password to key login, with the host key pinned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import message
from common.secrets import Secret
from common.ssh.types import fingerprint
from jobs.engine.event_writer import log_event
from jobs.models import Job
from jobs.services.submit import submit
from nodes.known_hosts import KnownHosts, read_known_hosts, refuse_too_many
from nodes.models import Node
from nodes.services.add import check_login
from nodes.services.busy_check import refuse_second
from nodes.services.lookups import nodes_at, targets


def establish_ssh(
    *,
    addresses: Sequence[str],
    actor: Actor,
    port: int | None = None,
    user: str | None = None,
    password: Secret | None = None,
    accept_new: bool | None = None,
    replace_host_keys: Sequence[str] = (),
    known_hosts: bytes = b"",
    file: str = "",
) -> Job:
    """Submit the job; the password is stored encrypted until the job ends.

    ``known_hosts``: a file of OpenSSH with the host keys that nodes may show. ``accept_new``: a node with an unknown
    key is trusted on first use; by default when no such file is given. ``replace_host_keys`` are addresses whose
    changed host key a person has compared and accepts.

    Raises :class:`Refused`, and :class:`Busy` when another such job has one of the nodes.
    """
    nodes = nodes_at(addresses)
    trusts = not known_hosts if accept_new is None else accept_new
    check_login(port or 22, user or "root")
    stray = set(replace_host_keys) - {str(node.mgmt_address) for node in nodes}
    if stray:
        raise Refused.because(message("N20", addresses=sorted(stray)), field="replace_host_keys")
    known = read_known_hosts(known_hosts, file) if known_hosts else KnownHosts(())
    with transaction.atomic():
        locked = list(Node.objects.select_for_update().filter(pk__in=[node.pk for node in nodes]))
        # Two at once would each write authorized_keys and pin what they saw.
        refuse_second(locked, "establish_ssh")
        of_nodes = _known_keys(locked, known, port, replace_host_keys, trusts, file) if known_hosts else {}
        job = submit(
            action="establish_ssh",
            targets=targets(nodes),
            actor=actor,
            params={
                "port": port,
                "user": user,
                "accept_new": trusts,
                "known_hosts": of_nodes,
                "replace_host_keys": list(replace_host_keys),
            },
            secrets={"password": password} if password else None,
        )
        for note in known.notes:
            log_event(job, note, level="warning")
        return job


def _known_keys(
    nodes: Sequence[Node],
    known: KnownHosts,
    port: int | None,
    replaced: Sequence[str],
    trusts: bool,
    file: str,
) -> dict[str, Any]:
    """Return the file's keys of each node, by address. Raises :class:`Refused` when it is useless or contradictory."""
    refuse_too_many(known, len(nodes), file)
    found: dict[str, Any] = {}
    findings = []
    for node in nodes:
        address = str(node.mgmt_address)
        keys, revoked = known.keys_of(address, port or node.ssh_port)
        found[address] = {"keys": list(keys), "revoked": list(revoked)}
        pinned = node.host_key if address not in replaced else ""
        if pinned and keys and pinned not in keys:
            shown = ", ".join(fingerprint(key) for key in keys)
            findings.append(
                Finding(
                    message(
                        "N84",
                        node=node,
                        pinned=node.host_key_fingerprint,
                        given=shown,
                        address=address,
                    ),
                    node=address,
                    file=file,
                )
            )
        elif not pinned and not keys and not trusts:
            findings.append(Finding(message("N85", node=node), node=address, file=file))
    if findings:
        raise Refused(findings)
    return found
