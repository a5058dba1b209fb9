"""Phases on nodes in service: the mirror list of all hypers, services of the region, statistics of BOSS V2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from jobs.context import StepContext, StepFailed
from jobs.models import Job, Step
from jobs.registry import Action, Phase, register
from jobs.remote import run_component
from jobs.ssh import Endpoint
from nodes.endpoints import endpoint_of, for_each
from nodes.models import Node
from zones.core.install.regional import (
    GLOBAL_SERVICES,
    boss_script,
    restart_script,
)
from zones.services.find import find_zone
from zones.services.zone_counts import store_counts
from zones.services.zone_upkeep import mirror_text
from zones.services.zone_vms import hypers_of

MIRROR = "update_hyper_mirror"
BOSS = "rebuild_cache"
SERVICES = "restart_services"


@dataclass(frozen=True, slots=True)
class Script:
    """One script for one node; no database behind it."""

    endpoint: Endpoint
    component: str
    text: str


def mirror_phase(*, own_targets: bool) -> Phase:
    """The phase update_hyper_mirror; within another job it has all hypers of the zone as its own targets."""
    return Phase(
        MIRROR, run, prepare=prepare_mirror, own_targets=own_targets, needs_all=own_targets, timeout_s=300
    )


def boss_phase() -> Phase:
    """The phase rebuild_cache, on the node of BOSS V2."""
    return Phase(BOSS, run, prepare=prepare_boss, own_targets=True, needs_all=True, timeout_s=1800)


def services_phase() -> Phase:
    """The phase restart_services, on the global web services one after another."""
    return Phase(
        SERVICES,
        run,
        prepare=prepare_services,
        own_targets=True,
        one_by_one=True,
        needs_all=True,
        timeout_s=1800,
    )


def register_actions() -> None:
    """The jobs that consist of one of these phases."""
    register(Action("update_hyper_mirror", (mirror_phase(own_targets=False),)))
    counting = Phase("count", told, prepare=prepare_counts, per_node=False)
    register(Action("rebuild_cache", (counting, boss_phase())))
    register(Action(SERVICES, (services_phase(),)))


def prepare_mirror(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """The list of hypers that serve, the new ones included, for each of them."""
    zone = find_zone(job.zone_id)
    text = mirror_text(hypers_of(zone))
    return _scripts(steps, "hyper_mirror", text)


def prepare_counts(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Count the zone: the database does it, so there is nothing left for a thread but to tell."""
    return {"": store_counts(find_zone(job.zone_id))}


def told(context: StepContext, values: dict[str, Any]) -> None:
    """Say what was counted."""
    context.enter("count")
    for name, value in values.items():
        context.log(f"{name}: {value}")


def prepare_boss(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """The command of BOSS V2."""
    return _scripts(steps, "boss_cache", boss_script())


def prepare_services(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """The restart of the programs that the job names, else of the services that know which zones there are."""
    text = restart_script(job.params.get("services", GLOBAL_SERVICES), steady_s=settings.INSTALLER_STEADY_S)
    return _scripts(steps, SERVICES, text)


def _scripts(steps: Sequence[Step], component: str, text: str) -> dict[str, Any]:
    nodes = Node.objects.filter(node_id__in=[step.target for step in steps])
    return dict(for_each(nodes, lambda node: Script(endpoint_of(node), component, text)))


def run(context: StepContext, work: Script | None) -> None:
    """Run the script there. Raises StepFailed, StepStopped."""
    if work is None:
        raise StepFailed("the node was deleted meanwhile")
    run_component(context, work.endpoint, work.component, work.text)
