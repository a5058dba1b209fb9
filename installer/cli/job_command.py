"""Commands that start a job: print its id, and follow it when asked to."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand, forget
from installer.cli.follow_job import NO_WORKER, follow
from jobs import liveness
from jobs.models import Job


class JobCommand(VerbCommand):
    """Subclasses write ``arguments`` and ``start``."""

    def add_arguments(self, parser: CommandParser) -> None:
        """The command's own options and ``--wait``."""
        super().add_arguments(parser)
        parser.add_argument(
            "--wait",
            action="store_true",
            help="follow the job and exit with its result; Ctrl-C stops following",
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Begin the job; None when the command has printed its answer already and there is none."""
        raise NotImplementedError

    def ended(self, job: Job) -> None:
        """What ``--wait`` shows at the end beside the result."""

    def run(self, options: dict[str, Any]) -> None:
        """The id on standard output, the rest on standard error."""
        job = self.start(options)
        if job is None:
            return
        try:
            self.stdout.write(job.job_id)
            self.stdout.flush()
        except BrokenPipeError:
            # Nobody reads the id, but the job has begun: with --wait its result is asked for.
            forget(sys.stdout)
        if options["wait"]:
            self.outcome = follow(self, job.job_id)
            self.ended(job)
            raise SystemExit(self.outcome)
        if not liveness.alive():
            self.say(NO_WORKER)
