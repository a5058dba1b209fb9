"""Restoring the old haproxy.cfg on a proxy, also while the job is being cancelled."""

from __future__ import annotations

import time
from dataclasses import dataclass

from common import ssh
from common.failure_reason import reason_of
from common.ssh import Completed, Endpoint, SshError
from jobs.context import StepContext, StepFailed, StepStopped

# The component of a step while it restores the old file, and once that is done.
UNDERWAY = "haproxy_undo"
DONE = "haproxy_back"
NOTHING = "nothing is put back"
_TRIES = 3
_PAUSE_S = 1.0
_TIMEOUT_S = 90


@dataclass(frozen=True, slots=True)
class Back:
    """Where the change is reverted, and the script that does it; ``new_sum``: sha256 of the new file."""

    endpoint: Endpoint
    path: str
    change_id: str
    script: str
    new_sum: str


def roll_back(context: StepContext, back: Back, why: str) -> str:
    """Restore the old file where the new one is, and say so; the result begins with NOTHING where it is not.

    Not run as a component of the step: a job that is being cancelled starts no components. Raises
    :class:`StepFailed` with ``why`` and what to do by hand, :class:`StepStopped` when the step no longer belongs
    to this worker.
    """
    context.await_lease()
    context.component = UNDERWAY
    try:
        answer = _patiently(back, ["sh", "-s"], stdin=back.script.encode(), timeout_s=_TIMEOUT_S)
        reason = reason_of([answer.stderr.decode("utf-8", "replace")])
        problem = reason or f"exit code {answer.exit_code}" if answer.exit_code else ""
    except SshError as error:
        problem = str(error)
    if context.lost_ownership:
        # The next worker first checks whether the new file serves.
        raise StepStopped(context.stop_reason)
    if problem:
        raise StepFailed(
            f"{why}; the old haproxy.cfg could not be put back: {problem}. If {back.path} there is the new one, "
            f"nobody knows whether it serves: {by_hand(context.job_id, back.path, back.change_id)}"
        )
    said = _last(answer.stdout)
    context.component = DONE
    context.log(said, level="warning")
    return said if said.startswith(NOTHING) else "the old haproxy.cfg is in place again on this proxy"


def replaced(context: StepContext, back: Back) -> str:
    """Return "" when the new file is what serves: an earlier worker may have begun to restore the old one.

    Raises :class:`StepFailed` when this cannot be checked: what serves stays in place, but does not count as verified.
    """
    try:
        answer = _patiently(back, ["sha256sum", back.path], timeout_s=20)
    except SshError as error:
        raise StepFailed(
            f"it serves, but nobody could look whether {back.path} is still the new one: {error}; "
            f"{by_hand(context.job_id, back.path, back.change_id)}"
        ) from error
    if answer.exit_code == 0 and answer.stdout.lstrip(b"\\").startswith(back.new_sum.encode()):
        return ""
    return (
        f"{back.path} is not the reviewed one any more: somebody changed it, or it was put back; look there"
    )


def by_hand(job_id: str, path: str, change_id: str) -> str:
    """Return what a person must do about a file that was not verified."""
    return (
        f"resume_job {job_id} proves it or puts the old one back; by hand: "
        f"cp {path}.before-{change_id} {path} && service haproxy restart"
    )


def _patiently(back: Back, command: list[str], *, stdin: bytes = b"", timeout_s: float) -> Completed:
    """Run a command that may run several times: retry when the connection drops."""
    for left in reversed(range(_TRIES)):
        try:
            with ssh.connect(back.endpoint) as connection:
                return connection.run(command, stdin=stdin, timeout_s=timeout_s, to_the_end=True)
        except SshError:
            if not left:
                raise
            time.sleep(_PAUSE_S)
    raise AssertionError("there is at least one try")


def _last(data: bytes) -> str:
    lines = data.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
