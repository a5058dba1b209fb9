from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from jobs.services import pause_job


class Command(VerbCommand):
    help = "Begins no further step of a job until resume_job; what runs on the nodes goes on."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", metavar="JOB", help="job id")

    def run(self, options: dict[str, Any]) -> None:
        job = pause_job(job_id=options["job"], actor=self.actor)
        self.say(f"job {job.job_id} is paused by {job.paused_by}; resume_job {job.job_id} goes on with it")
