"""``--wait``: show the progress of a job until it ends, and exit with its result."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from installer.cli.base import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, VerbCommand
from installer.cli.progress import display
from jobs import liveness
from jobs.models import Event, Job
from jobs.queries import job_status
from jobs.services import find_job
from jobs.states import JOB_ENDED, JobStatus

POLL_S = 0.5
# How often to check whether any worker is alive, in polls.
_WORKER_EVERY = 10
# A restarting database is back within this many polls; after that we report it and exit.
_PATIENCE = 60
NO_WORKER = "no worker is alive, so the job waits: start one on this host with manage.py qcluster"


def follow(command: VerbCommand, job_id: str) -> int:
    """Follow the job to its end and return its exit code, 0 or 1. Exits with 130 on Ctrl-C; the job continues."""
    screen = display(command.stderr)
    try:
        with screen:
            status = _watch(job_id, screen)
    except KeyboardInterrupt:
        command.end(
            f"stopped following; job {job_id} goes on. Look at it with get_status {job_id} or "
            f"get_log {job_id} --follow; end it with cancel_job {job_id}",
            EXIT_INTERRUPTED,
        )
    for node in status["nodes"]:
        if node["status"] == "failed":
            command.say(f"{node['mgmt_address']} failed in {node['phase']}: {node['error']}")
    if status["status"] != JobStatus.SUCCEEDED:
        command.say(f"job {job_id} {status['status']}: {status['error']}")
        return EXIT_FAILED
    command.say(f"job {job_id} succeeded")
    return EXIT_DONE


def _watch(job_id: str, screen: Any) -> dict[str, Any]:
    polls = 0
    while True:
        job: Job = patiently(partial(find_job, job_id))
        status: dict[str, Any] = patiently(partial(job_status, job))
        screen.update(status, patiently(partial(last_line, job)))
        if job.status in JOB_ENDED:
            return status
        if polls % _WORKER_EVERY == 0:
            # A worker that cannot write its heartbeat is not dead.
            screen.warn(
                status["waits_for"] or ("" if patiently(liveness.alive) else f"{NO_WORKER}; {_until()}")
            )
        polls += 1
        time.sleep(POLL_S)


def _until() -> str:
    """Describe how long the job waits for a worker."""
    return f"after {settings.INSTALLER_TAKEOVER_S // 3600} h without one it fails and can be resumed"


def patiently(query: Callable[[], Any]) -> Any:
    """Run a query; retry it while the database is unavailable for a moment."""
    for _ in range(_PATIENCE):
        try:
            return query()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(POLL_S)
    return query()


def last_line(job: Job) -> str:
    """Return the newest line of the job's log, with the node it came from."""
    newest = Event.objects.filter(job=job).order_by("-seq").values_list("node", "line").first()
    return " ".join(part for part in newest if part) if newest else ""
