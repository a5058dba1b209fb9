"""Restoring the old haproxy.cfg on a proxy, also while the job is being cancelled."""

from __future__ import annotations

import time
from dataclasses import dataclass

from common import ssh
from common.failure_reason import reason_of
from common.messages import Message, message
from common.ssh import Completed, Endpoint, SshError
from jobs.context import StepContext, StepFailed, StepStopped

# The component of a step while it restores the old file, and once that is done.
UNDERWAY = "haproxy_undo"
DONE = "haproxy_back"
NOTHING = "nothing is restored"
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


def roll_back(context: StepContext, back: Back, why: Message) -> str:
    """Restore the old file where the new one is; return what the node says where it is not, which begins with NOTHING.

    Not run as a component of the step: a job that is being cancelled starts no components. Raises
    :class:`StepFailed` with ``why`` and what to do by hand, :class:`StepStopped` when the step no longer belongs
    to this worker.
    """
    context.await_lease()
    context.component = UNDERWAY
    try:
        answer = _patiently(back, ["sh", "-s"], stdin=back.script.encode(), timeout_s=_TIMEOUT_S)
        reason = reason_of([answer.stderr.decode("utf-8", "replace")])
        problem: str = reason or f"exit code {answer.exit_code}" if answer.exit_code else ""
    except SshError as error:
        problem = error.message
    if context.lost_ownership:
        # The next worker first checks whether the new file serves.
        raise StepStopped(context.stop_reason)
    if problem:
        raise StepFailed(
            message(
                "H09",
                "not_restored",
                error=why,
                problem=problem,
                path=back.path,
                job=context.job_id,
                change=back.change_id,
            )
        )
    said = _last(answer.stdout)
    context.component = DONE
    context.log(said, level="warning")
    return said if said.startswith(NOTHING) else ""


def replaced(context: StepContext, back: Back) -> Message | None:
    """Return None when the new file is what serves: an earlier worker may have started to restore the old one.

    Raises :class:`StepFailed` when this cannot be checked: what serves stays in place, but does not count as verified.
    """
    try:
        answer = _patiently(back, ["sha256sum", back.path], timeout_s=20)
    except SshError as error:
        raise StepFailed(
            message(
                "H09",
                "not_seen",
                error=error.message,
                path=back.path,
                job=context.job_id,
                change=back.change_id,
            )
        ) from error
    if answer.exit_code == 0 and answer.stdout.lstrip(b"\\").startswith(back.new_sum.encode()):
        return None
    return message("H08", "changed", path=back.path)


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
