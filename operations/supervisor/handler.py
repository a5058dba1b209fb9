"""The phase restart_services, and the job that consists of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from jobs.models import Job, Step
from jobs.registry import Action, Phase, register
from operations.node_scripts import run, scripts
from operations.supervisor.core import GLOBAL_SERVICES, restart_script

SERVICES = "restart_services"


def services_phase() -> Phase:
    """Return the phase restart_services, on the global web services one after another."""
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
    """Register the job restart_services."""
    register(Action(SERVICES, (services_phase(),)))


def prepare_services(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the restart of the job's programs, else of the services that know which zones exist."""
    text = restart_script(job.params.get("services", GLOBAL_SERVICES), steady_s=settings.INSTALLER_STEADY_S)
    return scripts(steps, SERVICES, text)
