"""How a node is reached over SSH."""

from __future__ import annotations

from django.conf import settings

from jobs.ssh import Endpoint
from nodes.models import Node


def endpoint_of(node: Node) -> Endpoint:
    """Its address, port, user and pinned host key, with the installer's own key."""
    return Endpoint(
        address=str(node.mgmt_address),
        port=node.ssh_port,
        user=node.ssh_user,
        host_key=node.host_key,
        key_path=str(settings.INSTALLER_SSH_KEY),
    )
