"""Run a component on a node so that it outlives the connection, the worker and the installer.

The component is started detached (``launch.sh``), its output and exit code stay in files there, and
reading (``follow.sh``) continues at the byte where the last reader stopped, whichever worker that was.
"""

from __future__ import annotations

from typing import Any

from common.ssh import Endpoint
from jobs.context import StepContext
from jobs.remote.component import PAUSES_S, RETRY_KINDS, Component

__all__ = ["PAUSES_S", "RETRY_KINDS", "end_orphan", "run_component"]


def run_component(context: StepContext, endpoint: Endpoint, component: str, script: str) -> None:
    """Run ``script`` (POSIX sh, safe to repeat) on the node under ``/opt/install/<component>/``.

    Returns when it ended with exit code 0; when done before in this job, it is not run again. A script that
    creates the file ``$INSTALLER_REBOOT`` has the node rebooted: after its end, or, when it reboots the
    node itself, it is started again after that (``$INSTALLER_BOOTS`` counts the reboots). Raises
    :class:`StepFailed` with the line that says why (:func:`common.failure_reason.reason_of`), or :class:`StepStopped`.
    """
    context.begin_component(component)
    work = Component(context, endpoint, component)
    context.record_remote_process(_place(context, endpoint, component))
    work.run(script)
    context.record_remote_process({})


def end_orphan(context: StepContext, remote: dict[str, Any]) -> None:
    """Follow what ``remote`` says may still run on a node to its end; end it there when the step is killed.

    For a step whose job was cancelled after its worker had died. Raises :class:`StepStopped` always.
    """
    context.component = remote["component"]
    context.remote = remote
    endpoint = Endpoint(**remote["endpoint"])
    Component(context, endpoint, remote["component"], attempt=remote["attempt"]).end_orphan()


def _place(context: StepContext, endpoint: Endpoint, component: str) -> dict[str, Any]:
    values = {
        "address": endpoint.address,
        "port": endpoint.port,
        "user": endpoint.user,
        "host_key": endpoint.host_key,
        "key_path": endpoint.key_path,
    }
    return {"component": component, "attempt": context.attempt, "endpoint": values}
