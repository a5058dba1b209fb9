"""``--wait``: show the progress of a job until it ends, and exit with its result."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import OutputWrapper
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.messages import with_code
from installer.cli.base import EXIT_DONE, EXIT_FAILED, EXIT_INTERRUPTED, VerbCommand
from installer.cli.progress import PlainDisplay
from jobs import liveness
from jobs.lookups import find_job
from jobs.models import Event, Job
from jobs.notifications import Listener
from jobs.queries import job_status
from jobs.states import JOB_ENDED, JobStatus

if TYPE_CHECKING:
    from installer.cli.live_display import LiveDisplay

POLL_S = 0.5
# How often to check whether any worker is alive, in polls.
_WORKER_EVERY = 10
# A restarting database is back within this many polls; after that we report it and exit.
_PATIENCE = 60
NO_WORKER = gettext_lazy(
    "no worker is running, so the job waits: start one on this host with manage.py qcluster"
)


def display(err: OutputWrapper) -> LiveDisplay | PlainDisplay:
    """Choose the display for the stream."""
    if not err.isatty():
        return PlainDisplay(err)
    from rich.console import Console

    from installer.cli.live_display import LiveDisplay

    return LiveDisplay(Console(stderr=True))


def follow(command: VerbCommand, job_id: str) -> int:
    """Follow the job to its end and return its exit code, 0 or 1. Exits with 130 on Ctrl-C; the job continues."""
    screen = display(command.stderr)
    try:
        with screen:
            status = _watch(job_id, screen)
    except KeyboardInterrupt:
        command.end(
            _(
                "stopped following; job {job} continues. To see it, run get_status {job} or get_log {job} --follow; "
                "to stop it, run cancel_job {job}"
            ).format(job=job_id),
            EXIT_INTERRUPTED,
        )
    for node in status["nodes"]:
        if node["status"] == "failed":
            text = _("{address} failed in {phase}: {error}")
            error = with_code(node["error"])
            command.say(text.format(address=node["mgmt_address"], phase=node["phase"], error=error))
    if status["status"] != JobStatus.SUCCEEDED:
        text = _("job {job} {status}: {error}")
        command.say(text.format(job=job_id, status=status["status"], error=with_code(status["error"])))
        return EXIT_FAILED
    command.say(_("job {job} succeeded").format(job=job_id))
    return EXIT_DONE


def _watch(job_id: str, screen: Any) -> dict[str, Any]:
    polls, listener = 0, Listener()
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
        patiently(partial(listener.wait, least_s=POLL_S))


def _until() -> str:
    """Describe how long the job waits for a worker."""
    text = _("after {hours} h without a worker, the job fails and can be resumed")
    return text.format(hours=settings.INSTALLER_TAKEOVER_S // 3600)


def patiently(query: Callable[[], Any]) -> Any:
    """Run a query; retry it while the database is unavailable for a moment."""
    for _attempt in range(_PATIENCE):
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
