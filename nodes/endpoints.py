"""How to reach a node over SSH."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.conf import settings

from common.ssh import Endpoint, Place, SshError
from nodes.models import Node

T = TypeVar("T")


def place_of(node: Node) -> Place:
    """Return its address, port and user, and the installer's key."""
    return Place(
        address=str(node.mgmt_address),
        port=node.ssh_port,
        user=node.ssh_user,
        key_path=str(settings.INSTALLER_SSH_KEY),
    )


def endpoint_of(node: Node) -> Endpoint:
    """Return the same with its pinned host key. Raises :class:`SshError` for a node without one."""
    return place_of(node).pinned(node.host_key)


def for_each(nodes: Iterable[Node], make: Callable[[Node], T]) -> dict[str, T | SshError]:
    """Return the result of ``make`` by node id; for a node without a host key, why it cannot be reached."""
    found: dict[str, T | SshError] = {}
    for node in nodes:
        try:
            found[node.node_id] = make(node)
        except SshError as error:
            found[node.node_id] = error
    return found
