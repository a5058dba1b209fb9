"""Commands that start a job: they print its id, and follow it on request."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from installer.cli.base import VerbCommand, forget
from installer.cli.follow_job import NO_WORKER, follow
from jobs import liveness
from jobs.models import Job


class JobCommand(VerbCommand):
    """Base of commands that start a job. Subclasses define ``arguments`` and ``start``."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of the command and ``--wait``."""
        super().add_arguments(parser)
        parser.add_argument(
            "--wait",
            action="store_true",
            help=_("follow the job and exit with its result; Ctrl-C stops following, not the job"),
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Start the job; None when there is none and the command has already printed its answer."""
        raise NotImplementedError

    def ended(self, job: Job) -> None:
        """Print what ``--wait`` shows at the end besides the result."""

    def run(self, options: dict[str, Any]) -> None:
        """Print the id on standard output, everything else on standard error."""
        job = self.start(options)
        if job is None:
            return
        try:
            self.stdout.write(job.job_id)
            self.stdout.flush()
        except BrokenPipeError:
            # The id has no reader, but the job has started: --wait still asks for its result.
            forget(sys.stdout)
        if options["wait"]:
            self.outcome = follow(self, job.job_id)
            self.ended(job)
            raise SystemExit(self.outcome)
        if not liveness.alive():
            self.say(str(NO_WORKER))
