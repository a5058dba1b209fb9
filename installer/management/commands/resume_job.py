from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.job_command import JobCommand
from jobs.models import Job
from jobs.services.resume import resume_job
from nodes.addresses import read_addresses


class Command(JobCommand):
    help = gettext_noop("Resume a failed, cancelled or paused job. Completed steps are not repeated.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", metavar="JOB", help=_("job id"))
        parser.add_argument(
            "--node", metavar="IP", nargs="+", action="extend", default=[], help=_("only these nodes")
        )
        parser.add_argument("--from-phase", default="", metavar="P", help=_("repeat from this phase onwards"))

    def start(self, options: dict[str, Any]) -> Job:
        """Resume the job."""
        return resume_job(
            job_id=options["job"],
            addresses=read_addresses(options["node"]) if options["node"] else [],
            from_phase=options["from_phase"],
            actor=self.actor,
        )
