"""Stop what an ended step left running on a node that could not be reached at the time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from common import ssh
from common.ssh import Endpoint, SshError
from jobs import lookups
from jobs.engine import claims, watchdog
from jobs.engine.event_writer import log_event
from jobs.models import Step
from jobs.remote.terminate import end_component

# A random choice, of as many as one round can do whether or not they answer: such visits never pile up in the queue
# ahead of the jobs, and no node waits behind nodes that are gone.
_AT_ONCE = 20


def end_orphans(*, old: bool, asked_at: float) -> None:
    """Visit some of these nodes once; with ``old`` also those of long ago.

    ``asked_at``: seconds since 1970 by the database's clock. While every worker is busy, such entries gather in the
    queue; entries that have waited are dropped, so that no job waits behind visits to nodes that are gone.
    Ending twice does no harm: an existing result stays.
    """
    now = claims.database_now()
    if now.timestamp() - asked_at > (watchdog.ORPHANS_OLD_EVERY_S if old else watchdog.ORPHANS_EVERY_S):
        return
    left = lookups.orphans(None if old else now - watchdog.ORPHANS_FOR)
    found = list(left.select_related("job").order_by("?")[:_AT_ONCE])
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="orphans") as pool:
        ended = list(pool.map(_end, found))
    for step, done in zip(found, ended, strict=True):
        if done:
            settle(step, "it no longer runs on the node")


def settle(step: Step, why: str) -> bool:
    """Record that the step no longer runs on the node, and log ``why``; skipped when the job was resumed."""
    here = Step.objects.filter(pk=step.pk, fence=step.fence, status=step.status)
    settled = bool(here.exclude(remote={}).update(remote={}))
    if settled:
        log_event(step.job, f"{step.remote['component']}: {why}", step=step)
    return settled


def _end(step: Step) -> bool:
    left = step.remote
    numbers = (left["attempt"], step.phase, step.fence)
    try:
        with ssh.connect(Endpoint(**left["endpoint"]), patient=False) as connection:
            return end_component(connection, left["component"], step.job.job_id, *numbers)
    except SshError:
        return False
