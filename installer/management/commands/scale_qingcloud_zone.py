from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.output import chosen
from installer.cli.plans import print_steps
from installer.management.commands import scale_qingcloud
from jobs.models import Job
from jobs.services import Pace
from operations.scaling.scale_zone import dry_run_zone, scale_qingcloud_zone


class Command(scale_qingcloud.Command):
    help = "Installs a new zone as its approved plan says, and makes its region know it."

    def arguments(self, parser: CommandParser) -> None:
        super().arguments(parser)
        parser.add_argument(
            "--cache-servers",
            default="",
            metavar="SERVERS",
            help="HOST:PORT;HOST:PORT of the region's memcached (default: every zoocassa of the global zone)",
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Start the job; with ``--dry-run``, print its steps instead."""
        named = {
            "zone_id": options["zone"],
            "addresses": inputs.addresses(options),
            "cache_servers": options["cache_servers"],
        }
        if options["dry_run"]:
            steps = dry_run_zone(**named)
            if chosen(self.stdout, options["format"]) == "table":
                print_steps(self, steps)
            else:
                self.emit(options, steps, steps)
            return None
        pace = Pace(canary=options["canary"], batch=options["batch"], max_failures=options["max_failures"])
        return scale_qingcloud_zone(**named, pace=pace, actor=self.actor)
