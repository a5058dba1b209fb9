from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.supervisor.core import GLOBAL_SERVICES
from operations.supervisor.service import restart_services


class Command(JobCommand):
    help = "Restarts services on machines of a zone, one machine after another, the next when the last is steady."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "services",
            nargs="*",
            metavar="NAME",
            help=f"programs of the supervisor, in this order (default: {' '.join(GLOBAL_SERVICES)})",
        )
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help="zone id")
        parser.add_argument(
            "-r",
            "--group",
            default="",
            metavar="GROUP",
            help="where they run, as exec_nodes takes it (default: what is known of these programs)",
        )

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        return restart_services(
            zone_id=options["zone"], names=options["services"], group=options["group"], actor=self.actor
        )
