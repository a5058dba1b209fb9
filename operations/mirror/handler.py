"""The phase update_hyper_mirror, and the job that consists of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.models import Job, Step
from jobs.registry import Action, Phase, register
from operations.mirror.service import mirror_text
from operations.node_scripts import run, scripts
from zones.services.lookups import find_zone
from zones.services.zone_vms import hypers_of

MIRROR = "update_hyper_mirror"


def mirror_phase(*, own_targets: bool) -> Phase:
    """Return the phase update_hyper_mirror; within another job its own targets are all hypers of the zone."""
    return Phase(
        MIRROR, run, prepare=prepare_mirror, own_targets=own_targets, needs_all=own_targets, timeout_s=300
    )


def register_actions() -> None:
    """Register the job update_hyper_mirror."""
    register(Action("update_hyper_mirror", (mirror_phase(own_targets=False),)))


def prepare_mirror(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return, for each hyper, the list of hypers that serve, including the new ones."""
    zone = find_zone(job.zone_id)
    text = mirror_text(hypers_of(zone))
    return scripts(steps, "hyper_mirror", text)
