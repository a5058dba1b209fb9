from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.job_command import JobCommand
from jobs.models import Job
from jobs.services import resume_job
from nodes.addresses import read_addresses


class Command(JobCommand):
    help = "Goes on with a failed or cancelled job: what succeeded stays done."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", metavar="JOB", help="job id")
        parser.add_argument(
            "--node", metavar="IP", nargs="+", action="extend", default=[], help="only these nodes"
        )
        parser.add_argument("--from-phase", default="", metavar="P", help="repeat from this phase on")

    def start(self, options: dict[str, Any]) -> Job:
        """Resume the job."""
        return resume_job(
            job_id=options["job"],
            addresses=read_addresses(options["node"]) if options["node"] else [],
            from_phase=options["from_phase"],
            actor=self.actor,
        )
