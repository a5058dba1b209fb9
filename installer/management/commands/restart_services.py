from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.supervisor.core import GLOBAL_SERVICES
from operations.supervisor.service import restart_services


class Command(JobCommand):
    help = gettext_noop(
        "Restart services on the machines of a zone, one machine at a time, each once the last is stable."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "services",
            nargs="*",
            metavar="NAME",
            help=_("supervisor programs, in this order (default: {names})").format(
                names=" ".join(GLOBAL_SERVICES)
            ),
        )
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("zone id"))
        parser.add_argument(
            "-r",
            "--group",
            default="",
            metavar="GROUP",
            help=_("group of machines, as for exec_nodes (default: the usual group of these programs)"),
        )

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        return restart_services(
            zone_id=options["zone"], names=options["services"], group=options["group"], actor=self.actor
        )
