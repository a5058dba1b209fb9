from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.packages.service import build_global_conf


class Command(JobCommand):
    help = "Builds the package pitrix-global-conf of a zone from the files that it has now."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help="the zone")

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        return build_global_conf(zone_id=options["zone"], actor=self.actor)
