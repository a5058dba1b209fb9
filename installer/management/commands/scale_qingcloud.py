from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.job_command import JobCommand
from installer.cli.output import chosen
from installer.cli.plans import print_steps
from jobs.models import Job
from jobs.services.submit import Pace
from operations.scaling.scale import dry_run, scale_qingcloud


class Command(JobCommand):
    help = gettext_noop("Install the nodes of a zone's approved plan.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("zone id"))
        inputs.add_address_arguments(parser)
        parser.add_argument(
            "--canary",
            type=inputs.count,
            default=0,
            metavar="N",
            help=_("number of nodes to install first, on their own"),
        )
        parser.add_argument(
            "--batch",
            type=inputs.count,
            default=0,
            metavar="N",
            help=_("number of nodes to install at once (0: all)"),
        )
        parser.add_argument(
            "--max-failures",
            type=inputs.count,
            metavar="N",
            help=_("start no further node after more than N failures"),
        )
        parser.add_argument(
            "--dry-run", action="store_true", help=_("print every command for every node without running it")
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Start the job; with ``--dry-run``, print its steps instead."""
        wanted = inputs.addresses(options)
        if options["dry_run"]:
            steps = dry_run(zone_id=options["zone"], addresses=wanted)
            if chosen(self.stdout, options["format"]) == "table":
                print_steps(self, steps)
            else:
                self.emit(options, steps, steps)
            return None
        pace = Pace(canary=options["canary"], batch=options["batch"], max_failures=options["max_failures"])
        return scale_qingcloud(zone_id=options["zone"], addresses=wanted, pace=pace, actor=self.actor)
