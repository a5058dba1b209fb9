from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from jobs.services import cancel_job
from jobs.states import JobStatus


class Command(VerbCommand):
    help = "Stops a job before its next component; --now also ends what runs on the nodes."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", metavar="JOB", help="job id")
        parser.add_argument("--now", action="store_true", help="end what runs on the nodes at once")

    def run(self, options: dict[str, Any]) -> None:
        job = cancel_job(job_id=options["job"], now=options["now"], actor=self.actor)
        if job.status == JobStatus.CANCELLING and not options["now"]:
            self.say(f"what runs comes to its end first; cancel_job {job.job_id} --now does not wait for it")
        self.say(f"job {job.job_id} is {job.status}; resume_job {job.job_id} goes on with it later")
