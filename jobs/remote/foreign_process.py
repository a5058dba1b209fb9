"""Handle a component of another job that is still running on the node."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.messages import message
from common.ssh import Connection, Endpoint
from jobs.context import StepContext, StepFailed
from jobs.remote.terminate import LOG_ROOT, end_component

# Names of our own files and numbers, as launch.sh found them: nothing else is passed on to a shell or a log.
_ANSWER = re.compile(rb"beside [\w.-]{1,80} j-[0-9A-Za-z]{8} [0-9]{1,9} [\w.:-]{1,200} [0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class ForeignProcess:
    """A component that runs on the node, as ``launch.sh`` reports it; ``fence`` is that of its step's last claim."""

    component: str
    job_id: str
    attempt: int
    phase: str
    fence: int

    @classmethod
    def read(cls, answer: bytes) -> ForeignProcess | None:
        """Parse the answer; None when it reports something else."""
        match = _ANSWER.fullmatch(answer.strip())
        if match is None:
            return None
        words = match[0].decode().split()
        return cls(words[1], words[2], int(words[3]), words[4], int(words[5]))

    def may_run_on(self, context: StepContext, endpoint: Endpoint, *, before: str) -> bool:
        """Check whether its job is active, so that the database allows both; False: it is to be ended first.

        Raises :class:`StepFailed` when the job is not known here, :class:`StepStopped`.
        """
        log = f"{LOG_ROOT}/{self.component}/{self.job_id}-{self.attempt}.log"
        # One step of a job is on a node at a time: a process of our own job belongs to an attempt that was given up.
        if self.job_id != context.job_id:
            over = context.is_over(self.job_id)
            if over is None:
                raise StepFailed(
                    message(
                        "J13",
                        component=self.component,
                        job=self.job_id,
                        endpoint=endpoint,
                        before=before,
                        log=log,
                    )
                )
            if not over:
                return True
        context.log(
            f"{self.component} of job {self.job_id} is still running here without a worker: it is stopped "
            f"before {before} starts, its log is {log}",
            level="warning",
        )
        return False

    def end(self, connection: Connection) -> None:
        """End it, unless its job was resumed at this moment. Raises :class:`SshError`."""
        end_component(connection, self.component, self.job_id, self.attempt, self.phase, self.fence)
