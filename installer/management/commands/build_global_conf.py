from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.packages.service import build_global_conf


class Command(JobCommand):
    help = gettext_noop("Build the pitrix-global-conf package of a zone from its current files.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("zone id"))

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        return build_global_conf(zone_id=options["zone"], actor=self.actor)
