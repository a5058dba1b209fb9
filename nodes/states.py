"""The states of a node, and the only function that assigns them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy


class NodeStatus(models.TextChoices):
    """States of a node."""

    NEW = "new", gettext_lazy("New")
    COLLECTING = "collecting", gettext_lazy("Collecting")
    AVAILABLE = "available", gettext_lazy("Available")
    COLLECT_FAILED = "collect_failed", gettext_lazy("Collect failed")
    CONFIGURED = "configured", gettext_lazy("Configured")
    SCALING = "scaling", gettext_lazy("Scaling")
    SCALE_FAILED = "scale_failed", gettext_lazy("Scale failed")
    ACTIVE = "active", gettext_lazy("Active")
    RETIRED = "retired", gettext_lazy("Retired")


S = NodeStatus
DELETABLE = frozenset({S.NEW, S.AVAILABLE, S.COLLECT_FAILED, S.RETIRED})
# Collected without asking; every other state needs --force.
COLLECTABLE = frozenset({S.NEW, S.AVAILABLE, S.COLLECT_FAILED})
IN_SERVICE = frozenset({S.SCALING, S.SCALE_FAILED, S.ACTIVE})

# event -> (from, to). COLLECTING and SCALING are transient: the steps of their job carry the heartbeat
# and the deadline, and every ending of that job leads out of them (COLLECT_FAILED, SCALE_FAILED).
EVENTS: dict[str, tuple[frozenset[NodeStatus], NodeStatus]] = {
    "collect": (COLLECTABLE | {S.COLLECTING}, S.COLLECTING),
    "collected": (frozenset({S.COLLECTING, S.COLLECT_FAILED}), S.AVAILABLE),
    "collect_failed": (frozenset({S.COLLECTING}), S.COLLECT_FAILED),
    "configure": (frozenset({S.AVAILABLE}), S.CONFIGURED),
    "unconfigure": (frozenset({S.CONFIGURED, S.SCALE_FAILED}), S.AVAILABLE),
    "scale": (frozenset({S.CONFIGURED, S.SCALE_FAILED, S.SCALING}), S.SCALING),
    # In service, but its plan was changed since it was installed (zones.services.leave_out).
    "scale_again": (frozenset({S.ACTIVE}), S.SCALING),
    "scaled": (frozenset({S.SCALING}), S.ACTIVE),
    "scale_failed": (frozenset({S.SCALING}), S.SCALE_FAILED),
    "adopt": (frozenset({S.AVAILABLE}), S.ACTIVE),
    "retire": (frozenset({S.ACTIVE}), S.RETIRED),
}


def move_nodes(nodes: QuerySet[Any], event: str, **fields: Any) -> int:
    """Run ``UPDATE … WHERE status IN (from)``; return how many nodes moved."""
    sources, target = EVENTS[event]
    return nodes.filter(status__in=sources).update(status=target, **fields)
