from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from jobs.services.pause import pause_job


class Command(VerbCommand):
    help = gettext_noop(
        "Pause a job: start no further steps until resume_job. Steps running on nodes continue."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", metavar="JOB", help=_("job id"))

    def run(self, options: dict[str, Any]) -> None:
        job = pause_job(job_id=options["job"], actor=self.actor)
        self.say(
            _("job {job} is paused by {name}; to continue, run resume_job {job}").format(
                job=job.job_id, name=job.paused_by
            )
        )
