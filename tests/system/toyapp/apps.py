"""Registers the toy action: phases ``one`` and ``two``, each a component on every node."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig

from common.ssh import Endpoint
from jobs import registry
from jobs.context import StepContext
from jobs.remote import run_component


def run(context: StepContext, payload: Any) -> None:
    """Run this phase's script as a component named like the phase; of several, the second is named like ``one.2``."""
    scripts = context.params["scripts"].get(context.phase) or []
    for number, script in enumerate([scripts] if isinstance(scripts, str) else scripts, 1):
        name = context.phase if number == 1 else f"{context.phase}.{number}"
        run_component(context, _endpoint(context), name, script)


def _endpoint(context: StepContext) -> Endpoint:
    params = context.params
    return Endpoint(
        context.address, params["port"], key_path=params["key"], host_key=params["host_keys"][context.address]
    )


class ToyConfig(AppConfig):
    name = "tests.system.toyapp"
    label = "toyapp"

    def ready(self) -> None:
        from tests.system.toyapp import dying

        timeout_s = 240
        phases = tuple(registry.Phase(name, run, timeout_s=timeout_s) for name in ("one", "two"))
        registry.register(registry.Action("toy", phases))
        registry.register(registry.Action("quick", (registry.Phase("one", run, timeout_s=3),)))
        dying.arm()
