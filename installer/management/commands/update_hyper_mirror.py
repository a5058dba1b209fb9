from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.mirror.service import update_hyper_mirror


class Command(JobCommand):
    help = gettext_noop(
        "Write the list of all hypers on the hypers of a fusion or devops zone and restart compute_server there."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-n", "--group", default="hyper", metavar="GROUP", help=_("group of hypers (default: hyper)")
        )
        parser.add_argument("-z", "--zone", default="", metavar="ZONE", help=_("only nodes of this zone"))

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        return update_hyper_mirror(group=options["group"], zone_id=options["zone"], actor=self.actor)
