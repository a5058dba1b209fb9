"""The job rebuild_cache: a zone is counted here, then in BOSS V2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.context import StepContext
from jobs.models import Job, Step
from jobs.registry import Action, Phase, register
from operations.node_scripts import run, scripts
from operations.statistics.core import boss_script
from zones.services.lookups import find_zone
from zones.services.statistics import store_counts

BOSS = "rebuild_cache"


def boss_phase() -> Phase:
    """Return the phase rebuild_cache, on the node of BOSS V2."""
    return Phase(BOSS, run, prepare=prepare_boss, own_targets=True, needs_all=True, timeout_s=1800)


def register_actions() -> None:
    """Register the job rebuild_cache."""
    counting = Phase("count", told, prepare=prepare_counts, per_node=False)
    register(Action("rebuild_cache", (counting, boss_phase())))


def prepare_counts(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Count the zone in the database, so that all that is left for a thread is to report."""
    return {"": store_counts(find_zone(job.zone_id))}


def told(context: StepContext, values: dict[str, Any]) -> None:
    """Log what was counted."""
    context.begin_component("count")
    for name, value in values.items():
        context.log(f"{name}: {value}")


def prepare_boss(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the command of BOSS V2."""
    return scripts(steps, "boss_cache", boss_script())
