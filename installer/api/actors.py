"""The actor behind a REST request."""

from __future__ import annotations

from rest_framework.request import Request

from common.actor import Actor
from installer.groups import DECIDE_PLAN


def actor_of(request: Request) -> Actor:
    """Return the user of a request and the address the connection came from."""
    return Actor(
        name=request.user.get_username(),
        via="api",
        address=str(request.META.get("REMOTE_ADDR") or "")[:64],
        decides=request.user.has_perm(DECIDE_PLAN),
    )
