"""Stop a component that runs on a node: for its owner, for the search for orphans, or for the next job."""

from __future__ import annotations

from common.messages import message
from common.ssh import Connection, SshError
from jobs.remote.scripts import END

LOG_ROOT = "/opt/install"
_STALE = 75


def mark_of(phase: str) -> str:
    """Return the phase as written in the name of the file with the newest fence."""
    return phase.replace("/", "_")


def end_component(
    connection: Connection, component: str, job_id: str, attempt: int, phase: str, fence: int
) -> bool:
    """End the process groups of this attempt and earlier ones; doing it twice is harmless, an existing result stays.

    Returns False when the step was claimed again since ``fence``: what runs is its new owner's and was left alone.
    Raises :class:`SshError`.
    """
    words = [f"{LOG_ROOT}/{component}", job_id, str(attempt), mark_of(phase), str(fence)]
    code = connection.run(["sh", "-c", END, "sh", *words], timeout_s=20, to_the_end=True).exit_code
    if code not in (0, _STALE):
        left = message("S15", "not_ended", endpoint=connection.endpoint, component=component)
        raise SshError("dropped", left)
    return code == 0
