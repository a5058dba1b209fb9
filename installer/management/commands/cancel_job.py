from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from jobs.services.cancel import cancel_job
from jobs.states import JobStatus


class Command(VerbCommand):
    help = gettext_noop(
        "Stop a job before its next component. With --now, also stop what is running on the nodes."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", metavar="JOB", help=_("job id"))
        parser.add_argument("--now", action="store_true", help=_("also stop what is running on the nodes"))

    def run(self, options: dict[str, Any]) -> None:
        job = cancel_job(job_id=options["job"], now=options["now"], actor=self.actor)
        if job.status == JobStatus.CANCELLING and not options["now"]:
            self.say(
                _("running components finish first; to stop them now, run {command}").format(
                    command=f"cancel_job {job.job_id} --now"
                )
            )
        self.say(
            _("job {job} is {status}; to continue later, run {command}").format(
                job=job.job_id, status=job.status, command=f"resume_job {job.job_id}"
            )
        )
