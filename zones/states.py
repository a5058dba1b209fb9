"""The vocabulary of a plan's states, and the only function that assigns them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy


class PlanStatus(models.TextChoices):
    """The states of a plan."""

    DRAFT = "draft", gettext_lazy("Draft")
    APPROVED = "approved", gettext_lazy("Approved")
    APPLIED = "applied", gettext_lazy("Applied")
    REJECTED = "rejected", gettext_lazy("Rejected")
    SUPERSEDED = "superseded", gettext_lazy("Superseded")


PLAN_OPEN = frozenset({PlanStatus.DRAFT, PlanStatus.APPROVED})

EVENTS: dict[str, tuple[frozenset[PlanStatus], PlanStatus]] = {
    "approve": (frozenset({PlanStatus.DRAFT}), PlanStatus.APPROVED),
    "reopen": (frozenset({PlanStatus.APPROVED}), PlanStatus.DRAFT),
    "reject": (PLAN_OPEN, PlanStatus.REJECTED),
    "supersede": (PLAN_OPEN, PlanStatus.SUPERSEDED),
    "apply": (frozenset({PlanStatus.APPROVED}), PlanStatus.APPLIED),
    "adopt": (frozenset({PlanStatus.DRAFT}), PlanStatus.APPLIED),
}


def move_plans(plans: QuerySet[Any], event: str, **fields: Any) -> int:
    """Run ``UPDATE … WHERE status IN (from)`` and return how many plans moved."""
    sources, target = EVENTS[event]
    return plans.filter(status__in=sources).update(status=target, **fields)
