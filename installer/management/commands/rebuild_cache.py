from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.statistics.service import rebuild_cache


class Command(JobCommand):
    help = gettext_noop("Recompute the statistics of a zone, including BOSS V2 if the zone has it.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("zone id"))

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        return rebuild_cache(zone_id=options["zone"], actor=self.actor)
